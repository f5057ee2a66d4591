"""ML-DSA-44 cosignatures: the message of C2SP tlog-cosignature under pure FIPS 204."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from pharmatrace.kernel.tlog.checkpoint import Checkpoint
from pharmatrace.kernel.tlog.cosignature import CosignatureVerifier, Cosigner, cosigned_at
from pharmatrace.kernel.tlog.note import NoteError, Signer, open_note, sign_note
from pharmatrace.kernel.tlog.subtree_cosignature import (
    SubtreeCosigner,
    SubtreeVerifier,
    subtree_message,
)
from pharmatrace.kernel.tlog.verifier_keys import parse_log_key, parse_witness_key

KEY = MLDSA44PrivateKey.from_seed_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(32))
TEXT = Checkpoint("log.example", 7, b"r" * 32).text()
WITNESS = SubtreeVerifier("w.example", PUBLIC)
AT = 1_763_670_000


def test_the_message_is_the_structure_of_the_specification():
    message = subtree_message(
        cosigner="w.example", at=AT, origin="log.example", start=0, end=7, root=b"r" * 32
    )
    assert message == (
        b"subtree/v1\n\0" + b"\x09w.example" + AT.to_bytes(8, "big") + b"\x0blog.example"
        + bytes(8) + (7).to_bytes(8, "big") + b"r" * 32
    )  # fmt: skip


def test_the_signature_is_pure_fips_204_with_an_empty_context():
    """FIPS 204 algorithms 2 and 7: mu over 0x00 || |ctx| || ctx || message, made here by hand."""
    signature = SubtreeCosigner("w.example", KEY, AT).sign(TEXT)
    message = subtree_message(
        cosigner="w.example", at=AT, origin="log.example", start=0, end=7, root=b"r" * 32
    )
    digest = hashlib.shake_256(PUBLIC).digest(64)
    mu = hashlib.shake_256(digest + b"\0\0" + message).digest(64)
    KEY.public_key().verify_mu(signature[8:], mu)
    assert (len(signature), signature[:8]) == (2428, AT.to_bytes(8, "big"))


def test_a_cosignature_holds_for_its_name_tree_and_time_only():
    signature = SubtreeCosigner("w.example", KEY, AT).sign(TEXT)
    assert WITNESS.verify(TEXT, signature)
    assert WITNESS.verify(TEXT + "extension lines are not signed\n", signature)
    assert not SubtreeVerifier("v.example", PUBLIC).verify(TEXT, signature)
    assert not WITNESS.verify(TEXT.replace("7", "8", 1), signature)
    assert not WITNESS.verify(TEXT.replace("log.", "lot."), signature)
    assert not WITNESS.verify(TEXT, (AT + 1).to_bytes(8, "big") + signature[8:])
    assert not WITNESS.verify(TEXT, b"\xff" * 8 + signature[8:])
    assert not WITNESS.verify(TEXT, signature[:-1])
    assert not WITNESS.verify("no checkpoint\n", signature)


def test_both_kinds_stand_below_one_checkpoint():
    log = Signer.from_seed("log.example", bytes(31) + b"\1")
    small = CosignatureVerifier("w.example", ED25519.public_key().public_bytes_raw())
    signers = [log, Cosigner("w.example", ED25519, AT), SubtreeCosigner("w.example", KEY, AT + 1)]
    opened = open_note(sign_note(TEXT, signers), [log.verifier, small, WITNESS])
    assert [cosigned_at(one) for one in opened.verified[1:]] == [AT, AT + 1]


@pytest.mark.parametrize(
    "key", [WITNESS, CosignatureVerifier("w.example", ED25519.public_key().public_bytes_raw())]
)
def test_one_parse_reads_the_keys_of_either_kind(key):
    assert parse_witness_key(key.vkey()) == key


def test_logs_sign_with_either_kind_too():
    log = Signer.from_seed("log.example", bytes(32)).verifier
    assert parse_log_key(log.vkey()) == log
    assert parse_log_key(WITNESS.vkey()) == WITNESS


@pytest.mark.parametrize(
    ("parse", "vkey"),
    [
        (parse_witness_key, Signer.from_seed("log.example", bytes(32)).verifier.vkey()),
        (parse_log_key, CosignatureVerifier("w", bytes(32)).vkey()),
        (parse_witness_key, ""),
        (parse_witness_key, "w+00000000+"),
        (parse_witness_key, "w+00000000+Bg=="),
        (parse_witness_key, WITNESS.vkey().replace("w.example", "v.example")),
        (parse_witness_key, WITNESS.vkey()[:-4]),
        (parse_witness_key, "\ud800+00000000+BAAA"),
        (parse_witness_key, CosignatureVerifier("w", bytes(32)).vkey() + "\n"),
    ],
)
def test_a_key_of_another_kind_or_none_is_refused(parse, vkey):
    with pytest.raises(NoteError):
        parse(vkey)


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": -1},
        {"at": 1 << 63},
        {"start": 4, "end": 8},  # with a time: only whole trees have one
        {"start": 9},
        {"root": b""},
        {"origin": ""},
        {"origin": "o" * 256},
        {"cosigner": "é" * 128},
    ],
)
def test_what_the_structure_has_no_room_for_is_not_signed(wrong):
    fields = {"cosigner": "w", "at": 1, "origin": "o", "start": 0, "end": 8, "root": bytes(32)}
    with pytest.raises(ValueError):
        subtree_message(**fields | wrong)
