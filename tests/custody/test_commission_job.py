"""Commissioning is long work: it moves in steps, stops cleanly, and survives its worker."""

from __future__ import annotations

from typing import Any

import pytest

from apps.catalog.models import Batch
from apps.custody.models import CustodyEvent, Package
from apps.custody.serials import ALPHABET, ALPHABETS, Recipe, generate
from apps.custody.services.commission import start_commission
from apps.jobs.models import Job
from apps.jobs.services import cancel, retry, run_one_step
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import Goods, batch_of, uri

pytestmark = pytest.mark.django_db


@pytest.fixture
def big(mia: Any) -> Batch:
    return batch_of(mia, lot="BIG", quantity=30_000)


def start(mia: Any, batch: Batch, goods: Goods, **what: Any) -> Job:
    return start_commission(actor=mia.actor, user=mia.user, batch=batch, at=goods.tick(), **what)


def test_it_arrives_in_steps(mia: Any, big: Batch, goods: Goods) -> None:
    job = start(mia, big, goods, count=12_001)
    seen = []
    while run_one_step(at=goods.tick()):
        job.refresh_from_db()
        seen.append((job.done, Package.objects.count()))
    assert seen == [(10_000, 10_000), (12_001, 12_001)]
    assert job.state == Job.State.DONE
    assert CustodyEvent.objects.count() == 7


def test_given_serials_are_the_ones_that_arrive(mia: Any, batch: Batch, goods: Goods) -> None:
    start(mia, batch, goods, serials=["A1", "A2"])
    run_one_step(at=goods.tick())
    from tests.custody.goods import package

    assert package(uri("A1")).batch == batch


def test_a_cancelled_job_stops_between_steps(mia: Any, big: Batch, goods: Goods) -> None:
    job = start(mia, big, goods, count=20_000)
    run_one_step(at=goods.tick())
    cancel(job=job, at=goods.tick())
    while run_one_step(at=goods.tick()):
        pass
    job.refresh_from_db()
    assert (job.state, Package.objects.count()) == (Job.State.CANCELLED, 10_000)


def test_a_serial_that_is_taken_fails_the_job_and_writes_nothing(
    mia: Any, batch: Batch, goods: Goods
) -> None:
    goods.commission(mia, [uri("A2")])
    job = start(mia, batch, goods, serials=["A1", "A2"])
    run_one_step(at=goods.tick())
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "already registered" in job.failure
    assert Package.objects.count() == 1


@pytest.mark.parametrize("count", [0, 10_001])
def test_impossible_numbers_are_refused(mia: Any, batch: Batch, goods: Goods, count: int) -> None:
    with pytest.raises(Refused) as refused:
        start(mia, batch, goods, count=count)
    assert refused.value.codes == ("count_impossible",)


def test_serials_repeat_for_the_same_secret_and_do_not_collide() -> None:
    once, again = list(generate(b"s" * 32, 0, 5_000)), list(generate(b"s" * 32, 2_000, 5_000))
    assert once[2_000:] == again
    assert len(set(once)) == 5_000
    assert set("".join(once)) == set(ALPHABET)
    assert set(once).isdisjoint(generate(b"t" * 32, 0, 5_000))


@pytest.mark.parametrize(
    ("alphabet", "length"), [("clear", 20), ("digits", 15), ("mixed", 11), ("upper", 12)]
)
def test_serials_look_as_they_were_asked_for(alphabet: str, length: int) -> None:
    recipe = Recipe(alphabet, length).checked(5_000)
    made = list(generate(b"s" * 32, 0, 5_000, recipe))
    assert len(set(made)) == 5_000
    assert {len(one) for one in made} == {length}
    assert set("".join(made)) == set(ALPHABETS[alphabet])


def test_serials_that_could_be_guessed_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        Recipe("digits", 8).checked(10_001)
    assert refused.value.codes == ("serials_guessable",)
    assert refused.value.refusals[0].data["least"] == 9
    Recipe("digits", 9).checked(10_001)


def test_a_serial_some_pack_bears_is_passed_over(mia: Any, batch: Batch, goods: Goods) -> None:
    secret = b"s" * 32
    third = list(generate(secret, 0, 3))[2]
    goods.commission(mia, [uri(third)]).raise_refused()
    job = start(mia, batch, goods, count=5, secret=secret)
    run_one_step(at=goods.tick())
    job.refresh_from_db()
    assert (job.state, job.parameters["drawn"]) == (Job.State.DONE, 6)
    assert Package.objects.count() == 6


def test_it_goes_on_where_it_was_cancelled_with_the_serials_that_follow(
    mia: Any, big: Batch, goods: Goods
) -> None:
    job = start(mia, big, goods, count=12_000, secret=b"s" * 32)
    run_one_step(at=goods.tick())
    cancel(job=job, at=goods.tick())
    retry(job=job, at=goods.tick())
    while run_one_step(at=goods.tick()):
        pass
    paths = Package.objects.values_list("path", flat=True)
    assert {path.rpartition("/")[2] for path in paths} == set(generate(b"s" * 32, 0, 12_000))
