"""Signed notes, checkpoints and cosignatures: the examples of C2SP, and what must be refused."""

from __future__ import annotations

import pytest

from pharmatrace.kernel.tlog.checkpoint import Checkpoint, CheckpointError, parse_checkpoint
from pharmatrace.kernel.tlog.cosignature import CosignatureVerifier, Cosigner, cosign_v1
from pharmatrace.kernel.tlog.note import (
    MAX_SIGNATURES,
    NoteError,
    Signer,
    Verifier,
    open_note,
    sign_note,
)
from pharmatrace.kernel.tlog.prooffile import parse_proof_file
from pharmatrace.kernel.tlog.proofs import ProofError

FOO = Verifier.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
EXAMPLE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmR"
    "KuwHjG1Yu72IneyaQM=\n"
)
MIA = Signer.from_seed("mia.example", bytes(32))
STAN = Signer.from_seed("stan.example", bytes(31) + b"\1")
TEXT = "one\n\ntwo\n"


def test_the_example_of_the_specification_opens():
    assert open_note(EXAMPLE, [FOO]).text == "This is an example message.\n"
    assert open_note(EXAMPLE.encode(), [FOO]).verified[0].name == "example.com/foo"
    assert FOO.vkey().startswith("example.com/foo+530d903a+")


def test_a_text_with_empty_lines_is_signed_and_opened():
    note = open_note(sign_note(TEXT, [MIA, STAN]), [MIA.verifier])
    assert note.text == TEXT
    assert [signature.name for signature in note.verified] == ["mia.example"]
    assert [signature.name for signature in note.unverified] == ["stan.example"]


def test_a_wrong_signature_of_a_known_key_spoils_the_note():
    note = sign_note(TEXT, [MIA, STAN]).replace("one", "eins")
    with pytest.raises(NoteError, match=r"mia\.example on the note is wrong"):
        open_note(note, [MIA.verifier])


def test_one_good_signature_does_not_save_a_wrong_one():
    good, bad = sign_note(TEXT, [MIA]), sign_note("other\n", [STAN])
    with pytest.raises(NoteError, match=r"stan\.example"):
        open_note(good + bad.split("\n\n")[1], [MIA.verifier, STAN.verifier])


def test_a_note_of_strangers_only_is_refused():
    with pytest.raises(NoteError, match="no known key"):
        open_note(sign_note(TEXT, [STAN]), [MIA.verifier])


def test_the_same_name_with_another_key_is_a_stranger():
    other = Signer.from_seed("mia.example", bytes(31) + b"\2")
    note = open_note(sign_note(TEXT, [other, MIA]), [MIA.verifier])
    assert (len(note.verified), len(note.unverified)) == (1, 1)


def test_a_repeated_signature_counts_once():
    assert len(open_note(sign_note(TEXT, [MIA, MIA]), [MIA.verifier]).verified) == 1


def test_two_known_keys_of_one_name_and_id_are_refused():
    with pytest.raises(NoteError, match="two known keys"):
        open_note(sign_note(TEXT, [MIA]), [MIA.verifier, Verifier(MIA.name, MIA.public)])


def test_sixteen_signatures_are_accepted_and_a_flood_is_not():
    names = [Signer.from_seed(f"s{at}.example", bytes([at + 1] * 32)) for at in range(15)]
    assert open_note(sign_note(TEXT, [*names, MIA]), [MIA.verifier])
    with pytest.raises(NoteError, match="more than"):
        open_note(sign_note(TEXT, [MIA] * (MAX_SIGNATURES + 1)), [MIA.verifier])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        EXAMPLE[:-1],
        EXAMPLE.replace("— ", "- "),
        EXAMPLE.replace("an example", "an\texample"),
        EXAMPLE.replace("an example", "an\rexample"),
        EXAMPLE.replace("aQM=\n", "aQM\n"),
        EXAMPLE.replace("aQM=\n", "aQN=\n"),
        EXAMPLE + "— example.com/foo AAAA\n",
        EXAMPLE + "— a+b AAAAAAAA\n",
        EXAMPLE + "—  AAAAAAAA\n",
        EXAMPLE + "— a\u00a0b AAAAAAAA\n",
        EXAMPLE.encode() + b"\xff\n",
        EXAMPLE.replace("example message", "\ud800"),
    ],
)
def test_a_malformed_note_is_refused(note):
    with pytest.raises(NoteError):
        open_note(note, [FOO])


