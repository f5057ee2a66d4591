from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.custody.models import Package
from apps.jobs.models import Job
from apps.jobs.services import run_one_step
from tests.desk.pages import Desk, hidden, text


def csv(content: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("serials.csv", content.encode(), content_type="text/csv")


def work() -> None:
    while run_one_step(at=timezone.now()):
        pass


def test_generated_serials_arrive_and_the_page_says_how_far_it_is(mia: Any, batch: Any) -> None:
    desk = Desk(mia)
    response = desk.fill_in("commission", batch.pk, source="generate", count=20)
    assert response.status_code == 302, text(response)
    address = response["Location"]
    waiting = desk.client.get(address)
    assert "0 of 20" in text(waiting)
    assert 'hx-trigger="every 1s"' in waiting.content.decode()
    work()
    done = desk.client.get(address + "progress/")
    assert "20 of 20" in text(done)
    assert "hx-get" not in done.content.decode(), "what is finished is not asked for again"
    assert Package.objects.filter(batch=batch).count() == 20


def test_uploaded_serials_are_the_ones_used(mia: Any, batch: Any) -> None:
    desk = Desk(mia)
    desk.fill_in("commission", batch.pk, source="upload", file=csv("serial,note\nA1,x\nA2,y\n"))
    work()
    paths = Package.objects.filter(batch=batch).values_list("path", flat=True)
    assert sorted(path.rpartition("/")[2] for path in paths) == ["A1", "A2"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("A1\nA 2\nA1\n", ["Row 2:", "Row 3:"]),
        ("x" * 21 + "\n", ["Row 1:"]),
        ("", ["no serial numbers"]),
    ],
)
def test_bad_rows_are_named_by_their_numbers(
    mia: Any, batch: Any, content: str, says: list[str]
) -> None:
    response = Desk(mia).fill_in("commission", batch.pk, source="upload", file=csv(content))
    assert response.status_code == 422
    assert all(words in text(response) for words in says), text(response)
    assert not Job.objects.exists()


def test_more_packs_than_the_batch_has_is_refused_at_the_field(mia: Any, batch: Any) -> None:
    response = Desk(mia).fill_in("commission", batch.pk, source="generate", count=10_001)
    assert response.status_code == 422
    assert "count" in response.context["form"].errors


def test_the_same_form_sent_twice_starts_one_job(mia: Any, batch: Any) -> None:
    desk = Desk(mia)
    address = f"/batches/{batch.pk}/commission/"
    fields = hidden(desk.client.get(address)) | {"source": "generate", "count": 5}
    first, second = desk.send(address, fields), desk.send(address, fields)
    assert first["Location"] == second["Location"]
    assert Job.objects.count() == 1


def test_a_job_is_cancelled_and_goes_on(mia: Any, batch: Any) -> None:
    desk = Desk(mia)
    address = desk.fill_in("commission", batch.pk, source="generate", count=5)["Location"]
    desk.send(address + "cancel/", {})
    assert "Cancelled" in text(desk.client.get(address))
    desk.send(address + "retry/", {})
    work()
    assert "5 of 5" in text(desk.client.get(address))


def test_a_job_of_others_is_not_there(mia: Any, batch: Any, dan: Any) -> None:
    desk = Desk(mia)
    address = desk.fill_in("commission", batch.pk, source="generate", count=5)["Location"]
    assert Desk(dan).client.get(address).status_code == 403
