"""Bundles: what is written is read back, and nothing else is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pharmatrace.kernel.evidence.bundle import (
    BundleError,
    NotABundle,
    read_bundle,
    write_bundle,
)

BUNDLES = Path(__file__).resolve().parents[2] / "vectors" / "bundles"
GOOD = (BUNDLES / "good-regulator.json").read_bytes()


def nested(deep: int) -> bytes:
    """The good file with so many objects and lists in one another."""
    return GOOD.replace(b"{", b'{"more": ' + b"[" * (deep - 1) + b"]" * (deep - 1) + b",", 1)


@pytest.mark.parametrize(
    "name",
    [
        "good-regulator",
        "good-public",
        "good-corrected",
        "good-event",
        "good-erased",
        "doubted-signed-with-stolen-key",
        "doubted-statement-with-stolen-key-not-shown",
    ],
)
def test_a_bundle_is_written_as_it_was_read(name):
    data = (BUNDLES / f"{name}.json").read_bytes()
    assert write_bundle(read_bundle(data)) == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"format": "pharmatrace-evidence/2"}',
        b"[" * 100_000,
        GOOD.replace(b'"type": 1', b'"type": 1.0'),
        GOOD.replace(b'"type": 1', b'"type": NaN'),
        GOOD.replace(b'"package":', b'"package": "x", "package":'),
        b"\xef\xbb\xbf" + GOOD,
        nested(401),
    ],
)
def test_what_is_no_bundle_at_all(data):
    with pytest.raises(NotABundle):
        read_bundle(data)


def test_a_file_is_nested_as_deep_as_the_format_says():
    with pytest.raises(BundleError) as told:
        read_bundle(nested(400))
    assert told.value.place == "/more"


@pytest.mark.parametrize("number", [-(1 << 64), (1 << 64) - 1])
def test_a_fact_holds_the_largest_numbers_of_64_bits(number):
    document = json.loads(GOOD)
    document["events"][0]["facts"][0]["value"] = number
    assert read_bundle(json.dumps(document)).events[0].facts[0].value == number


def _set(*where, value):
    def change(document):
        for step in where[:-1]:
            document = document[step]
        document[where[-1]] = value

    return change


def _drop(*where):
    def change(document):
        for step in where[:-1]:
            document = document[step]
        del document[where[-1]]

    return change


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("/log", _drop("log", "vkey")),
        ("/log/a~1b", _set("log", "a/b", value=1)),
        ("/disclosure", _set("disclosure", value="everything")),
        ("/package", _set("package", value="")),
        ("/package", _set("package", value="\ud800")),
        ("/events", _set("events", value={})),
        ("/events/1", _set("events", 1, value=None)),
        ("/events/1/type", _set("events", 1, "type", value=2)),
        ("/events/1/index", _set("events", 1, "index", value=True)),
        ("/events/1/index", _set("events", 1, "index", value=3)),
        ("/events/1/index", _set("events", 1, "index", value=-4)),
        ("/events/1/facts", _set("events", 1, "facts", value=[])),
        ("/events/1/facts/0/salt", _set("events", 1, "facts", 0, "salt", value="AAAA")),
        ("/events/1/facts/0/salt", _set("events", 1, "facts", 0, "salt", value="A" * 22)),
        ("/events/1/facts/0/path/0", _set("events", 1, "facts", 0, "path", 0, value="up:AAAA")),
        ("/events/1/facts/0/value/hex", _set("events", 1, "facts", 0, "value", value={"hex": ""})),
        ("/events/1/path/0", _set("events", 1, "path", 0, value="!")),
        ("/events/1/signature", _drop("events", 1, "signature", "salt")),
        ("/keys/0/public_key", _set("keys", 0, "public_key", value="AAAA")),
        ("/anchors/0/kind", _set("anchors", 0, "kind", value="rumour")),
    ],
)
def test_a_wrong_field_is_named_by_its_place(place, change):
    document = json.loads(GOOD)
    change(document)
    with pytest.raises(BundleError) as caught:
        read_bundle(json.dumps(document))
    # A missing field is named by the object that lacks it.
    assert caught.value.place == place or (
        "hex" in place and caught.value.place == place.removesuffix("/hex")
    )


def test_binary_values_come_back_as_bytes():
    registrar = read_bundle(GOOD).genesis.fact("registrar")
    assert isinstance(registrar, bytes)
    assert len(registrar) == 32
