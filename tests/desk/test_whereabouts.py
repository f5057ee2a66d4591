"""Where a maker's packs are: the counts are those of the packages, and are made again when something moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.custody.models import Package
from apps.desk.whereabouts.counting import count_batch, count_due
from apps.desk.whereabouts.models import BatchCount
from apps.desk.whereabouts.selectors import whereabouts_of, whereabouts_of_maker
from apps.safety.looks import count_look
from tests.custody.goods import CASE, batch_of, package, uri, uris
from tests.desk.pages import Desk, text


def at(seconds: float = 0) -> Any:
    return timezone.now() + timedelta(seconds=seconds)


def places(batch: Any) -> dict[tuple[str, str], tuple[int, int, int]]:
    found = whereabouts_of(batch, count_batch(batch=batch, at=at())).places
    return {(one.kind, one.country): (one.here, one.coming, one.gone) for one in found}


def test_packs_in_containers_on_the_road_and_dispensed_are_counted_where_they_are(
    mia: Any, dan: Any, petra: Any, goods: Any, batch: Any
) -> None:
    goods.commission(mia, uris(20))
    goods.pack(mia, CASE, uris(10))
    goods.move([CASE], mia, dan)
    goods.move(uris(14)[10:], mia, petra)
    goods.do("dispense", petra, [uri("S10")])
    goods.ship(mia, [uri("S15")], dan)
    goods.ship(dan, [CASE], mia, returning=True)
    found = places(batch)
    assert found == {
        ("self", "PT"): (5, 10, 0), ("pharmacy", "PT"): (3, 0, 1), ("distributor", "ES"): (0, 1, 0),
    }  # fmt: skip
    assert (
        sum(sum(counts) for counts in found.values()) == Package.objects.filter(batch=batch).count()
    )


def test_a_batch_is_counted_again_when_something_happened_and_not_all_the_time(
    mia: Any, dan: Any, goods: Any, batch: Any
) -> None:
    goods.commission(mia, uris(4))
    assert count_due(at=at(), seconds=5) == 1
    assert count_due(at=at(60), seconds=5) == 0, "nothing was recorded since"
    goods.move(uris(1), mia, dan)
    assert count_due(at=at(5), seconds=5) == 0, "it was counted a moment ago"
    assert count_due(at=at(60), seconds=5) == 1
    assert whereabouts_of_maker(mia.organisation.pk).left == 1


def test_one_turn_of_counting_ends_when_its_time_is_up(mia: Any, goods: Any) -> None:
    for n in range(3):
        batch_of(mia, lot=f"T{n}")
    clock = iter(range(0, 1_000, 10))
    assert count_due(at=at(), seconds=15, clock=lambda: next(clock)) == 2
    assert BatchCount.objects.count() == 2


def test_mia_sees_what_left_what_comes_back_and_what_the_public_checks(
    mia: Any, dan: Any, goods: Any, batch: Any
) -> None:
    goods.commission(mia, uris(10))
    goods.move(uris(3), mia, dan)
    goods.ship(dan, uris(1), mia, returning=True)
    pack = package(uri("S2"))
    for _ in range(2):
        count_look(
            package_id=pack.pk,
            batch_id=batch.pk,
            country="ES",
            visitor=None,
            since=at().date(),
            at=at(),
        )
    count_due(at=at(), seconds=5)
    home = text(Desk(mia).open("home"))
    for words in (
        "10 packs have a serial number",
        "3 have left you",
        "1 packs on their way back",
        "Distributors",
        "Spain: 2",
    ):
        assert words in home, words
    page = text(Desk(mia).open("batch", batch.pk))
    assert "3 packs have left the maker, 1 are on their way back." in page
    assert "(21) S2" in page
    assert "Dan Distributes" not in page, "names come with a recall"


def test_a_pack_of_the_batch_is_found_by_serial_or_code(mia: Any, goods: Any, batch: Any) -> None:
    goods.commission(mia, uris(60))
    desk = Desk(mia)
    for asked in ("S7", uri("S7"), "(01)09521234543213(21)S7"):
        found = desk.open("batch-packs", batch.pk, q=asked).context["packs"].rows
        assert [one.path for one in found] == ["01/09521234543213/21/S7"]
    assert "bears this serial" in text(desk.open("batch-packs", batch.pk, q="nothing\x00"))
    assert len(desk.open("batch-packs", batch.pk).context["packs"]) == 50


def test_lists_are_searched_by_words(mia: Any, batch: Any) -> None:
    batch_of(mia, lot="ZZ9")
    desk = Desk(mia)
    for asked, lots in (
        ({"lot": "zz9"}, {"ZZ9"}),
        ({"product__name": "examplin"}, {"L1", "ZZ9"}),
        ({"lot": "L1", "product__name": "exam"}, {"L1"}),
        ({"lot": "%"}, set()),
    ):
        found = desk.open("batches", **asked).context["page"].rows
        assert {one.lot for one in found} == lots, asked
    assert "Nothing here answers to the filter" in text(desk.open("products", name="aspirin"))
