"""The sessions of a site, and one of them: what it is about, how far it is, its list."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from apps.desk.access import TRADERS, Member
from apps.desk.models import ScanSession
from apps.desk.paging import page_of
from apps.desk.sessions.picking import picks_of
from apps.desk.sessions.selectors import (
    SHOWN,
    lines_of,
    progress_of,
    sessions_at,
    with_packages,
)
from apps.desk.sessions.work import WORKS, Work, works_for


class OfSession(Member):
    """A page about one session of the site its reader works at."""

    kinds = TRADERS
    kwargs: dict[str, Any]

    @cached_property
    def session(self) -> ScanSession:
        return get_object_or_404(sessions_at(self.actor), pk=self.kwargs["pk"])

    @property
    def work(self) -> Work:
        return WORKS[self.session.kind]

    @property
    def may_change(self) -> bool:
        return self.actor.may_operate and self.session.is_open

    def said(self) -> dict[str, Any]:
        return {"session": self.session, "work": self.work, "may_change": self.may_change}


class Sessions(Member, TemplateView):
    """What is open first: whoever works here may go on with it."""

    kinds = TRADERS
    template_name = "desk/sessions/list.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = sessions_at(self.actor)
        return super().get_context_data(**context) | {
            "open": mine.filter(state=ScanSession.State.OPEN).order_by("-changed_at")[:SHOWN],
            "page": page_of(
                mine.exclude(state=ScanSession.State.OPEN).order_by("-opened_at"), self.request
            ),
            "works": WORKS,
            "choices": works_for(self.actor.kind),
        }


class SessionPage(OfSession, TemplateView):
    template_name = "desk/sessions/session.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = list(lines_of(self.session)[: SHOWN + 1])
        return (
            super().get_context_data(**context)
            | self.said()
            | {
                "rows": with_packages(lines[:SHOWN]),
                "older": lines[SHOWN - 1].pk if len(lines) > SHOWN else None,
                "progress": progress_of(self.session),
                "picks": picks_of(self.session.order_id) if self.session.order_id else (),
                "scan_id": uuid4(),
            }
        )


class Worker(Member, View):
    """The service worker of sessions: a script that must lie under the addresses it serves. Its version is its
    digest, so that a changed one throws away what the old one kept."""

    kinds = TRADERS

    def get(self, request: HttpRequest) -> HttpResponse:
        source = (Path(settings.BASE_DIR) / "static/js/sessions/worker.js").read_text()
        version = hashlib.sha256(source.encode()).hexdigest()[:12]
        return HttpResponse(
            f'const VERSION = "{version}";\n{source}',
            content_type="text/javascript; charset=utf-8",
            headers={"Cache-Control": "no-cache"},
        )
