"""/events: one event captured at once, and the events a reader may see."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from apps.custody.models import CustodyEvent
from apps.custody.services import capture
from apps.exchange.documents import QUERY_NAME, event_body, query_response, shown
from apps.exchange.forms import ALL, Form, form_of
from apps.exchange.paging import after, link_next, only_paging, per_page
from apps.exchange.problems import EpcisException, invalid
from apps.exchange.query import Query, event_ids, read_query, wrong
from apps.exchange.reading import limits_told, only_event, read_sent
from apps.exchange.receipts import claim_to, event_address, receipts_of
from apps.exchange.selectors import find_events
from apps.exchange.sight import Sight, sight_of
from apps.exchange.surface import Resource, answer, reader_of
from apps.exchange.views.capture import check_sent_versions, may_capture
from apps.oversight.looks import note_look, parties_to
from apps.oversight.models import AccessRecord
from apps.parties.actor import actor_of

SAME_ID = 100  # events that their senders gave one ID are listed; with 100 of them it is no ID


class Listing(Resource):
    """Events that match the parameters, page by page."""

    xml = True
    versions = ALL
    own_parameters: ClassVar[tuple[str, ...]] = ()  # what the address says already

    def page_of(self, request: Request, **more: str) -> HttpResponse:
        """`more` are parameters that the address stands for."""
        parameters = dict(request.query_params.lists())
        for name in more:
            if name in parameters:
                raise wrong(name, "is what the address says already")
            parameters[name] = [more[name].replace("|", "%7C")]
        return self.answer_with(request, read_query(parameters, declared_prefixes(request)))

    def answer_with(
        self, request: Request, query: Query, query_name: str = QUERY_NAME
    ) -> HttpResponse:
        now = timezone.now()
        page = find_events(reader_of(request), query, since=after(request), size=per_page(request))
        note_look(
            membership=reader_of(request),
            kind=AccessRecord.Kind.QUERY,
            subject=request.get_full_path(),
            concerned=parties_to(page.events),
            at=now,
        )
        events = [shown(event, page.sight) for event in page.events]
        response = query_response(events, form=self.form, at=now, query_name=query_name)
        if page.next is not None:
            link_next(request, response, page.next, at=now)
        return response


def declared_prefixes(request: Request) -> dict[str, str]:
    """`GS1-Extensions: ex=https://ns.example/, …` says what the prefixes in the names of parameters mean."""
    pairs = (one.partition("=") for one in request.headers.get("GS1-Extensions", "").split(","))
    return {prefix.strip(): meaning.strip() for prefix, _, meaning in pairs if meaning.strip()}


class Events(Listing):
    def limits(self) -> dict[str, str]:
        return limits_told(events=1)

    def answer_form(self, request: Request) -> Form:
        """What is captured is answered in JSON, as openapi.yaml has it."""
        return (
            form_of(request, xml=False)
            if request.method == "POST"
            else super().answer_form(request)
        )

    def get(self, request: Request) -> HttpResponse:
        return self.page_of(request)

    def post(self, request: Request) -> HttpResponse:
        """201 with the event as it is recorded, and its `receipt`; 409 with the receipt where it is recorded already; 400 with every rule it
        breaks."""
        may_capture(request)
        check_sent_versions(request)
        event = only_event(read_sent(request))
        outcome = capture(
            actor=actor_of(reader_of(request)), events=[event], at=timezone.now(), unmanaged=True
        ).outcomes[0]
        if outcome.fate == "refused":
            raise invalid(outcome.refusals)
        receipt = receipts_of([claim_to(outcome)])[0]
        if outcome.fate == "repeated":
            raise EpcisException(
                "ResourceAlreadyExistsException", "This event was captured before.", receipt=receipt
            )
        assert outcome.event_id is not None
        recorded = CustodyEvent.objects.get(pk=outcome.event_id)
        body = {**event_body(shown(recorded, Sight())), "receipt": receipt}
        location = {"Location": event_address(outcome.event_hash)}
        return answer(body, 201, location, form=self.form)


class OneEvent(Resource):
    xml = True
    versions = ALL

    def get(self, request: Request, event_id: str) -> HttpResponse:
        """A query document with one event, what the caller did or received; a regulator's all. Where the event was
        declared wrong, the declaration, which has the same ID, stands beside it."""
        only_paging(request)
        reader: Any = reader_of(request)
        sight = sight_of(reader)
        named = event_ids([event_id]) if "\x00" not in event_id else None
        events = (
            list(CustodyEvent.objects.filter(sight.where, named).order_by("id")[:SAME_ID])
            if named
            else []
        )
        if not events:
            raise EpcisException("NoSuchNameException", "There is no such event that you may see.")
        now = timezone.now()
        note_look(
            membership=reader,
            kind=AccessRecord.Kind.QUERY,
            subject=request.get_full_path(),
            concerned=parties_to(events),
            at=now,
        )
        return query_response([shown(event, sight) for event in events], form=self.form, at=now)
