"""Commissioning is long work: it moves in steps, stops cleanly, and survives its worker."""

from __future__ import annotations

from typing import Any

import pytest

from apps.catalog.models import Batch
from apps.custody.models import CustodyEvent, Package
from apps.custody.serials import ALPHABET, generate, read_csv
from apps.custody.services.commission import start_commission
from apps.jobs.models import Job
from apps.jobs.services import cancel, run_one_step
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


def test_every_bad_row_of_an_upload_is_named() -> None:
    with pytest.raises(Refused) as refused:
        read_csv("serial,note\nA1,x\n\nÄ2,x\nA1,x\n,y\n".encode())
    assert [one.data["row"] for one in refused.value.refusals] == [4, 5, 6]
    assert refused.value.refusals[1].code == "serial_twice"
    assert read_csv(b"\xef\xbb\xbfserial\r\nA1\r\n\r\nA2\r\n") == ["A1", "A2"]
    assert read_csv(b"A1\nA2") == ["A1", "A2"]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"\xff\xfe", "not_utf8"), (b"", "no_serials"), (b"a,b\nc,d", "no_serial_column")],
)
def test_what_is_no_list_of_serials(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_csv(content)
    assert refused.value.codes == (code,)
