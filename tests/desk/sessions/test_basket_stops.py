"""A pack that is stopped in a basket is found out like one at the counter: kept, and told to whoever must know."""

from __future__ import annotations

from typing import Any

import pytest

from apps.custody.models import RefusedEvent
from apps.desk.sessions.change_lines import refuse_line
from apps.safety.models import Alert
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import GTIN, package, uri, uris
from tests.desk.sessions.conftest import Gun, begin

OTHER_LOT = f"(01){GTIN}(21)S0(10)OTHER"


@pytest.fixture
def basket(mia: Any, petra: Any, goods: Any) -> Gun:
    """Petra has three packs and an empty basket."""
    goods.commission(mia, uris(3))
    goods.move(uris(3), mia, petra)
    return begin(petra, "dispense")


def alerts() -> set[tuple[str, Any]]:
    return {(alert.kind, alert.raised_for) for alert in Alert.objects.all()}


def test_a_label_that_differs_is_told_to_the_maker_once_a_day(
    basket: Gun, petra: Any, mia: Any
) -> None:
    assert basket.outcomes(OTHER_LOT) == [("stop", "lot_differs")]
    basket.scan(OTHER_LOT)
    finding = RefusedEvent.objects.get()
    assert (finding.code, finding.kind) == ("lot_differs", "dispense")
    assert alerts() == {("mismatch", petra.organisation), ("mismatch", mia.organisation)}
    assert Alert.objects.count() == 2


def test_an_unknown_and_a_recalled_pack_raise_their_alarms(
    basket: Gun, petra: Any, goods: Any, batch: Any
) -> None:
    batch.recalled_at = goods.now
    batch.save()
    assert basket.outcomes(uri("S1"), uri("NEVER")) == [
        ("stop", "recalled"), ("unknown", "unknown_package"),
    ]  # fmt: skip
    assert {row.package_path for row in RefusedEvent.objects.all()} == {
        package(uri("S1")).path, f"01/{GTIN}/21/NEVER",
    }  # fmt: skip
    assert alerts() == {("recalled", petra.organisation), ("unknown", petra.organisation)}


def test_many_stops_cost_no_more_questions_than_two(
    basket: Gun, django_assert_max_num_queries: Any
) -> None:
    basket.scan(uri("A"), uri("B"))
    with django_assert_max_num_queries(45):
        basket.scan(*(uri(f"N{n}") for n in range(60)))
    assert RefusedEvent.objects.count() == 62


def test_a_second_pack_with_the_same_serial_and_another_lot_is_no_repeat(basket: Gun) -> None:
    """Two packs with one serial in one hand: one of them is not genuine."""
    assert basket.outcomes(uri("S0"), OTHER_LOT) == [("good", ""), ("stop", "lot_differs")]


def test_what_is_scanned_twice_raises_nothing(basket: Gun) -> None:
    assert basket.outcomes(uri("S0"), uri("S0"), "nothing at all")[1:] == [
        ("repeat", "already_scanned"), ("unknown", "unreadable"),
    ]  # fmt: skip
    assert basket.sign().signed
    assert not RefusedEvent.objects.exists() and not Alert.objects.exists()


def test_only_what_arrives_can_be_refused(basket: Gun, petra: Any) -> None:
    """In a basket the mark would be told as "refused" while the pack is recorded as dispensed."""
    basket.scan(uri("S0"))
    line = basket.line("S0")
    with pytest.raises(Refused) as refused:
        refuse_line(
            actor=petra.actor, session_id=basket.session.pk, line_id=line.pk, reason="damaged",
            at=basket.session.opened_at,
        )  # fmt: skip
    assert refused.value.codes == ("nothing_arrives",)
    assert basket.sign().signed
    assert basket.now().result["refused"] == 0
