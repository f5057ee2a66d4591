"""A manufacturer shows leaflets to the public; a regulator reads which there are; nobody else gets here."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.catalog.models import Leaflet
from tests.catalog.leaflet_files import pdf
from tests.custody.goods import batch_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(mia: Any) -> str:
    return f"/products/{batch_of(mia).product_id}/leaflets/"


def upload(who: Any, page: str, file: bytes | None = None, **changes: str) -> Any:
    sent = SimpleUploadedFile("leaflet.pdf", pdf() if file is None else file, "application/pdf")
    return who.client.post(
        page, {"language": "pt", "market": "PT", "text": "", "pdf": sent, **changes}
    )


def test_a_version_is_added_and_shown(mia: Any, page: str, client: Any) -> None:
    assert upload(mia, page).status_code == 302
    assert upload(mia, page, pdf("new"), text="1. Title\n\nWords").status_code == 302
    first, second = Leaflet.objects.order_by("version")
    assert (first.version, second.version, second.uploaded_by) == (1, 2, mia.user)
    listed = mia.client.get(page).content.decode()
    assert listed.count("tag--good") == 1
    assert f"/leaflets/{first.pk}/" in listed
    public = client.get(f"/leaflets/{first.pk}/").content.decode()
    assert "This is an older version." in public
    assert f"/leaflets/{second.pk}/" in public
    assert "<h2>1. Title</h2>" in client.get(f"/leaflets/{second.pk}/").content.decode()


def test_the_file_is_kept_under_its_fingerprint_for_ever(mia: Any, page: str, client: Any) -> None:
    upload(mia, page)
    leaflet = Leaflet.objects.get()
    response = client.get(f"/leaflets/{leaflet.sha256}.pdf")
    assert b"".join(response.streaming_content) == pdf()
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not response.cookies
    assert client.get(f"/leaflets/{'0' * 64}.pdf").status_code == 404


@pytest.mark.parametrize(
    ("file", "changes", "said"),
    [
        (b"no pdf", {}, "not a whole PDF file"),
        (pdf(encrypt="x"), {}, "encrypted"),
        (None, {"language": "portuguese"}, "Two letters"),
        (None, {"text": "x" * 100_001}, "100000"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    mia: Any, page: str, file: bytes | None, changes: Any, said: str
) -> None:
    response = upload(mia, page, file, **changes)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Leaflet.objects.exists()


def test_who_may(mia: Any, rosa: Any, dan: Any, page: str) -> None:
    upload(mia, page)
    assert rosa.client.get(page).status_code == 200
    assert b'type="file"' not in rosa.client.get(page).content
    assert upload(rosa, page).status_code == 403
    assert dan.client.get(page).status_code == 403
