"""Every page and every answer that shows an authority what is others' leaves one row of who looked.

An address that is new fails here until its view calls `looked` or `looked_over` (apps/desk/oversight/access.py), or
`note_look` (apps/oversight/looks.py), or until it stands below with the reason why it need not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone

from apps.exchange.intake.columns import TEMPLATES
from apps.exchange.models import Subscription
from apps.exchange.named_queries import define_query
from apps.exchange.views.resources import PARAMETERS
from apps.oversight.cases.services import collect
from apps.oversight.models import AccessRecord, CaseFile
from apps.parties.services import issue_token
from tests.custody.goods import package, uri
from tests.walks.addresses import names
from tests.walks.table import rows
from tests.walks.test_who_may_open_what import MACHINES_ONLY
from tests.walks.world import World

OWN = ("account", "mfa_", "settings:")
"""Whoever is signed in, and what their own authority has here; of others the settings show what these sent to it: who was
asked in, and licences that wait for its decision."""

NEED_NOT = {
    "desk:look-up": "a box; it leads to the page of the package, which is noted",
    "desk:record": "a choice of forms",
    "desk:record-kind": "an empty form",
    "desk:withdraw": "asks once more about one product, and shows its name",
    "desk:leaflets": "leaflets are published",
    "desk:scanner": "the reader's own scanners",
    "desk:scanner-reference": "the same picture for everybody",
    "oversight:looked-at": "who looked at the authority itself",
    "oversight:access-log": "its own looks",
    "oversight:cases": "titles that its own people wrote",
    "oversight:case-new": "an empty form",
    "oversight:licences": "the register that the authority keeps itself",
    "oversight:licence-grant": "a form of that register",
    "oversight:licence-change": "a form of that register",
    "oversight:organisations": "the register of who there is: name, kind, country, GLN",
}
ALSO = ("desk:home", "verify:evidence")  # open to everybody, and an authority sees more there
# Asked so that there is something to see.
ASKED = {"search": "/search/?q=D1"}

MACHINES_NEED_NOT = {
    "epcis/": "no such address",
    "epcis/^queries/(?P<name>.+)/subscriptions/(?P<subscription_id>[^/]+)/resume$": "only sent to",
    "exchange:capture": "what the caller sent itself",
    "exchange:capture-job": "what the caller sent itself",
    "exchange:feed": "only sent to",
    "exchange:page-token": "only taken back",
    "exchange:queries": "the caller's own questions",
    "exchange:query": "the caller's own question",
    "exchange:subscription": "the caller's own",
    "exchange:subscriptions": "the caller's own",
    "exchange:template": "an empty form",
    "exchange:top": "names of resources",
}


def left_by(get: Callable[[str], Any], address: str) -> int:
    """How many looks are noted while this is asked for; it must be answered with 200."""
    before = AccessRecord.objects.count()
    answer = get(address)
    assert answer.status_code == 200, answer.request["PATH_INFO"]
    if answer.streaming:
        b"".join(answer.streaming_content)
    return AccessRecord.objects.count() - before


def pages() -> list[str]:
    """What an administrator of an authority may open, and not everybody the same."""
    return [
        name
        for name, row in rows().items()
        if row.expected("r", "admin") == 200 and (not row.same_for_all or name in ALSO)
    ]


@pytest.fixture
def full(world: World, rosa: Any) -> World:
    """The case has something in it."""
    case = CaseFile.objects.get()
    collect(by=rosa.membership, case=case, thing=package(uri("S20")), at=timezone.now())
    return world


def test_each_page_that_shows_what_is_others_is_noted_once(full: World, rosa: Any) -> None:
    client = rosa.client
    wrong = []
    for name in pages():
        address = ASKED.get(name) or full.address(name)
        left = left_by(client.get, address)
        if left != (0 if name in NEED_NOT or name.startswith(OWN) else 1):
            wrong.append(f"{name}: {left}")
    assert wrong == []
    record = AccessRecord.objects.latest("id")
    assert (record.authority, record.user) == (rosa.organisation, rosa.user)


def test_what_others_open_is_never_noted(
    full: World, mia: Any, dan: Any, petra: Any, rosa: Any
) -> None:
    table = rows()
    for letter, person in (("m", mia), ("d", dan), ("p", petra)):
        client = person.client
        for name in pages():
            if table[name].expected(letter, "admin") == 200:
                client.get(ASKED.get(name) or full.address(name))
    assert not AccessRecord.objects.exists()


def test_what_need_not_be_noted_is_there_and_has_its_reason() -> None:
    assert set(pages()) >= NEED_NOT.keys()
    assert {one for one in names() if one.startswith(MACHINES_ONLY)} >= MACHINES_NEED_NOT.keys()
    assert all(reason for reason in (*NEED_NOT.values(), *MACHINES_NEED_NOT.values()))


def asked_of_machines(rosa: Any, get: Callable[[str], Any]) -> Iterator[tuple[str, str]]:
    """Each address of the exchange that is asked, by its name, with something real behind it."""
    now = timezone.now()
    named = define_query(
        owner=rosa.membership, name="all", query={"eventType": ["ObjectEvent"]}, at=now
    )
    told = Subscription.objects.create(
        query=named, membership=rosa.membership, dest="https://partner.example.org/epcis", epc_format="x",
        initial_record_time=now, created_at=now, cursor=0,
    )  # fmt: skip
    event = get("/epcis/events").json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"][0]
    yield "exchange:top", "/epcis/"
    yield "exchange:events", "/epcis/events"
    yield "exchange:event", f"/epcis/events/{quote(event['eventID'], safe='')}"
    yield "exchange:queries", "/epcis/queries"
    yield "exchange:query", "/epcis/queries/all"
    yield "exchange:query-events", "/epcis/queries/all/events"
    yield "exchange:subscriptions", "/epcis/queries/all/subscriptions"
    yield "exchange:subscription", f"/epcis/queries/all/subscriptions/{told.pk}"
    yield "exchange:template", f"/epcis/templates/{next(iter(TEMPLATES))}.csv"
    for resource in PARAMETERS:
        value = quote(get(f"/epcis/{resource}").json()["member"][0], safe="")
        yield f"exchange:{resource}", f"/epcis/{resource}"
        yield f"epcis/^{resource}/(?P<value>.+)$", f"/epcis/{resource}/{value}"
        yield f"epcis/^{resource}/(?P<value>.+)/events$", f"/epcis/{resource}/{value}/events"


NOT_ASKED = {
    "epcis/", "epcis/^queries/(?P<name>.+)/subscriptions/(?P<subscription_id>[^/]+)/resume$", "exchange:capture",
    "exchange:capture-job", "exchange:feed", "exchange:page-token",
}  # fmt: skip


def test_each_answer_to_a_machine_of_an_authority_is_noted_once(
    full: World, rosa: Any, mia: Any, client: Any
) -> None:
    now = timezone.now()
    _, secret = issue_token(
        membership=rosa.membership, name="probe", scopes=["read"], at=now, expires_at=now + timedelta(days=1)
    )  # fmt: skip

    def get(address: str) -> Any:
        return client.get(address, headers={"Authorization": f"Bearer {secret}"})

    wrong, asked = [], set()
    for name, address in asked_of_machines(rosa, get):
        asked.add(name)
        left = left_by(get, address)
        if left != (0 if name in MACHINES_NEED_NOT else 1):
            wrong.append(f"{name}: {left}")
    assert wrong == []
    assert asked | NOT_ASKED == {one for one in names() if one.startswith(MACHINES_ONLY)}
    assert MACHINES_NEED_NOT.keys() >= NOT_ASKED
    one = AccessRecord.objects.filter(subject__startswith="/epcis/epcs/").earliest("id")
    assert mia.organisation.pk in one.concerned  # who had the package, and not everybody
