"""Invitations as people meet them: a link, opened in a browser that nobody is signed in to."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.parties.services import invite_organisation, invite_person
from tests.cast import PASSWORD, Member

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
NEW = "nora@example.org"
WORDS = "staple battery horse"


def link_for(by: Member, *, email: str = NEW, role: str = "operator") -> str:
    """Where an invitation into `by`'s organisation leads."""
    _row, secret = invite_person(
        by=by.membership, email=email, role=role, site=by.site, at=timezone.now()
    )
    return reverse("join:accept", args=[secret])


def link_for_pharmacy(by: Member, *, email: str = NEW) -> str:
    _row, secret = invite_organisation(
        by=by.membership, email=email, kind="pharmacy", at=timezone.now()
    )
    return reverse("join:organisation", args=[secret])


def confirm(client: Any, password: str = PASSWORD) -> None:
    """Says once more who one is, as important changes ask for."""
    answer = client.post("/account/confirm/", {"password": password})
    assert answer.status_code == 302, answer.content


def said(response: Any) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
