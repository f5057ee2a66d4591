"""Looks of the public are counted per pack, day and country, visits among them, and nothing about who it was is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.safety.forgetting import sweep
from apps.safety.looks import count_look, looks_by_country, looks_by_day, most_looked_at
from apps.safety.models import LookMark, PublicLook
from tests.custody.goods import batch_of
from tests.safety.reports import AT

pytestmark = pytest.mark.django_db
PACK = UUID(int=7)


def look(
    package: UUID = PACK,
    country: str = "",
    days: int = 0,
    batch: Any = None,
    visitor: str | None = "192.0.2.7",
) -> Any:
    at = AT + timedelta(days=days)
    return count_look(
        package_id=package, batch_id=batch.pk if batch else None, country=country, visitor=visitor,
        since=AT.date() + timedelta(days=1), at=at,
    )  # fmt: skip


def test_the_first_look_is_the_first() -> None:
    told = look()
    assert (told.times, told.first_at, told.countries) == (1, AT, ())


def test_looks_add_up_over_days_and_countries() -> None:
    for country in ("PT", "PT", "ES", ""):
        look(country=country)
    told = look(country="PT", days=2)
    assert (told.times, told.visits, told.first_at) == (5, 1, AT)
    assert told.countries == ("ES", "PT")


def test_a_flood_leaves_one_row(django_assert_num_queries: Any) -> None:
    for _ in range(50):
        with django_assert_num_queries(1):
            look(country="PT")
    assert PublicLook.objects.count() == 1
    assert PublicLook.objects.get().looks == 50


def test_the_counter_ends_and_does_not_break() -> None:
    look()
    PublicLook.objects.update(looks=2_147_483_647, visits=2_147_483_647)
    assert look(visitor="192.0.2.8").times == 2_147_483_648
    assert PublicLook.objects.get().looks == PublicLook.objects.get().visits == 2_147_483_647


def test_nothing_about_who_looked_is_kept() -> None:
    assert {field.name for field in PublicLook._meta.get_fields()} == {
        "pk", "package_id", "day", "country", "batch", "looks", "visits", "first_at",
    }  # fmt: skip


def test_a_visitor_makes_one_visit_a_day_however_often_the_page_is_reloaded() -> None:
    for _ in range(25):
        told = look(days=1)
    assert (told.times, told.visits) == (25, 1)
    assert look(days=1, visitor="192.0.2.8").visits == 2
    assert look(days=2).visits == 3
    assert look(days=2, country="ES").visits == 3, "nor by travelling"
    assert look(UUID(int=8), days=2).visits == 1, "another pack"


def test_visits_of_before_do_not_count() -> None:
    look(days=0)
    assert look(days=1).visits == 1


def test_who_has_no_address_is_one_visitor() -> None:
    for _ in range(3):
        told = look(days=1, visitor=None)
    assert told.visits == 1


def test_the_mark_of_a_visit_names_nobody_and_goes_with_its_day() -> None:
    assert {field.name for field in LookMark._meta.get_fields()} == {"pk", "day", "mark"}
    for package in (PACK, UUID(int=8)):
        for days in (1, 2):
            look(package, days=days)
    marks = {bytes(one.mark) for one in LookMark.objects.all()}
    assert len(marks) == 4, "nothing ties the looks of one visitor together"
    assert all(len(one) == 16 and b"192.0.2.7" not in one for one in marks)
    sweep(at=AT + timedelta(days=2))
    assert {one.day for one in LookMark.objects.all()} == {(AT + timedelta(days=2)).date()}
    sweep(at=AT + timedelta(days=3))
    assert not LookMark.objects.exists()
    assert PublicLook.objects.count() == 4


def test_a_maker_reads_days_places_and_packs(mia: Any) -> None:
    batch, other = batch_of(mia), uuid4()
    for _ in range(3):
        look(country="PT", batch=batch)
    look(country="ES", days=1, batch=batch)
    look(other, days=1, batch=batch)
    look(uuid4(), days=-9)  # another batch
    batches, since = [batch.pk], AT.date()
    assert [(one.day, one.looks) for one in looks_by_day(batches=batches, since=since)] == [
        (AT.date(), 3), (AT.date() + timedelta(days=1), 2),
    ]  # fmt: skip
    assert looks_by_country(batches=batches, since=since) == {"PT": 3, "": 1, "ES": 1}
    most = most_looked_at(batches=batches, since=since)
    assert [(one.package_id, one.looks) for one in most] == [(PACK, 4), (other, 1)]
