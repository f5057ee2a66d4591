"""Every kind is written as EPCIS and read back as itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.act import RESOLVER, act_of
from pharmatrace.kernel.custody.kinds import SPELLINGS, Kind, kind_of
from pharmatrace.kernel.epcis.vocabulary import BIZ_STEPS, DISPOSITIONS
from pharmatrace.kernel.refusal import Refused
from tests.kernel.custody.chain import CASES, EXPIRY, LOT, PACKS

AT = datetime(2026, 11, 20, 22, 0, tzinfo=timezone(timedelta(hours=1)))
URIS = [RESOLVER + path for path in PACKS]
HERE = {"site_gln": "9521234000020", "at": AT}


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.PACK, Kind.UNPACK}))
def test_every_kind_reads_back_as_itself(kind: Kind) -> None:
    event = acts.act(kind, URIS, **HERE)
    assert act_of(event).kind is kind
    assert [path for _, path in act_of(event).packages] == PACKS


def test_no_two_kinds_are_spelled_alike() -> None:
    assert len(set(SPELLINGS.values())) == len(Kind)


def test_the_container_comes_first() -> None:
    event = acts.pack(RESOLVER + CASES[0], URIS, **HERE)
    assert [path for _, path in act_of(event).packages] == [CASES[0], *PACKS]


def test_a_shipment_says_who_to_whom_and_under_which_number() -> None:
    act = act_of(
        acts.ship(
            URIS, sender_gln="9521234000013", consignee_gln="9521235000012", reference="D1", **HERE
        )
    )
    assert (act.sender, act.consignee) == ("9521234000013", "9521235000012")
    assert act.reference.endswith(":D1")
    assert act.site == "9521234000020"


def test_a_commissioning_carries_lot_and_expiry_and_the_scanners_offset() -> None:
    event = acts.commission(URIS, lot=LOT, expiry=EXPIRY, **HERE)
    assert (act_of(event).lot, act_of(event).expiry) == (LOT, date(2027, 10, 31))
    assert event.event_time_zone_offset == "+01:00"
    assert event.event_time == AT.astimezone(UTC)


@pytest.mark.parametrize("disposition", ["damaged", "recalled", "stolen", "expired"])
def test_a_disposition_that_changes_the_meaning_is_not_guessed_away(disposition: str) -> None:
    assert _kind("receiving", disposition) is None


@pytest.mark.parametrize("disposition", [None, *sorted(DISPOSITIONS)])
@pytest.mark.parametrize("step", sorted(BIZ_STEPS))
def test_what_cannot_be_undone_or_stops_a_pack_is_never_read_out_of_a_step_alone(
    step: str, disposition: str | None
) -> None:
    kind = _kind(step, disposition)
    if kind is not None and kind not in HARMLESS:
        assert (step, disposition) == (SPELLINGS[kind].biz_step, SPELLINGS[kind].disposition)


HARMLESS = {Kind.SHIP, Kind.RECEIVE, Kind.DISPENSE, Kind.INSPECT}


def test_an_ordinary_inspection_is_no_theft() -> None:
    for disposition in ("conformant", "in_progress", "available", "active", "container_closed"):
        assert _kind("inspecting", disposition) is Kind.INSPECT


def _kind(step: str, disposition: str | None) -> Kind | None:
    return kind_of(type="ObjectEvent", action="OBSERVE", biz_step=step, disposition=disposition)


@pytest.mark.parametrize(
    ("uris", "code"),
    [
        ([], "no_packages"),
        ([URIS[0], URIS[0]], "duplicate_package"),
        (["https://id.gs1.org/01/09521234543213"], "not_a_serial_package"),
        (["https://id.gs1.org/01/09521234543210/21/A"], "not_a_serial_package"),
        (["https://id.gs1.org/00/095212340000000010"], "not_a_serial_package"),
        ([f"{RESOLVER}01/09521234543213/21/{n}" for n in range(2001)], "too_many_packages"),
    ],
)
def test_what_is_not_a_list_of_packages(uris: list[str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        act_of(acts.act(Kind.SHIP, uris, **HERE))
    assert refused.value.codes == (code,)
