"""A pack that arrives with another lot or expiry on its label than recorded is told to its maker, once for each pack."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.custody.models import RefusedEvent
from apps.safety.models import Alert
from apps.safety.services import close_alert
from tests.custody.goods import GTIN, package, uri, uris
from tests.desk.sessions.conftest import Gun, arrive, begin

OTHER_LOT = f"(01){GTIN}(21)S0(10)OTHER"
OTHER_EXPIRY = f"(01){GTIN}(21)S0(10)L1(17)280101"
AS_RECORDED = f"(01){GTIN}(21)S0(10)L1(17)271031"


@pytest.fixture
def arriving(mia: Any, dan: Any, goods: Any) -> Gun:
    """Three packs of Mia's are on their way to Dan, and he opens the delivery."""
    goods.commission(mia, uris(3))
    goods.ship(mia, uris(3), dan)
    return arrive(dan, mia)


def alerts() -> list[tuple[str, Any]]:
    return sorted(Alert.objects.values_list("kind", "raised_for__name"))


@pytest.mark.parametrize(
    ("label", "code"), [(OTHER_LOT, "lot_differs"), (OTHER_EXPIRY, "expiry_mismatch")]
)
def test_the_maker_and_whoever_received_it_are_told(
    arriving: Gun, mia: Any, dan: Any, label: str, code: str
) -> None:
    assert arriving.outcomes(label) == [("stop", code)]
    finding = RefusedEvent.objects.get()
    assert (finding.code, finding.kind, finding.actor) == (code, "receive", dan.organisation)
    assert finding.package_path == package(uri("S0")).path
    assert alerts() == sorted(
        [("mismatch", dan.organisation.name), ("mismatch", mia.organisation.name)]
    )
    assert all("by a distributor in" in alert.sentence for alert in Alert.objects.all())
    assert all(alert.refused == finding for alert in Alert.objects.all())


def test_one_alert_for_each_pack_and_not_one_for_each_scan(
    arriving: Gun, mia: Any, today: Any
) -> None:
    arriving.scan(OTHER_LOT, OTHER_LOT)
    arriving.scan(OTHER_LOT, OTHER_EXPIRY)
    today.shift(timedelta(days=1))
    arriving.scan(OTHER_LOT)
    assert Alert.objects.count() == 2
    assert RefusedEvent.objects.count() == 3  # each code once a day: what was found stays whole
    arriving.scan(f"(01){GTIN}(21)S1(10)OTHER")
    assert Alert.objects.filter(raised_for=mia.organisation).count() == 2


def test_what_was_looked_into_and_comes_again_is_told_again(
    arriving: Gun, mia: Any, today: Any
) -> None:
    arriving.scan(OTHER_LOT)
    theirs = Alert.objects.get(raised_for=mia.organisation)
    close_alert(alert=theirs, at=timezone.now(), by=mia.user)
    today.shift(timedelta(days=1))
    arriving.scan(OTHER_LOT)
    assert Alert.objects.filter(raised_for=mia.organisation).count() == 2
    assert Alert.objects.count() == 3


def test_at_the_pharmacy_it_is_told_with_where_it_came_up(
    mia: Any, petra: Any, dan: Any, goods: Any
) -> None:
    """The same pack at two places may be two packs."""
    goods.commission(mia, uris(1))
    goods.ship(mia, uris(1), dan)
    arrive(dan, mia).scan(OTHER_LOT)
    goods.receive(dan, uris(1), mia)
    goods.ship(dan, uris(1), petra)
    arrive(petra, dan).scan(OTHER_LOT)
    told = Alert.objects.filter(raised_for=mia.organisation).order_by("id")
    assert ["distributor" in one.sentence for one in told] == [True, False]
    assert "pharmacy" in told[1].sentence


def test_a_label_that_agrees_and_other_trouble_on_arrival_tell_the_maker_nothing(
    arriving: Gun,
) -> None:
    arriving.scan(AS_RECORDED, uri("S1"), uri("S1"), uri("NEVER"), "rubbish")
    assert not RefusedEvent.objects.exists()
    assert not Alert.objects.exists()


def test_a_misprinted_delivery_costs_few_questions(
    arriving: Gun, mia: Any, dan: Any, goods: Any, django_assert_max_num_queries: Any
) -> None:
    goods.commission(mia, uris(80)[3:])
    goods.ship(mia, uris(80)[3:], dan)
    with django_assert_max_num_queries(45):
        arriving.scan(*(f"(01){GTIN}(21)S{n}(10)OTHER" for n in range(80)))
    assert Alert.objects.count() == 160


def test_a_count_of_the_shelf_is_no_arrival(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(1))
    assert begin(mia, "count").outcomes(OTHER_LOT) == [("stop", "lot_differs")]
    assert not Alert.objects.exists()
