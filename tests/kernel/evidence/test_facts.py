"""Facts: encoding, salts, leaves, and the vectors published in tests/vectors."""

from __future__ import annotations

import json
from pathlib import Path

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as some

from pharmatrace.kernel.evidence import cbor
from pharmatrace.kernel.evidence.fact_paths import fact_paths, root_from_steps
from pharmatrace.kernel.evidence.facts import (
    PackageFact,
    encode_fact,
    fact_leaf,
    fact_leaves,
    facts_root,
    salt,
)

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
SECRET = bytes(range(32))

plain = (
    some.none()
    | some.booleans()
    | some.integers(-(1 << 64), (1 << 64) - 1)
    | some.text()
    | some.binary(max_size=300)
)
values = some.recursive(plain, lambda inner: some.lists(inner, max_size=30), max_leaves=40)
hashes = some.binary(min_size=32, max_size=32)


@given(values)
def test_the_encoder_equals_canonical_cbor(value):
    assert cbor.encode(value) == cbor2.dumps(value, canonical=True)


@given(values)
def test_what_is_written_is_read_and_nothing_else_is(value):
    written = cbor.encode(value)
    assert cbor.decode(written) == value
    for other in (written + b"\x00", written[:-1]):
        with pytest.raises(ValueError):
            cbor.decode(other)


@given(some.binary(max_size=60))
def test_whatever_is_read_is_spelled_in_its_one_way(data):
    try:
        value = cbor.decode(data)
    except ValueError:
        return
    assert cbor.encode(value) == data


@pytest.mark.parametrize(
    "octets",
    ["", "18", "1817", "190001", "1bffffffff", "9f01ff", "5f4100ff", "a0", "c001", "f93c00", "f7", "f818", "61ff",
     "9bffffffffffffffff00", "5bffffffffffffffff00", "81" * 60 + "00"],
)  # fmt: skip
def test_other_cbor_is_refused(octets):
    with pytest.raises(ValueError):
        cbor.decode(bytes.fromhex(octets))


@given(some.text(max_size=300), some.integers(0, 1 << 40), some.none() | hashes)
def test_the_fast_path_for_packages_equals_the_plain_one(epc, seq, previous):
    leaves = fact_leaves(secret=SECRET, facts=[("lot", "7")], packages=[(epc, seq, previous)])
    fact = PackageFact(epc, seq, previous)
    assert leaves == [
        fact_leaf(salt(SECRET, 0), "lot", "7"),
        fact_leaf(salt(SECRET, 1), "package", fact.value),
    ]
    assert PackageFact.from_value(fact.value) == fact


@given(some.lists(hashes, min_size=1, max_size=70))
def test_every_fact_has_a_path_to_the_facts_root(leaves):
    for index, steps in fact_paths(leaves, range(len(leaves))).items():
        assert root_from_steps(leaves[index], steps) == facts_root(leaves)


@pytest.mark.parametrize("value", [1.5, {"a": 1}, {1, 2}, object()])
def test_other_values_are_no_facts(value):
    with pytest.raises(TypeError):
        encode_fact(bytes(16), "x", value)


@pytest.mark.parametrize(
    ("secret", "packages"),
    [
        (b"short", []),
        (SECRET, [("epc", 0, None)] * 2001),
        (SECRET, [("epc", 1, b"no hash")]),
    ],
)
def test_facts_that_cannot_be_a_statements_are_refused(secret, packages):
    with pytest.raises(ValueError):
        fact_leaves(secret=secret, facts=[("a", "b")], packages=packages)


@pytest.mark.parametrize(
    "value", [None, [], ["epc", 0], ["epc", True, None], ["epc", -1, None], ["epc", 0, b"short"]]
)
def test_a_malformed_package_fact_is_refused(value):
    with pytest.raises(ValueError):
        PackageFact.from_value(value)


def test_the_published_vector():
    vector = json.loads((VECTORS / "facts.json").read_text())
    secret = bytes.fromhex(vector["secret"])
    stated = [cbor2.loads(bytes.fromhex(fact)) for fact in vector["facts"]]
    assert [item[0].hex() for item in stated] == vector["salts"]
    assert [salt(secret, at).hex() for at in range(len(stated))] == vector["salts"]
    facts = [(name, value) for _, name, value in stated if name != "package"]
    packages = [tuple(value) for _, name, value in stated if name == "package"]
    leaves = fact_leaves(secret=secret, facts=facts, packages=packages)
    assert [leaf.hex() for leaf in leaves] == vector["leaves"]
    assert facts_root(leaves).hex() == vector["facts_root"]
