"""What there is to ask about: types, packages, steps, dispositions, places, each with its events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from apps.custody.selectors import history
from apps.exchange.as_xml import top_level_xml
from apps.exchange.documents import CONTEXT, declare_spelling
from apps.exchange.forms import Form
from apps.exchange.members import epcs_seen, sees_object, types_seen, values_seen
from apps.exchange.paging import after, link_next, only_paging, per_page
from apps.exchange.problems import EpcisException
from apps.exchange.query import canonical
from apps.exchange.sight import sees_all
from apps.exchange.surface import Resource, answer, reader_of
from apps.exchange.views.events import Listing
from apps.oversight.looks import note_look, parties_to
from apps.oversight.models import AccessRecord
from apps.parties.selectors import registered_prefixes
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.epcis.epc_spelling import AsUrn
from pharmatrace.kernel.epcis.vocabulary import bare_biz_step, bare_disposition
from pharmatrace.kernel.gs1.epc_of_link import Prefixes
from pharmatrace.kernel.gs1.identifiers import package_ids

# What a value is called in the question for its events, and how it is spelled in store.
PARAMETERS: dict[str, tuple[str, Any]] = {
    "eventTypes": ("eventType", str),
    "epcs": ("MATCH_anyEPC", canonical),
    "bizSteps": ("EQ_bizStep", bare_biz_step),
    "dispositions": ("EQ_disposition", bare_disposition),
    "bizLocations": ("EQ_bizLocation", canonical),
    "readPoints": ("EQ_readPoint", canonical),
}
OFFERED = ("capture", "events", "queries", *PARAMETERS)


def collection(members: Sequence[str], form: Form) -> HttpResponse:
    return answer({"@context": CONTEXT, "type": "Collection", "member": members}, form=form)


class TopLevel(Resource):
    xml = True

    def get(self, request: Request) -> HttpResponse:
        """The resources that are here."""
        if self.form.xml:
            return HttpResponse(top_level_xml(OFFERED), self.form.media)
        return collection(OFFERED, self.form)


class Values(Resource):
    """All values of one kind that the reader's events have."""

    resource: ClassVar[str] = ""

    def get(self, request: Request) -> HttpResponse:
        only_paging(request)
        size, since = per_page(request), after(request)
        reader = reader_of(request)
        if self.resource == "eventTypes":
            members, key = _page(types_seen(reader), since, size)
        elif self.resource == "epcs":
            members, key = epcs_seen(reader, since=since, size=size)
        else:
            last = str(since[0]) if since else None
            found = values_seen(reader, self.resource, since=last, size=size + 1)
            members, key = _page(found, None, size)
        note(request, None if members else ())
        spell = AsUrn(Prefixes.of(registered_prefixes())) if self.form.urns else str
        response = collection([spell(one) for one in members], self.form)
        if isinstance(spell, AsUrn):
            declare_spelling(response, self.form, spell)
        if key is not None:
            link_next(request, response, key, at=timezone.now())
        return response


def _page(
    found: list[str], since: list[Any] | None, size: int
) -> tuple[list[str], list[Any] | None]:
    """What comes after the value `since` of a list, and the key of the next page."""
    begin = found.index(since[0]) + 1 if since and since[0] in found else 0
    members = found[begin : begin + size]
    return members, [members[-1]] if len(found) > begin + size else None


class Value(Resource):
    """One value: it has events."""

    resource: ClassVar[str] = ""

    def get(self, request: Request, value: str) -> HttpResponse:
        only_paging(request)
        value = spelled(request, self.resource, value)
        if sees_all(reader_of(request)):
            note(request, parties_of(value) if self.resource == "epcs" else None)
        return collection(["events"], self.form)


class ValueEvents(Listing):
    resource: ClassVar[str] = ""

    def get(self, request: Request, value: str) -> HttpResponse:
        name, _ = PARAMETERS[self.resource]
        return self.page_of(request, **{name: spelled(request, self.resource, value)})


def spelled(request: Request, resource: str, value: str) -> str:
    """`value` as it is stored. Raises EpcisException 404 where the reader sees no event with it."""
    known = False
    if "\x00" not in value:
        value = PARAMETERS[resource][1](value)
        reader = reader_of(request)
        if resource == "eventTypes":
            known = value in types_seen(reader)
        elif resource == "epcs":
            known = sees_object(reader, value)
        else:
            known = bool(values_seen(reader, resource, only=value, size=1))
    if not known:
        raise EpcisException("NoSuchNameException", f"{resource} has no such member here.")
    return value


def note(request: Request, concerned: Iterable[UUID | None] | None) -> None:
    """A list of what there is, of everybody's events, is a look at them."""
    note_look(
        membership=reader_of(request),
        kind=AccessRecord.Kind.QUERY,
        subject=request.get_full_path(),
        concerned=concerned,
        at=timezone.now(),
    )


def parties_of(uri: str) -> set[UUID | None] | None:
    """Whose events name an object; None, anybody's, where it is nothing that we track."""
    steps = history(package_ids([uri.removeprefix(RESOLVER)])[0])
    return parties_to(step.event for step in steps) or None
