"""Events with EPC URNs for Digital Links: only the spelling changes, and what has no URN is counted."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from pharmatrace.kernel.epcis.epc_spelling import AsUrn, respelled
from pharmatrace.kernel.epcis.event_hash import event_hash
from pharmatrace.kernel.epcis.jsonld import read_event, write_event
from pharmatrace.kernel.epcis.model import Event, ObjectEvent, TransformationEvent
from pharmatrace.kernel.epcis.parts import Quantity, SensorElement, SensorMetadata, SensorReport
from pharmatrace.kernel.gs1.epc_of_link import Prefixes
from tests.kernel.epcis.any_event import EVENTS, SOME_DAY

LENGTH = Prefixes(length=7)


def link(path: str) -> str:
    return "https://id.gs1.org/" + path


PACK, CLASS, LOT = (
    link(path) for path in (
        "01/09521234543213/21/S1", "01/09521234543213", "01/09521234543213/10/L1",
    )
)  # fmt: skip
PLACE, PARTY, ORDER, DEVICE = (
    link(path) for path in (
        "414/9521234567899/254/7", "417/9521234567899", "253/9521234567899A1", "8004/9521234D1",
    )
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS)
def test_the_hash_and_the_event_stay(event: Event) -> None:
    """Read back, a respelled event is the event."""
    spelled = respelled(event, AsUrn(LENGTH))
    assert event_hash(spelled) == event_hash(event)
    assert read_event(write_event(spelled)) == read_event(write_event(event))


def everywhere() -> TransformationEvent:
    device = SensorReport(type="Temperature", value=4, device_id=DEVICE)
    return TransformationEvent(
        event_time=SOME_DAY, input_epcs=(PACK,), output_epcs=(PACK,), transformation_id=ORDER,
        input_quantities=(Quantity(epc_class=CLASS),), output_quantities=(Quantity(epc_class=LOT),),
        read_point=PLACE, biz_location=PLACE, sources=(("owning_party", PARTY),),
        destinations=(("location", PLACE),), biz_transactions=(("po", ORDER),),
        sensor_elements=(
            SensorElement(reports=(device,), metadata=SensorMetadata(device_id=DEVICE)),
        ),
    )  # fmt: skip


def test_every_place_of_an_event_is_respelled() -> None:
    assert "id.gs1.org" not in json.dumps(write_event(respelled(everywhere(), AsUrn(LENGTH))))
    event = ObjectEvent(
        event_time=SOME_DAY, epcs=(PACK,), parent=PACK, children=(PACK,), quantities=(Quantity(epc_class=LOT),)
    )  # fmt: skip
    spelled = respelled(event, AsUrn(LENGTH))
    urn = "urn:epc:id:sgtin:9521234.054321.S1"
    assert (spelled.epcs, spelled.parent, spelled.children) == ((urn,), urn, (urn,))
    assert spelled.quantities[0].epc_class == "urn:epc:class:lgtin:9521234.054321.L1"


def test_extensions_are_their_owners() -> None:
    event = replace(everywhere(), extensions={"my:epc": PACK}, namespaces={"my": "urn:my:"})
    assert respelled(event, AsUrn(LENGTH)).extensions == {"my:epc": PACK}


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        (link("01/02345678901289/21/S1"), "prefix_length_unknown"),
        (link("8006/095212345432130102/10/L1"), "epc_missing"),
    ],
)
def test_what_has_no_urn_stays_a_link_and_is_counted(uri: str, reason: str) -> None:
    spell = AsUrn()
    assert [spell(uri), spell(uri)] == [uri, uri]
    assert spell.kept == {reason: 2}


@pytest.mark.parametrize("uri", ["urn:x:1", "https://mia.example/po/7", "urn:epc:id:gid:1.2.3"])
def test_what_is_no_link_is_left_alone(uri: str) -> None:
    spell = AsUrn()
    assert spell(uri) == uri
    assert not spell.kept


@pytest.mark.parametrize("serial", ["S1", "A-b_c.D", "a%2Fb", "%22", "';=", "!()", "1" * 20])
def test_serials_are_spelled_as_one_by_one(serial: str) -> None:
    """The short cut for many packs of one product says what the long way says."""
    spell = AsUrn(LENGTH)
    spell(PACK)
    uri = link(f"01/09521234543213/21/{serial}")
    assert spell(uri) == AsUrn(LENGTH)(uri)


def test_the_longest_registered_prefix_counts_before_the_table() -> None:
    spell = AsUrn(Prefixes.of(["9521", "952123", "95212345", "952199"]))
    assert spell(PACK) == "urn:epc:id:sgtin:95212345.04321.S1"
