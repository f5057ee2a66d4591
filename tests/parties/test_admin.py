"""The Django admin shows the registry, changes nothing the log knows of, and shows no secret."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory

from apps.catalog.models import Batch, Product
from apps.jobs.models import Job
from apps.parties.models import (
    ApiToken,
    Deed,
    Licence,
    Membership,
    Organisation,
    RegistryChange,
    SigningKey,
    Site,
    User,
)
from apps.parties.services import issue_token
from tests.cast import Member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
READ_ONLY = [
    Organisation, Site, Licence, SigningKey, ApiToken, Product, Batch, Job,
    Membership, Deed,
]  # fmt: skip


@pytest.fixture
def root() -> Client:
    client = Client()
    user = User.objects.create_superuser("root@example.org", "Root", "root password")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("model", READ_ONLY)
def test_a_superuser_may_only_look(model: type) -> None:
    request = RequestFactory().get("/")
    request.user = User(is_active=True, is_staff=True, is_superuser=True)
    page = admin.site._registry[model]
    assert page.has_view_permission(request)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)


@pytest.mark.parametrize("model", [*READ_ONLY, RegistryChange, User])
def test_the_lists_open(model: type, mia: Member, root: Client) -> None:
    token, text = issue_token(
        membership=mia.membership, name="Line", scopes=["read"],
        expires_at=NOW + timedelta(days=1), at=NOW,
    )  # fmt: skip
    name = f"{model._meta.app_label}/{model._meta.model_name}"  # type: ignore[attr-defined]
    answer = root.get(f"/admin/{name}/")
    assert answer.status_code == 200
    assert text.split("_", 2)[2] not in answer.content.decode()
    if model is ApiToken:
        page = root.get(f"/admin/{name}/{token.pk}/change/")
        assert page.status_code == 200
        assert token.digest.hex() not in page.content.decode()
        assert "digest" not in page.content.decode().lower()
