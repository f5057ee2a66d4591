"""Statements: one encoding, signed by the key they name; and the log entry made of them."""

from __future__ import annotations

import json
from pathlib import Path

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as some

from pharmatrace.kernel.evidence.statement import (
    EntryType,
    StatementClaims,
    StatementError,
    check_statement,
    commitment,
    entry,
    kid_of,
    read_entry,
    read_statement_unverified,
    sign_statement,
    signature_digest,
    signature_salt,
)

VECTOR = Path(__file__).resolve().parents[2] / "vectors" / "statement.json"
MIA = Ed25519PrivateKey.from_private_bytes(bytes(32))
STAN = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x01")
PUBLIC = MIA.public_key().public_bytes_raw()
ROOT = bytes(range(32))


def signed(**changes) -> bytes:
    arguments = {
        "key": MIA,
        "kid": kid_of(PUBLIC),
        "iss": "did:web:mia.example",
        "sub": "ni:///sha-256;00",
        "iat": 1_800_000_000,
        "facts_root": ROOT,
    }
    return sign_statement(**(arguments | changes))


def test_what_is_signed_is_read_back():
    expected = StatementClaims(
        kid_of(PUBLIC), "did:web:mia.example", "ni:///sha-256;00", 1_800_000_000, ROOT
    )
    assert check_statement(signed(), PUBLIC) == expected
    assert read_statement_unverified(signed()) == expected
    assert signed(key=MIA.sign) == signed(), "a function signs as well as an object"


@given(some.text(min_size=1), some.text(min_size=1), some.integers(0, (1 << 63) - 1))
def test_the_hand_written_encoding_is_the_one_of_the_standard(iss, sub, iat):
    tag = cbor2.loads(signed(iss=iss, sub=sub, iat=iat))
    protected, unprotected, payload, signature = tag.value
    header = {1: -8, 3: "application/vnd.pharmatrace.facts", 4: kid_of(PUBLIC)}
    header[15] = {1: iss, 2: sub, 6: iat}
    assert tag.tag == 18
    assert (unprotected, payload) == ({}, ROOT)
    assert protected == cbor2.dumps(header, canonical=True)
    to_sign = cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)
    MIA.public_key().verify(signature, to_sign)


@given(some.data())
def test_no_byte_of_a_statement_can_change(data):
    cose = bytearray(signed())
    at = data.draw(some.integers(0, len(cose) - 1))
    cose[at] ^= data.draw(some.integers(1, 255))
    with pytest.raises(StatementError):
        check_statement(bytes(cose), PUBLIC)


def test_a_statement_of_another_key_is_refused():
    with pytest.raises(StatementError, match="signature"):
        check_statement(signed(key=STAN), PUBLIC)
    with pytest.raises(StatementError, match="another key"):
        check_statement(signed(), STAN.public_key().public_bytes_raw())


def other_encodings() -> list[bytes]:
    cose = signed()
    tag = cbor2.loads(cose)
    protected, _, payload, signature = tag.value
    return [
        cose + b"\0",
        cose[1:],
        cbor2.dumps(cbor2.CBORTag(18, [protected, {4: b"x"}, payload, signature])),
        cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature, 1])),
        cbor2.dumps(cbor2.CBORTag(18, [protected, {}, None, signature])),
        cbor2.dumps(cbor2.CBORTag(17, [protected, {}, payload, signature])),
        b"",
        b"\xff",
        b"\x9f" * 5000,
    ]


@pytest.mark.parametrize("cose", other_encodings())
def test_any_other_encoding_is_refused(cose):
    with pytest.raises(StatementError):
        read_statement_unverified(cose)


@pytest.mark.parametrize(
    "changes",
    [{"kid": b"short"}, {"iss": ""}, {"sub": ""}, {"iat": -1}, {"iat": True}, {"facts_root": b""}],
)
def test_malformed_claims_are_not_signed(changes):
    with pytest.raises(ValueError):
        signed(**changes)


def test_the_published_vector():
    vector = json.loads(VECTOR.read_text())
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vector["seed"]))
    root = bytes.fromhex(vector["facts_root"])
    claims = {name: vector[name] for name in ("iss", "sub", "iat")}
    cose = sign_statement(key=key, kid=bytes.fromhex(vector["kid"]), facts_root=root, **claims)
    assert cose.hex() == vector["cose"]
    check_statement(cose, bytes.fromhex(vector["public_key"]))
    over = signature_salt(bytes.fromhex(vector["secret"]))
    digest = signature_digest(over, cose)
    made = commitment(facts_root=root, signature_digest=digest)
    assert (over.hex(), digest.hex()) == (vector["signature_salt"], vector["signature_digest"])
    assert made.hex() == vector["commitment"]
    assert entry(EntryType.CUSTODY, made).hex() == vector["entry"]


def test_an_entry_is_34_bytes_of_version_type_and_commitment():
    data = entry(EntryType.REGISTRY, ROOT)
    assert data == b"\x01\x02" + ROOT
    assert read_entry(data) == (EntryType.REGISTRY, ROOT)


@pytest.mark.parametrize(
    "data", [b"", b"\x01\x01" + bytes(31), b"\x02\x01" + ROOT, b"\x01\x03" + ROOT]
)
def test_other_entries_are_refused(data):
    with pytest.raises(StatementError):
        read_entry(data)
