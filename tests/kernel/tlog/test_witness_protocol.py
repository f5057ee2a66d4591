"""add-checkpoint: every status of C2SP tlog-witness, each broken request named for its defect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as some

from pharmatrace.kernel.tlog.checkpoint import Checkpoint
from pharmatrace.kernel.tlog.cosignature import CosignatureVerifier, Cosigner
from pharmatrace.kernel.tlog.note import NoteVerifier, Signer, Verifier, open_note, sign_note
from pharmatrace.kernel.tlog.proofs import prove_consistency
from pharmatrace.kernel.tlog.tree import empty_root, leaf_hash, root_of
from pharmatrace.kernel.tlog.witness_protocol import (
    MAX_REQUEST,
    SIZE_TYPE,
    Opened,
    Refusal,
    Remembered,
    Request,
    advance,
    cosign,
    open_request,
    origin_hash,
    read_conflict,
    read_request,
    write_request,
)

FILE = Path(__file__).resolve().parents[4] / "shared" / "conformance" / "tlog" / "vectors.json"
LOG = Signer.from_seed("log.example", bytes(32))
STAN = Signer.from_seed("log.example", bytes(31) + b"\1")
LEAVES = [leaf_hash(bytes([n])) for n in range(20)]
AT_THREE = Remembered(3, root_of(LEAVES[:3]))


def keys_of(origin: str) -> list[NoteVerifier]:
    return [LOG.verifier] if origin == "log.example" else []


def proof(old: int, new: int) -> tuple[bytes, ...]:
    def read(level: int, at: int) -> bytes:
        return root_of(LEAVES[at << level : (at + 1) << level])

    return tuple(prove_consistency(read, old, new)) if old else ()


def note(size: int, *, root: bytes | None = None, origin: str = "log.example", by=(LOG,)) -> str:
    text = Checkpoint(origin, size, root_of(LEAVES[:size]) if root is None else root).text()
    return sign_note(text, by)


def asked(old: int, new: int) -> bytes:
    return write_request(Request(old, proof(old, new), note(new)))


def answer(body: bytes, remembered: Remembered = AT_THREE) -> tuple[Opened, Remembered]:
    opened = open_request(read_request(body), keys_of)
    return opened, advance(opened, remembered)


GOOD = asked(3, 8)


@pytest.mark.skipif(not FILE.is_file(), reason="../shared/conformance is not here")
def test_the_request_and_the_cosignature_of_the_vectors():
    vectors = json.loads(FILE.read_text())
    body = vectors["add_checkpoint_body_3_to_8"].encode()
    request = read_request(body)
    assert write_request(request) == body and request.old == 3

    log = Verifier.parse(vectors["log_vkey"])
    opened = open_request(request, lambda origin: [log] if origin == log.name else [])
    roots = [bytes.fromhex(root) for root in vectors["roots_by_size"]]
    assert advance(opened, Remembered(3, roots[3])) == Remembered(8, roots[8])
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vectors["witness_seed_hex"]))
    lines = cosign(opened, [Cosigner("witness.example/w1", key, 1763670000)])
    assert opened.note + lines == vectors["checkpoint"]


@pytest.mark.parametrize(
    ("remembered", "old", "new"),
    [
        (Remembered(), 0, 0),
        (Remembered(), 0, 8),
        (AT_THREE, 3, 8),
        (AT_THREE, 3, 3),
    ],
)
def test_what_follows_is_cosigned_and_remembered(remembered, old, new):
    opened, after = answer(asked(old, new), remembered)
    assert after == Remembered(new, root_of(LEAVES[:new]))
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    lines = cosign(opened, [Cosigner("w.example", key, 9)])
    witness = CosignatureVerifier("w.example", key.public_key().public_bytes_raw())
    assert len(open_note(opened.note + lines, [LOG.verifier, witness]).verified) == 2


def test_only_signatures_of_known_keys_are_kept():
    body = write_request(Request(3, proof(3, 8), note(8, by=[STAN, LOG])))
    assert answer(body)[0].note == note(8)


def changed(old: str, new: str) -> bytes:
    body = GOOD.decode()
    assert old in body
    return body.replace(old, new, 1).encode()


HASHES = b"".join(b"A" * 43 + b"=\n" for _ in range(64))
BROKEN = {
    "empty": (b"", 400),
    "no old line": (GOOD.partition(b"\n")[2], 400),
    "old size with a leading zero": (changed("old 3", "old 03"), 400),
    "old size with a sign": (changed("old 3", "old +3"), 400),
    "old size of other digits": (changed("old 3", "old \u0663"), 400),
    "old size beyond 63 bits": (changed("old 3", "old 9223372036854775808"), 400),
    "old size of a thousand digits": (changed("old 3", "old " + "9" * 5000), 400),
    "two spaces after old": (changed("old 3", "old  3"), 400),
    "carriage returns": (GOOD.replace(b"\n", b"\r\n"), 400),
    "no empty line": (changed("\n\nlog.example", "\nlog.example"), 400),
    "64 hashes": (b"old 3\n" + HASHES + b"\n" + note(8).encode(), 400),
    "a hash that is not base64": (changed("old 3\n", "old 3\n!\n"), 400),
    "a hash of another spelling": (changed("old 3\n", "old 3\n" + "A" * 42 + "B=\n"), 400),
    "a hash of 31 bytes": (changed("old 3\n", "old 3\n" + "A" * 40 + "AA==\n"), 400),
    "not UTF-8": (GOOD + b"\xff", 400),
    "NUL in the checkpoint": (changed("log.example\n8", "log.example\0\n8"), 400),
    "no checkpoint": (b"old 3\n\n", 400),
    "unsigned checkpoint": (GOOD.rpartition(b"\n\n")[0] + b"\n\n", 400),
    "checkpoint without root": (
        write_request(Request(3, (), sign_note("log.example\n8\n", [LOG]))), 400),
    "checkpoint size with a leading zero": (changed("\n8\n", "\n08\n"), 400),
    "last line without end": (GOOD[:-1], 400),
    "old size larger than the checkpoint's": (
        write_request(Request(9, (), note(8))), 400),
    "too large": (GOOD + b"x" * MAX_REQUEST, 413),
    "unknown log": (write_request(Request(3, (), note(8, origin="stan.example"))), 404),
    "signed by a stranger": (write_request(Request(3, proof(3, 8), note(8, by=[STAN]))), 403),
    "signature of the known key is wrong": (
        write_request(Request(3, proof(3, 8), note(8).replace("\n8\n", "\n9\n"))), 403),
    "a smaller old size": (asked(2, 8), 409),
    "a larger old size": (asked(4, 8), 409),
    "the old size zero": (asked(0, 8), 409),
    "an older checkpoint": (asked(2, 2), 409),
    "no proof": (write_request(Request(3, (), note(8))), 422),
    "a proof too short": (write_request(Request(3, proof(3, 8)[:-1], note(8))), 422),
    "a proof too long": (write_request(Request(3, (*proof(3, 8), bytes(32)), note(8))), 422),
    "a proof of another tree": (write_request(Request(3, proof(2, 8), note(8))), 422),
    "a proof where the size is the same": (
        write_request(Request(3, proof(3, 8), note(3))), 422),
    "another root of the same size": (
        write_request(Request(3, (), note(3, root=b"x" * 32))), 422),
    "another history": (
        write_request(Request(3, proof(3, 8), note(8, root=b"x" * 32))), 422),
}  # fmt: skip


@pytest.mark.parametrize("defect", BROKEN)
def test_a_broken_request_gets_its_status(defect):
    body, status = BROKEN[defect]
    with pytest.raises(Refusal) as caught:
        answer(body)
    assert caught.value.status == status
    if status == 409:
        assert (caught.value.content_type, caught.value.body) == (SIZE_TYPE, b"3\n")


def test_a_wrong_signature_of_a_known_key_is_refused_first_in_the_note():
    wrong = note(9).rpartition("\n\n")[2]
    text, _, good = note(8).rpartition("\n\n")
    body = write_request(Request(3, proof(3, 8), f"{text}\n\n{wrong}{good}"))
    with pytest.raises(Refusal) as caught:
        answer(body)
    assert caught.value.status == 403


@pytest.mark.parametrize(
    "request_",
    [
        Request(0, (bytes(32),), note(8)),
        Request(0, (), note(0, root=b"x" * 32)),
    ],
)
def test_from_nothing_there_is_nothing_to_prove(request_):
    with pytest.raises(Refusal) as caught:
        answer(write_request(request_), Remembered())
    assert caught.value.status == 422


def test_the_empty_tree_is_cosigned_once_more():
    assert answer(asked(0, 0), Remembered())[1] == Remembered(0, empty_root)


@given(some.binary(max_size=400))
def test_no_bytes_bring_it_down(body):
    for data in (body, b"old 3\n\n" + body, GOOD[:60] + body):
        with pytest.raises(Refusal):
            answer(data)


@pytest.mark.parametrize(
    ("content_type", "body", "size"),
    [
        (SIZE_TYPE, b"0\n", 0),
        (f"{SIZE_TYPE}; charset=utf-8", b"20852163\n", 20852163),
        (SIZE_TYPE.upper(), b"7\n", 7),
        (SIZE_TYPE, b"7", None),
        (SIZE_TYPE, b"07\n", None),
        (SIZE_TYPE, b"-7\n", None),
        (SIZE_TYPE, b"", None),
        (SIZE_TYPE, b"7\n8\n", None),
        (SIZE_TYPE, b"9223372036854775808\n", None),
        (SIZE_TYPE, b"\xff\n", None),
        ("text/plain", b"7\n", None),
        ("", b"7\n", None),
    ],
)
def test_the_size_in_a_conflict_is_read_in_its_one_form(content_type, body, size):
    assert read_conflict(content_type, body) == size


def test_the_hash_of_an_origin_is_lowercase_hex():
    assert (
        origin_hash("log.example")
        == "d7612c54297eaa3e5a7756b17ce3adc5bed251af8059d72bbb8b0075c67b85e9"
    )
    assert len(origin_hash("é")) == 64
