"""One box for everything. Who is not signed in is sent to the public pages, which answer the same questions for all."""

from __future__ import annotations

from collections.abc import Set
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.generic import TemplateView

from apps.desk.oversight.access import looked
from apps.desk.oversight.hits import NAMES, Hit, Shown, in_the_log, shown
from apps.oversight.models import AccessRecord
from apps.oversight.searching.asked import Asked, asked
from apps.oversight.searching.finding import event_of_entry, find, whose
from apps.parties.actor import Actor, actor_of
from apps.parties.models import Membership, Organisation
from apps.verify.explorer import searching


class Search(TemplateView):
    """What an authority finds here of others is noted as a look; the page that one exact hit leads to notes itself."""

    template_name = "oversight/search.html"
    concerned: Set[UUID | None] = frozenset()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        question = asked(request.GET.get("q", ""))
        membership: Membership | None = getattr(request, "membership", None)
        if membership is None:
            return _to_the_public(question)
        only = request.GET.get("kind", "")
        only = only if only in NAMES else ""
        groups, exact = self._answer(question, actor_of(membership), only)
        if len(exact) == 1 and not only:
            return HttpResponseRedirect(exact[0].address)
        self._note(question)
        context = {"asked": question.text, "groups": groups, "only": only, "names": NAMES}
        return self.render_to_response(self.get_context_data(**context))

    def _note(self, question: Asked) -> None:
        if self.concerned:
            looked(self.request, AccessRecord.Kind.SEARCH, question.text, self.concerned)

    def _answer(self, question: Asked, actor: Actor, only: str) -> tuple[list[Shown], list[Hit]]:
        """Groups of results, and of all those that are what the text names and not only like it."""
        if question.nothing:
            return [], []
        after = self.request.GET.get("after", "")
        found = find(question, actor=actor, only=only, after=after)
        self.concerned = set().union(*(whose(group) for group in found))
        groups = [shown(group) for group in found]
        exact = [h for g, one in zip(groups, found, strict=True) if one.exact for h in g.hits]
        log = None if only not in ("", "log") else _log(question, actor)
        return ([*groups, log], [*exact, *log.hits]) if log else (groups, exact)


def _log(question: Asked, actor: Actor) -> Shown | None:
    """Entries and checkpoints that were published, and for a regulator what an entry says."""
    found = searching.search(question.hash.hex() if question.hash else question.text)
    group = in_the_log(found)
    if group is None or found.entry is None or actor.kind != Organisation.Kind.REGULATOR:
        return group
    event = event_of_entry(found.entry.index)
    if event is None:
        return group
    hit = Hit(str(event), event.actor.name, reverse("desk:event", args=[event.pk]))
    return group._replace(hits=[hit, *group.hits])


def _to_the_public(question: Asked) -> HttpResponse:
    found = searching.search(question.text) if not question.nothing else searching.Found()
    if found.entry is not None or found.checkpoint is not None:
        address = reverse("explorer:ledger") + "?" + urlencode({"q": question.text})
    else:
        address = reverse("verify:ask")
        if not question.nothing:
            address += "?" + urlencode({"code": question.text})
    return HttpResponseRedirect(address)
