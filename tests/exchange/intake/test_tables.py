"""Tables made from the templates: rows become events, each row hears its fate."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from apps.catalog.models import Batch, Product
from apps.custody.models import CustodyEvent, Package
from tests.custody.goods import CASE, GTIN, LOT, Goods, package, uri, uris
from tests.exchange.intake.files import TIME, as_csv, as_xlsx, fates

pytestmark = pytest.mark.django_db
SSCC = CASE.rpartition("/")[2]
COMMISSION = ["act", "gtin", "serial", "lot", "expiry", "time"]


def commission(serials: list[str], **other: Any) -> list[list[Any]]:
    row = {
        "act": "commission",
        "gtin": GTIN,
        "lot": LOT,
        "expiry": "2027-10-31",
        "time": TIME,
        **other,
    }
    return [COMMISSION, *([row.get(name, serial) for name in COMMISSION] for serial in serials)]


@pytest.mark.parametrize(
    "write",
    [
        as_csv,
        lambda rows: as_csv(rows, delimiter=";"),
        lambda rows: as_csv(rows, delimiter="\t"),
        lambda rows: as_csv(rows, encoding="utf-8-sig"),
        lambda rows: as_csv(rows, encoding="utf-16"),
        lambda rows: as_csv(rows, encoding="utf-16-le"),
        lambda rows: as_csv(rows).replace(b"\r\n", b"\n"),
        as_xlsx,
    ],
    ids=["comma", "semicolon", "tab", "mark", "utf-16", "utf-16-without-mark", "unix", "xlsx"],
)
def test_every_form_of_table_is_read(desk: Any, mia: Any, batch: Any, write: Any) -> None:
    ack = desk(mia).imported(write(commission(["A1", "A2", "A3"])))
    assert fates(ack) == [(2, "accepted", []), (3, "accepted", []), (4, "accepted", [])]
    assert len({one["event"] for one in ack["lines"]}) == 1
    event = CustodyEvent.objects.get()
    assert (event.kind, event.package_count) == ("commission", 3)
    assert event.document["eventTimeZoneOffset"] == "+01:00"


def test_windows_1252_is_told_from_utf_8(desk: Any, mia: Any) -> None:
    rows = [["act", "gtin", "name", "market"], ["product", GTIN, "Émiplin für Mäuse", "pt"]]
    desk(mia).imported(as_csv(rows, encoding="cp1252"))
    assert Product.objects.get().name == "Émiplin für Mäuse"


def test_the_same_table_twice_is_recognised_row_by_row(desk: Any, mia: Any, batch: Any) -> None:
    rows = commission(["A1", "A2"])
    first, second = desk(mia).imported(as_csv(rows)), desk(mia).imported(as_xlsx(rows))
    assert fates(second) == [(2, "repeated", []), (3, "repeated", [])]
    assert first["lines"][0]["event"] == second["lines"][0]["event"]
    assert Package.objects.count() == 2


def test_a_wrong_row_is_refused_with_its_cell_and_the_rest_goes_on(
    desk: Any, mia: Any, batch: Any
) -> None:
    rows = commission(["A1", "A2", "A3"])
    rows[2][2] = "NOT*ALLOWED€"
    ack = desk(mia).imported(as_csv(rows))
    assert {row: fate for row, fate, _ in fates(ack)} == {
        2: "accepted", 3: "unreadable", 4: "accepted",
    }  # fmt: skip
    reason = next(one for one in ack["lines"] if one["row"] == 3)["reasons"][0]
    assert (reason["code"], reason["row"], reason["column"], reason["cell"]) == (
        "serial_characters", 3, "serial", "C3",
    )  # fmt: skip
    assert (ack["status"], ack["outcome"]) == (1, "partly")


def test_a_scan_says_it_all(desk: Any, mia: Any, batch: Any) -> None:
    rows = [
        ["act", "code", "time"],
        ["commission", f"]d201{GTIN}10{LOT}\x1d1727103121B1", TIME],
        ["commission", f"(01){GTIN}(10){LOT}(17)271031(21)B2", TIME],
        ["commission", f"https://id.gs1.org/01/{GTIN}/10/{LOT}/21/B3?17=271031", TIME],
    ]
    ack = desk(mia).imported(as_csv(rows))
    assert [fate for _, fate, _ in fates(ack)] == ["accepted"] * 3, ack["lines"]
    assert Package.objects.filter(path__endswith="/21/B2").exists()


def test_a_scan_that_contradicts_its_row_is_refused(desk: Any, mia: Any, batch: Any) -> None:
    rows = [
        ["act", "code", "gtin", "time", "lot", "expiry"],
        ["commission", f"(01){GTIN}(21)B2(10){LOT}", "", TIME, "OTHER", "2027-10-31"],
        ["commission", f"(01){GTIN}(21)B2", "05601000000011", TIME, LOT, "2027-10-31"],
        ["commission", SSCC, GTIN, TIME, LOT, "2027-10-31"],
    ]
    ack = desk(mia).imported(as_csv(rows))
    assert [codes for _, _, codes in fates(ack)] == [["contradiction"]] * 3


def test_a_delivery_of_many_rows_is_one_event_on_either_side(
    desk: Any, mia: Any, dan: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(5))
    row = ["D-17", dan.organisation.gln]
    out = [
        ["act", "shipment", "to", "code", "time"],
        *(["ship", *row, uri(f"S{n}"), "2026-11-02T12:00:00Z"] for n in range(5)),
    ]
    assert desk(mia).imported(as_csv(out))["totals"] == {"accepted": 5}
    row = ["D-17", mia.organisation.gln]
    arrived = [
        ["act", "shipment", "from", "code", "time"],
        *(["receive", *row, uri(f"S{n}"), "2026-11-03T12:00:00Z"] for n in range(3)),
        *(["refuse", *row, uri(f"S{n}"), "2026-11-03T12:00:00Z"] for n in range(3, 5)),
    ]
    ack = desk(dan).imported(as_csv(arrived))
    assert ack["totals"] == {"accepted": 5}
    kinds = list(CustodyEvent.objects.order_by("id").values_list("kind", "package_count"))
    assert kinds[1:] == [("ship", 5), ("receive", 3), ("refuse", 2)]
    assert CustodyEvent.objects.get(kind="ship").counterparty_id == dan.organisation.pk


def test_when_the_rules_refuse_an_event_every_row_hears_why(
    desk: Any, mia: Any, dan: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(3))
    goods.ship(mia, [uri("S1")], dan)
    rows = [
        ["act", "shipment", "to", "code", "time"],
        *(
            ["ship", "D-2", dan.organisation.gln, uri(f"S{n}"), "2026-11-02T13:00:00Z"]
            for n in range(3)
        ),
    ]
    ack = desk(mia).imported(as_csv(rows))
    assert fates(ack) == [
        (2, "refused", ["refused_with_others"]),
        (3, "refused", ["in_transit"]),
        (4, "refused", ["refused_with_others"]),
    ]
    assert package(uri("S0")).status == "active"


def test_a_container_of_which_one_row_is_wrong_is_refused_whole(
    desk: Any, mia: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(4))
    other = "095212340000000020"
    rows = [
        ["act", "container", "gtin", "serial", "time"],
        ["pack", SSCC, GTIN, "S0", "2026-11-02T13:00:00Z"],
        ["pack", SSCC, GTIN, "", "2026-11-02T13:00:00Z"],
        ["pack", SSCC, GTIN, "S1", "2026-11-02T13:00:00Z"],
        ["pack", other, GTIN, "S2", "2026-11-02T13:00:00Z"],
        ["pack", other, GTIN, "S3", "2026-11-02T13:00:00Z"],
    ]
    ack = desk(mia).imported(as_csv(rows))
    assert sorted(fates(ack)) == [
        (2, "unreadable", ["container_incomplete"]),
        (3, "unreadable", ["package_half"]),
        (4, "unreadable", ["container_incomplete"]),
        (5, "accepted", []),
        (6, "accepted", []),
    ]
    assert Package.objects.filter(parent__isnull=False).count() == 2


def test_a_row_whose_container_cannot_be_told_spoils_the_one_it_stands_in(
    desk: Any, mia: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(3))
    rows = [
        ["act", "container", "gtin", "serial", "time"],
        ["pack", SSCC, GTIN, "S0", "2026-11-02T13:00:00Z"],
        ["pack", SSCC[:-1] + "9", GTIN, "S1", "2026-11-02T13:00:00Z"],
        ["pack", SSCC, GTIN, "S2", "2026-11-02T13:00:00Z"],
    ]
    ack = desk(mia).imported(as_csv(rows))
    told = {row: codes for row, _, codes in fates(ack)}
    assert told[2] == told[4] == ["container_incomplete"]
    assert told[3] != told[2]
    assert not Package.objects.filter(parent__isnull=False).exists()


def test_a_container_with_too_many_rows_is_refused(
    desk: Any, mia: Any, goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.exchange.intake.gathering.MOST_CONTENTS", 2)
    goods.commission(mia, uris(3))
    rows = [
        ["act", "container", "gtin", "serial", "time"],
        *(["pack", SSCC, GTIN, f"S{n}", "2026-11-02T13:00:00Z"] for n in range(3)),
    ]
    codes = [code for _, _, (code,) in sorted(fates(desk(mia).imported(as_csv(rows))))]
    assert codes == ["container_incomplete", "container_incomplete", "container_too_full"]


def test_logistic_units_are_commissioned_without_lot(desk: Any, mia: Any, batch: Any) -> None:
    rows = [
        ["act", "sscc", "lot", "time"],
        ["commission", SSCC, "", TIME],
        ["commission", "095212340000000020", LOT, TIME],
    ]
    assert sorted(fates(desk(mia).imported(as_csv(rows)))) == [
        (2, "accepted", []), (3, "unreadable", ["cell_unused"]),
    ]  # fmt: skip


def test_one_row_is_one_event_where_packs_stand_alone(
    desk: Any, petra: Any, mia: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(3))
    goods.move(uris(3), mia, petra)
    rows = [
        ["act", "code", "time"],
        ["dispense", uri("S0"), "2026-11-02T18:00:00Z"],
        ["dispense", uri("CLONE"), "2026-11-02T18:00:00Z"],
        ["Dispense", uri("S2"), "2026-11-02T18:00:00Z"],
    ]
    ack = desk(petra).imported(as_csv(rows))
    assert [(row, fate) for row, fate, _ in fates(ack)] == [
        (2, "accepted"), (3, "refused"), (4, "accepted"),
    ]  # fmt: skip
    assert fates(ack)[1][2] == ["unknown_package"]


def test_products_and_batches_are_registered_and_recognised(desk: Any, mia: Any) -> None:
    products = [
        ["act", "gtin", "name", "strength", "market", "national_codes"],
        ["product", GTIN, "Examplin", "40 mg", "PT", "PT:5678901 ES:712345"],
    ]
    batches = [
        ["act", "gtin", "lot", "expiry", "quantity"],
        ["batch", GTIN, LOT, "271031", "500"],
        ["batch", "05601000000011", LOT, "271031", "500"],
        ["batch", GTIN, "L9", "2027-10-31", "0"],
    ]
    assert desk(mia).imported(as_csv(products))["totals"] == {"accepted": 1}
    ack = desk(mia).imported(as_csv(batches))
    assert fates(ack) == [
        (2, "accepted", []), (3, "refused", ["product_unknown"]), (4, "refused", ["quantity_positive"]),
    ]  # fmt: skip
    assert ack["lines"][2]["reasons"][0]["column"] == "quantity"
    assert Batch.objects.get().expiry == date(2027, 10, 31)
    assert Product.objects.get().national_codes == {"PT": "5678901", "ES": "712345"}
    again = desk(mia).imported(as_csv(products)), desk(mia).imported(as_csv(batches))
    assert [one["totals"].get("repeated") for one in again] == [1, 1]
    products[1][2] = "Another name"
    assert fates(desk(mia).imported(as_csv(products))) == [(2, "refused", ["gtin_taken"])]


def test_all_or_nothing_holds_for_the_catalogue_too(desk: Any, mia: Any) -> None:
    rows = [
        ["act", "gtin", "name", "market"],
        ["product", GTIN, "A", "PT"],
        ["product", "05601000000011", "B", "P"],
    ]
    ack = desk(mia).imported(as_csv(rows), "file", "--all-or-nothing")
    assert [fate for _, fate, _ in fates(ack)] == ["rolled_back", "refused"]
    assert not Product.objects.exists()


def test_a_delivery_larger_than_an_event_is_several_events(
    desk: Any, mia: Any, batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.exchange.intake.gathering.MOST_PACKAGES", 2)
    ack = desk(mia).imported(as_csv(commission(["A1", "A2", "A3", "A4", "A5"])))
    assert ack["totals"] == {"accepted": 5}
    assert CustodyEvent.objects.count() == 3


def test_a_package_twice_in_an_event_is_told_at_the_second_row(
    desk: Any, mia: Any, batch: Any
) -> None:
    ack = desk(mia).imported(as_csv(commission(["A1", "A2", "A1"])))
    assert sorted(fates(ack)) == [
        (2, "accepted", []),
        (3, "accepted", []),
        (4, "unreadable", ["row_twice"]),
    ]


# --- times -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "zone", "code"),
    [
        ("2026-11-02 09:00", "", "zone_missing"),
        ("2026-03-29 01:30", "Europe/Lisbon", "time_skipped"),
        ("2026-10-25 01:30", "Europe/Lisbon", "time_ambiguous"),
        ("02.11.2026 09:00", "Europe/Lisbon", "time_invalid"),
        ("2026-02-30T09:00:00Z", "", "time_invalid"),
        ("2026-11-02T09:00:00+15:00", "", "time_invalid"),
        ("0001-01-01T00:00:00+14:00", "", "time_invalid"),
        ("9999-12-31T23:59:59-12:00", "", "time_invalid"),
    ],
)
def test_a_time_that_is_not_certain_is_refused(
    desk: Any, mia: Any, batch: Any, time: str, zone: str, code: str
) -> None:
    ack = desk(mia).imported(as_csv(commission(["A1"], time=time)), "file", f"--zone={zone}")
    assert fates(ack) == [(2, "unreadable", [code])]


def test_an_agreed_zone_is_that_of_times_without_one(desk: Any, mia: Any, batch: Any) -> None:
    rows = (
        commission(["A1"], time="2026-11-02 09:00")
        + commission(["A2"], time="2026-07-01 09:00")[1:]
    )
    desk(mia).imported(as_csv(rows), "file", "--zone=Europe/Madrid")
    found = CustodyEvent.objects.order_by("-occurred_at").values_list("document", flat=True)
    assert [(one["eventTime"], one["eventTimeZoneOffset"]) for one in found] == [
        ("2026-11-02T08:00:00.000Z", "+01:00"), ("2026-07-01T07:00:00.000Z", "+02:00"),
    ]  # fmt: skip


def test_a_date_cell_of_a_workbook_needs_an_agreed_zone(desk: Any, mia: Any, batch: Any) -> None:
    rows = commission(["A1"], time=datetime(2026, 11, 2, 9, 0), expiry=date(2027, 10, 31))  # noqa: DTZ001
    assert fates(desk(mia).imported(as_xlsx(rows))) == [(2, "unreadable", ["zone_missing"])]
    ack = desk(mia).imported(as_xlsx(rows), "file", "--zone=Europe/Madrid")
    assert fates(ack) == [(2, "accepted", [])]
    assert CustodyEvent.objects.get().document["eventTime"] == "2026-11-02T08:00:00.000Z"
