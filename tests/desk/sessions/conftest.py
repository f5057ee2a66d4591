"""Sessions for the tests: somebody opens one and scans into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from apps.custody.models import Package
from apps.desk.models import ScanLine, ScanSession
from apps.desk.sessions.add_scans import Answered, Scan, add_scans
from apps.desk.sessions.open_session import open_session
from apps.desk.sessions.sign import Signature, sign


@dataclass
class Gun:
    """A scanner in somebody's hand, in one session."""

    who: Any
    session: ScanSession

    def scan(self, *codes: str, at: datetime | None = None) -> list[Answered]:
        return self.send([Scan(uuid4(), code, at or timezone.now()) for code in codes])

    def send(self, scans: Sequence[Scan]) -> list[Answered]:
        return add_scans(
            actor=self.who.actor, session_id=self.session.pk, scans=scans, at=timezone.now()
        )

    def outcomes(self, *codes: str) -> list[tuple[str, str]]:
        lines = [one.line for one in self.scan(*codes)]
        return [(line.outcome, line.code) for line in lines if line]

    def sign(self, *, whole: Sequence[UUID] = ()) -> Signature:
        return sign(
            actor=self.who.actor, session_id=self.session.pk, at=timezone.now(), whole=whole
        )

    def line(self, serial: str) -> ScanLine:
        return self.session.lines.get(path__endswith=serial, removed_at=None)

    def now(self) -> ScanSession:
        self.session.refresh_from_db()
        return self.session


def begin(who: Any, kind: str, **how: Any) -> Gun:
    id = how.pop("id", None) or uuid4()
    return Gun(who, open_session(actor=who.actor, id=id, kind=kind, at=timezone.now(), **how))


def delivery_number(sender: Any) -> str:
    """As the shipping events of `Goods` have it."""
    return f"urn:epcglobal:cbv:bt:{sender.organisation.gln}:D1"


def arrive(who: Any, sender: Any) -> Gun:
    """A session about the delivery D1 of `sender`."""
    return begin(who, "receive", party=sender.organisation, reference=delivery_number(sender))


def statuses() -> dict[str, str]:
    return {p.path.rpartition("/")[2]: p.status for p in Package.objects.all()}


@pytest.fixture
def colleague(dan: Any) -> Any:
    """Somebody else at Dan's warehouse."""
    from apps.parties.services import add_member
    from tests.cast import LONG_AGO, Member

    membership = add_member(
        email="dora@example.org", name="Dora", password="correct horse battery staple",
        organisation=dan.organisation, role="operator", site=dan.site, at=LONG_AGO,
    )  # fmt: skip
    return Member(membership.user, dan.organisation, dan.site, membership)