@pytest.mark.parametrize("text", ["no newline", "tab\t\n", ""])
def test_a_text_that_cannot_be_a_note_is_not_signed(text):
    with pytest.raises(NoteError):
        sign_note(text, [MIA])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb"])
def test_a_name_that_cannot_be_a_keys_is_refused(name):
    with pytest.raises(NoteError):
        Signer.from_seed(name, bytes(32))


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
        "example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_a_malformed_verifier_key_is_refused(vkey):
    with pytest.raises(NoteError):
        Verifier.parse(vkey)


def test_a_checkpoint_is_read_back():
    checkpoint = Checkpoint("log.example", 7, bytes(32), ("more", "lines"))
    assert parse_checkpoint(checkpoint.text()) == checkpoint


ROOT = "A" * 43 + "="


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"log.example\n7\n{ROOT}",
        "log.example\n7\n",
        f"\n7\n{ROOT}\n",
        f"log.example\n07\n{ROOT}\n",
        f"log.example\n-7\n{ROOT}\n",
        f"log.example\n+7\n{ROOT}\n",
        f"log.example\n7 \n{ROOT}\n",
        f"log.example\n\u0667\n{ROOT}\n",
        f"log.example\n9223372036854775808\n{ROOT}\n",
        "log.example\n7\nAAAA\n",
        f"log.example\n7\n{ROOT[:-1]}\n",
        f"log.example\n7\n{ROOT[:-2]}B=\n",
        f"log.example\n7\n{ROOT}\n\n",
    ],
)
def test_any_other_text_is_no_checkpoint(text):
    with pytest.raises(CheckpointError):
        parse_checkpoint(text)


def test_a_checkpoint_that_cannot_be_read_is_not_written():
    with pytest.raises(CheckpointError):
        Checkpoint("two\nlines", 7, bytes(32)).text()


def test_a_cosignature_holds_for_its_text_and_time_only():
    text = Checkpoint("log.example", 7, bytes(32)).text()
    witness = CosignatureVerifier("w.example", MIA.public)
    signature = cosign_v1(text, MIA.private, 1_763_670_000)
    assert witness.verify(text, signature)
    assert not witness.verify(text.replace("7", "8"), signature)
    assert not witness.verify(text, b"\0" * 8 + signature[8:])
    assert not witness.verify(text, b"\xff" * 8 + signature[8:])
    assert not witness.verify(text, signature[:-1])


def test_a_plain_signature_is_no_cosignature():
    note = sign_note(TEXT, [MIA, Cosigner("mia.example", MIA.private, 1)])
    witness = CosignatureVerifier("mia.example", MIA.public)
    assert len(open_note(note, [witness]).verified) == 1
    with pytest.raises(NoteError):
        CosignatureVerifier.parse(MIA.verifier.vkey())


@pytest.mark.parametrize("at", [-1, 1 << 63])
def test_a_time_out_of_range_is_not_cosigned(at):
    with pytest.raises(ValueError):
        cosign_v1(TEXT, MIA.private, at)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 0\n\nnote",
        "c2sp.org/tlog-proof@v1\n\nnote",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nnote",
        "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nnote",
        "c2sp.org/tlog-proof@v1\nextra !\nindex 1\n\nnote",
        "c2sp.org/tlog-proof@v1\nindex 1",
    ],
)
def test_a_malformed_proof_file_is_refused(text):
    with pytest.raises(ProofError):
        parse_proof_file(text)


@pytest.mark.parametrize("kind", [Verifier, CosignatureVerifier])
def test_half_a_character_is_no_part_of_a_key_name(kind):
    """Found by the fuzzer: the key ID is computed from the name in UTF-8."""
    with pytest.raises(NoteError):
        kind.parse("log\ud800.example+5bb3197a+BJ8bOwKaJnCTGD4LOFlb5/xbCf+bGV8ccf7mMhyoxylt")
