from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pharmatrace.kernel.epcis import vocabulary
from pharmatrace.kernel.epcis.event_hash import document_hashes, event_hash, prehash
from pharmatrace.kernel.epcis.hash_values import value_text
from pharmatrace.kernel.epcis.jsonld import read_document, read_event, write_document, write_event
from pharmatrace.kernel.epcis.model import AggregationEvent, ObjectEvent, whole_milliseconds
from pharmatrace.kernel.gs1.characters import SET_82
from pharmatrace.kernel.gs1.identifiers import Sgtin
from tests.kernel.epcis.shipments import CASE, MIA, commissioning, pack, packing, shipment

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
TREES = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["my:a", "my:b", "your:c", "my:xList"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
EXTENSIONS = st.dictionaries(st.sampled_from(["my:a", "my:b", "your:c", "my:xList"]), TREES)
EPCS = st.lists(
    st.text(sorted(SET_82), min_size=1, max_size=20).map(
        lambda serial: Sgtin("04012345111118", serial).uri
    ),
    min_size=1,
    max_size=4,
    unique=True,
).map(tuple)
URIS = st.sampled_from([f"https://id.gs1.org/417/{MIA}", "urn:x:1", "https://d.example/po/7"])
SOME_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 (hypothesis wants it naive)
SHARED = {
    "action": st.sampled_from(["ADD", "OBSERVE", "DELETE"]),
    "event_time": st.datetimes(timezones=st.just(UTC), min_value=SOME_DAY).map(whole_milliseconds),
    "event_time_zone_offset": st.sampled_from(["+00:00", "-05:30", "+14:00"]),
    "biz_step": st.none() | st.sampled_from(sorted(vocabulary.BIZ_STEPS)) | URIS,
    "disposition": st.none() | st.sampled_from(sorted(vocabulary.DISPOSITIONS)),
    "read_point": st.none() | URIS,
    "biz_location": st.none() | URIS,
    "sources": st.lists(st.tuples(st.just("location"), URIS), max_size=3).map(tuple),
    "destinations": st.lists(st.tuples(st.just("owning_party"), URIS), max_size=3).map(tuple),
    "biz_transactions": st.lists(
        st.tuples(st.none() | st.sampled_from(["po", "inv"]), URIS), max_size=3
    ).map(tuple),
    "extensions": EXTENSIONS,
    "namespaces": st.just({"my": "https://mia.example/"}),
}
EVENTS = st.builds(
    ObjectEvent, epcs=EPCS, ilmd=EXTENSIONS | st.just({"cbvmda:lotNumber": "007"}), **SHARED
) | st.builds(AggregationEvent, parent=st.just(CASE), children=EPCS, **SHARED)


@given(EVENTS)
def test_the_fast_path_and_the_general_path_agree(event):
    assert prehash(event) == prehash(write_event(event))


@given(EVENTS)
def test_what_is_written_is_read_back_with_the_same_hash(event):
    again = read_event(write_event(event))
    assert event_hash(again) == event_hash(event)
    assert write_event(read_event(write_event(again))) == write_event(again)


@given(EVENTS)
def test_a_document_keeps_the_hash_of_its_events(event):
    document = write_document([event, event], datetime(2026, 11, 20, tzinfo=UTC))
    assert document_hashes(document) == [event_hash(event)] * 2
    assert [event_hash(found) for _, found in read_document(document)] == [event_hash(event)] * 2


def test_the_kind_of_a_document_says_which_of_its_lists_is_meant():
    one, other = commissioning(1), commissioning(2)
    both = {"eventList": [one], "queryResults": {"resultsBody": {"eventList": [other]}}}
    for kind, meant in (("EPCISDocument", one), ("EPCISQueryDocument", other)):
        assert document_hashes({"type": kind, "epcisBody": both}) == [event_hash(meant)]


def test_a_shipment_as_one_line():
    assert prehash(read_event(shipment())) == (
        "eventType=ObjectEventeventTime=2026-11-20T21:00:00.000ZeventTimeZoneOffset=+01:00"
        f"epcListepc={CASE}action=OBSERVEbizStep=https://ref.gs1.org/cbv/BizStep-shipping"
        "disposition=https://ref.gs1.org/cbv/Disp-in_transit"
        f"readPointid=https://id.gs1.org/414/{MIA}bizLocationid=https://id.gs1.org/414/{MIA}"
        "bizTransactionListtype=https://ref.gs1.org/cbv/BTT-desadv"
        f"bizTransaction=urn:epcglobal:cbv:bt:{MIA}:ASN1099"
        "destinationListtype=https://ref.gs1.org/cbv/SDT-possessing_party"
        "destination=https://id.gs1.org/417/4000001000005"
        "sourceListtype=https://ref.gs1.org/cbv/SDT-possessing_party"
        f"source=https://id.gs1.org/417/{MIA}"
    )


@pytest.mark.parametrize(
    "same",
    [
        shipment(eventTime="2026-11-20T22:00:00+01:00"),
        shipment(bizStep="urn:epcglobal:cbv:bizstep:shipping"),
        shipment(epcList=["urn:epc:id:sscc:4012345.3111111111"]),
        shipment(eventID="urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"),
        shipment(recordTime="2026-11-21T00:00:00Z"),
        dict(reversed(shipment().items())),
    ],
)
def test_another_spelling_is_the_same_event(same):
    assert event_hash(same) == event_hash(shipment()) == event_hash(read_event(same))


@pytest.mark.parametrize(
    "other",
    [
        shipment(eventTime="2026-11-20T21:00:00.001Z"),
        shipment(eventTimeZoneOffset="+02:00"),
        shipment(epcList=[pack("A")]),
        shipment(action="DELETE"),
        shipment(disposition="active"),
        shipment(**{"my:note": "x"}),
    ],
)
def test_another_fact_is_another_event(other):
    assert event_hash(read_event(other)) != event_hash(read_event(shipment()))


def test_the_order_of_packs_does_not_matter():
    turned = packing(childEPCs=[pack("A"), pack("B")])
    assert event_hash(read_event(turned)) == event_hash(read_event(packing()))


def test_a_big_event_hashes_like_its_document():
    big = commissioning(2_000)
    assert event_hash(read_event(big)) == event_hash(big)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("007", "7"), ("1.50", "1.5"), ("26.0", "26"), ("+2", "2"), ("-0.10", "-0.1"), ("0", "0"),
        ("1e2", "100"), ("1_000", "1_000"), ("123456789012345", "123456789012345"),
        # A double, as the vector SensorDataExamples.xml wants it.
        ("111100001111000011110000", "111100001111000003641344"),
        ("1e999", "1e999"), ("12a", "12a"), ("1.2.3", "1.2.3"), (".", "."), ("٣", "٣"),
        ("urn:epcglobal:cbv:disp:active", "https://ref.gs1.org/cbv/Disp-active"),
    ],
)  # fmt: skip
def test_values_have_one_spelling(text, normal):
    assert value_text(text) == normal


def test_milliseconds_are_rounded_half_to_even():
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for microseconds, rounded in ((140_500, 140), (141_500, 142), (999_600, 1000)):
        assert whole_milliseconds(moment + timedelta(microseconds=microseconds)) == (
            moment + timedelta(milliseconds=rounded)
        )
