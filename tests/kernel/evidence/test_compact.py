"""The compact form: the same facts in the fewest octets, and none of them can be changed."""

from __future__ import annotations

import zlib
from pathlib import Path

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pharmatrace.kernel.evidence import cbor
from pharmatrace.kernel.evidence.bundle import read_bundle
from pharmatrace.kernel.evidence.compact import (
    NotCompact,
    NotToBePacked,
    pack,
    unpack,
    verify_compact,
)
from pharmatrace.kernel.evidence.digits import from_digits, to_digits
from pharmatrace.kernel.evidence.verdict import Outcome
from pharmatrace.kernel.evidence.withholding import withhold
from pharmatrace.kernel.tlog.note import NoteError, Signer

BUNDLES = Path(__file__).resolve().parents[2] / "vectors" / "bundles"
GOOD = read_bundle((BUNDLES / "good-public.json").read_bytes())
VKEY = GOOD.log.vkey
PACKED = pack(GOOD, 0)


def fields(data: bytes) -> list:
    return cbor2.loads(zlib.decompress(data[1:], -15))


def packed(stated: object) -> bytes:
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    return b"\x01" + raw.compress(cbor.encode(stated)) + raw.flush()


def changed(at: int, value: object) -> bytes:
    stated = fields(PACKED)
    stated[at] = value
    return packed(stated)


def accepted(data: bytes) -> bool:
    try:
        return verify_compact(data, log_vkey=VKEY).holds
    except NotCompact:
        return False


@pytest.mark.parametrize("name", ["public", "regulator", "corrected", "event"])
def test_what_is_unpacked_is_what_was_packed(name):
    bundle = read_bundle((BUNDLES / f"good-{name}.json").read_bytes())
    for at, event in enumerate(bundle.events):
        found = unpack(pack(bundle, at))
        assert found.subject == bundle.subject
        assert (found.event.facts, found.event.path) == (event.facts, event.path)
        assert (found.event.index, found.event.facts_root) == (event.index, event.facts_root)


@settings(max_examples=60, deadline=None)
@given(some.sets(some.sampled_from(["product", "lot", "expiry", "manufacturer", "step", "time"])))
def test_any_choice_of_facts_verifies_for_whoever_has_the_key(names):
    verdict = verify_compact(pack(withhold(GOOD, only=names), 0), log_vkey=VKEY)
    assert verdict.holds, verdict.failed
    assert {check.name for check in verdict.unchecked} >= {"signature", "completeness"}


@pytest.mark.parametrize(
    ("name", "at", "said"),
    [
        ("doubted-signed-with-stolen-key", 4, "stolen"),
        ("doubted-backdated-with-stolen-key", 4, "stolen"),
        ("doubted-statement-with-stolen-key-not-shown", 4, "stolen"),
        ("good-erased", 1, "erased"),
    ],
)
def test_nothing_is_made_of_what_the_form_cannot_say(name, at, said):
    bundle = read_bundle((BUNDLES / f"{name}.json").read_bytes())
    with pytest.raises(NotToBePacked, match=said):
        pack(bundle, at)
    assert pack(bundle, 0)
    if said == "stolen":
        with pytest.raises(NotToBePacked):
            pack(withhold(bundle, only=["step"], signatures=False), at)


def test_what_was_signed_before_the_theft_can_be_packed_and_the_form_says_what_it_leaves_out():
    bundle = read_bundle((BUNDLES / "good-signed-before-the-theft.json").read_bytes())
    verdict = verify_compact(pack(bundle, 4), log_vkey=VKEY)
    assert verdict.holds
    assert any("reported stolen" in check.sentence for check in verdict.unchecked)


def test_facts_that_share_a_path_share_its_hashes():
    alone = len(pack(withhold(GOOD, only=["lot"]), 0))
    both = len(pack(withhold(GOOD, only=["lot", "expiry"]), 0))
    assert both - alone < 32  # a salt and a few letters more, a hash less


def test_another_log_fails():
    other = Signer.from_seed(GOOD.log.origin, bytes(32)).verifier.vkey()
    failed = verify_compact(PACKED, log_vkey=other).failed
    assert ("checkpoint", Outcome.FAILS) in {(check.name, check.outcome) for check in failed}
    with pytest.raises(NoteError):
        verify_compact(PACKED, log_vkey="nonsense")


def test_an_event_that_does_not_name_the_package_fails():
    assert not accepted(changed(0, "https://id.gs1.org/01/09506000134352/21/OTHER"))


@settings(max_examples=300, deadline=None)
@given(some.integers(0, len(PACKED) - 1), some.integers(1, 255))
def test_a_changed_octet_fails_or_changes_nothing(at, flip):
    data = PACKED[:at] + bytes((PACKED[at] ^ flip,)) + PACKED[at + 1 :]
    if accepted(data):  # the last bits of DEFLATE fill up an octet
        assert unpack(data) == unpack(PACKED)


@settings(max_examples=200, deadline=None)
@given(some.binary(max_size=300))
def test_any_octets_are_refused_and_nothing_breaks(data):
    for octets in (data, b"\x01" + data):
        with pytest.raises(NotCompact):
            unpack(octets)


DEEP: list = []
for _ in range(40):
    DEEP = [DEEP, bytes(32)]


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (0, 1), (1, b""), (1, ""), (1, "a\nb"), (2, -1), (2, 1 << 63), (2, "9"), (2, True), (3, bytes(31)),
        (4, bytes(67)), (5, None), (6, bytes(33)), (6, []), (7, bytes(31)), (8, None), (8, []), (8, bytes(32)),
        (8, [bytes(31), bytes(32)]), (8, [b"salt", 10, "L"]), (8, [bytes(16), 99, "L"]), (8, [bytes(16), None, "L"]),
        (8, DEEP),
    ],
)  # fmt: skip
def test_a_field_of_another_shape_is_refused(at, value):
    assert not accepted(changed(at, value))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x02" + PACKED[1:],
        PACKED + b"\x00",
        PACKED[:-1],
        packed(fields(PACKED)[:8]),
        packed({"a": 1} and "text"),
        b"\x01" + zlib.compress(bytes(30_000_000), 9, -15),  # a bomb
        b"\x01" + zlib.compress(cbor2.dumps([1.5] * 9), 9, -15),
        b"\x01" + zlib.compress(b"\x99\x00\x09" + cbor.encode(fields(PACKED))[1:], 9, -15),
    ],
)
def test_octets_in_another_encoding_are_refused(data):
    with pytest.raises(NotCompact):
        unpack(data)


@given(some.binary(min_size=1, max_size=120))
def test_digits_are_octets(data):
    assert from_digits(to_digits(data)) == data


@pytest.mark.parametrize(
    "text", ["1", "12", "1234", "256", "999", "x12", "-12", "12 ", "٣٣٣", "9" * 29]
)
def test_digits_that_stand_for_nothing(text):
    with pytest.raises(ValueError):
        from_digits(text)
