"""How much a request may bring: little for everybody, a large document for who may capture."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.utils import timezone

from apps.parties.services import issue_token

pytestmark = pytest.mark.django_db
THREE_MB = 3_000_000
WHITE = b" " * THREE_MB + b"[]"


@pytest.fixture
def bearer(mia: Any) -> dict[str, str]:
    now = timezone.now()
    _, token = issue_token(
        membership=mia.membership, name="line", scopes=["capture"],
        expires_at=now + timedelta(days=1), at=now,
    )  # fmt: skip
    return {"Authorization": f"Bearer {token}"}


def capture(client: Client, **headers: str) -> int:
    address, kind = "/api/capture", "application/json"
    return client.post(address, WHITE, content_type=kind, headers=headers).status_code


def test_a_stranger_cannot_fill_the_memory_with_a_form(client: Client) -> None:
    form = b"username=" + b"a" * THREE_MB
    answer = client.post("/login/", form, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (400, 413)


def test_a_capture_may_be_large_and_has_a_limit_of_its_own(
    client: Client, bearer: dict[str, str], settings: Any
) -> None:
    assert capture(client, **bearer) == 200
    settings.CAPTURE_MAX_MEMORY_SIZE = THREE_MB
    assert capture(client, **bearer) == 413


def test_what_a_stranger_wants_to_capture_is_not_even_read(
    client: Client, monkeypatch: Any
) -> None:
    def read(*_: Any) -> bytes:
        raise AssertionError("the body was read")

    monkeypatch.setattr("django.core.handlers.wsgi.WSGIRequest.read", read)
    assert capture(client) in (401, 403)


def test_a_file_of_serial_numbers_may_be_large() -> None:
    """Files are not counted with the form; the form that takes them has a limit for them."""
    upload = SimpleUploadedFile("serials.csv", b"A1B2C3D4\n" * 600_000)
    assert RequestFactory().post("/", {"file": upload}).FILES["file"].size > 5_000_000
