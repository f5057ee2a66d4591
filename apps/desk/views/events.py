"""What was recorded, and what was refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from django.views.generic import TemplateView

from apps.custody.models import CustodyEvent, Package, RefusedEvent
from apps.custody.selectors import as_listed
from apps.desk.access import Kind, Member
from apps.desk.filtering.lists import EventForm, RefusedFilter, start_of
from apps.desk.filtering.narrowing import Narrowed, narrow, narrowed_by
from apps.desk.oversight.access import looked, looked_over, open_cases
from apps.desk.paging import page_of
from apps.desk.proofs import proof_states
from apps.exchange.documents import hash_id
from apps.oversight.looks import parties_to
from apps.oversight.models import AccessRecord
from apps.parties.actor import Actor
from apps.safety.models import Explanation
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.gs1.identifiers import package_ids

MOST_THINGS = 50  # of an event about what we do not track; the document has them all
NEWEST = ("-recorded_at", "-id")  # as the indexes of both sides stand


class NewestEvents:
    """What an organisation recorded or was named in, newest first; a regulator sees all.

    Sliced like a list, for two queries at most: each side (recorded, named in, reported) is asked through its own index and only as far
    as the slice reaches, because one question with "or" reads all there is.
    """

    def __init__(self, actor: Actor, **only: Any) -> None:
        """`only` are further conditions, such as `kind`."""
        self.actor = actor
        self.only = only

    def __getitem__(self, wanted: slice) -> list[CustodyEvent]:
        events = as_listed(CustodyEvent.objects.all())
        if self.actor.kind == Kind.REGULATOR:
            return list(events.filter(**self.only).order_by("-id")[wanted])
        me = self.actor.organisation_id
        did, *others = (
            CustodyEvent.objects.filter(**side, **self.only)
            .order_by(*NEWEST)
            .values("id")[: wanted.stop]
            for side in ({"actor_id": me}, {"counterparty_id": me}, {"reporter_id": me})
        )
        return list(events.filter(id__in=did.union(*others)).order_by(*NEWEST)[wanted])


def readable_event(actor: Actor, id: int) -> CustodyEvent:
    """One event with its document, if the actor may read it. Raises Http404."""
    events = as_listed(CustodyEvent.objects.filter(pk=id))
    event = events.defer(None).select_related("site").first()
    if event is None or not (
        actor.kind == Kind.REGULATOR
        or actor.organisation_id in (event.actor_id, event.reporter_id, event.counterparty_id)
    ):
        raise Http404
    return event


def paths_in(document: Mapping[str, Any]) -> list[str]:
    """The packages an event names, in the order of its package facts: a container first."""
    parent = document.get("parentID")
    uris = [
        *([parent] if parent else []),
        *document.get("epcList", ()),
        *document.get("childEPCs", ()),
    ]
    return [uri.removeprefix(RESOLVER) for uri in uris]


def _other_half(event: CustodyEvent) -> CustodyEvent | None:
    """What a declaration declares wrong, or the declaration that declares an event wrong. One query."""
    return event.both().exclude(pk=event.pk).first()


def things_in(document: Mapping[str, Any]) -> list[str]:
    """What an event is about that we do not track: the first of its serial things and classes."""
    classes = [
        one["epcClass"]
        for name in ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
        for one in document.get(name, ())
    ]
    serial = [
        *([document["parentID"]] if "parentID" in document else []),
        *(
            one
            for name in ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
            for one in document.get(name, ())
        ),
    ]
    return [*serial, *classes][:MOST_THINGS]


class Events(Member, TemplateView):
    template_name = "desk/events.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        narrowed = narrowed_by(self.request, EventForm(self.request.GET or None))
        page = page_of(NewestEvents(self.actor, **conditions(narrowed)), self.request)
        looked_over(self.request, parties_to(page))
        return super().get_context_data(**context) | {
            "page": page,
            "narrowed": narrowed,
        }


def conditions(narrowed: Narrowed) -> dict[str, Any]:
    """What is asked of events, in the words of their columns."""
    kind, since, until = (narrowed.asked(name) for name in ("kind", "since", "until"))
    only: dict[str, Any] = {"kind": kind} if kind else {}
    if since:
        only["recorded_at__gte"] = start_of(since)
    if until and until != date.max:
        only["recorded_at__lt"] = start_of(until + timedelta(days=1))
    return only


class EventPage(Member, TemplateView):
    """One event: its packages, its proof, its document."""

    template_name = "desk/event.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        event = readable_event(self.actor, self.kwargs["pk"])
        if self.actor.kind == Kind.REGULATOR:
            looked(self.request, AccessRecord.Kind.EVENT, hash_id(event), parties_to([event]))
            context |= {"open_cases": open_cases(self.membership)}
        page = page_of(paths_in(event.document) if event.package_count else [], self.request)
        ids = package_ids(list(page))
        packages = Package.objects.in_bulk(ids)
        return super().get_context_data(**context) | {
            "event": event,
            "other": _other_half(event),
            "declaration": event.document.get("errorDeclaration", {}),
            "things": [] if event.package_count else things_in(event.document),
            "page": page,
            "packages": [packages[id] for id in ids],
            "proof": proof_states([event.statement_id])[event.statement_id],
        }


class Refusals(Member, TemplateView):
    """Refused scans are findings: an organisation sees its own, a regulator all."""

    template_name = "desk/refused.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = (
            RefusedEvent.objects.defer("document")
            .select_related("actor")
            .prefetch_related(Prefetch("explanations", Explanation.objects.select_related("user")))
        )
        if self.actor.kind == Kind.REGULATOR:
            rows = rows.order_by("-id")  # as they came in; by their times there is no index
        else:
            rows = rows.filter(actor_id=self.actor.organisation_id).order_by("-recorded_at", "-id")
        rows, narrowed = narrow(self.request, RefusedFilter, rows)
        page = page_of(rows, self.request)
        looked_over(self.request, {row.actor_id for row in page})
        return super().get_context_data(**context) | {
            "page": page,
            "narrowed": narrowed,
        }
