"""Every page of the desk, opened by everybody: who gets in, who is told no, who is asked to sign in."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from apps.desk.orders.reading import Wanted
from apps.desk.orders.services import open_order
from apps.desk.sessions.open_session import open_session
from apps.desk.urls import urlpatterns
from apps.desk.urls_sessions import urlpatterns as session_patterns
from apps.exchange.master_data.models import Proposal
from apps.jobs.services import enqueue
from apps.parties.models import Membership
from apps.safety.models import Alert
from tests.custody.goods import package, uri, uris

MAKER, MAKER_AND_REGULATOR = "m", "mr"
TRADERS, PHARMACY, ALL = "mdp", "p", "mdpr"
WHO_MAY_OPEN = {
    "home": ALL, "look-up": ALL, "package": ALL, "events": ALL, "event": ALL, "refused": ALL,
    "alerts": ALL, "master-data": ALL, "record": ALL, "record-kind": ALL,
    "products": MAKER_AND_REGULATOR, "product": MAKER_AND_REGULATOR,
    "batches": MAKER_AND_REGULATOR, "recalled": MAKER_AND_REGULATOR,
    "batch": MAKER_AND_REGULATOR, "recall": MAKER_AND_REGULATOR, "withdraw": MAKER_AND_REGULATOR,
    "product-new": MAKER, "batch-new": MAKER, "commission": MAKER, "cases": MAKER,
    "jobs": MAKER, "job": MAKER, "job-progress": MAKER,
    "pack": TRADERS, "unpack": TRADERS, "ship": TRADERS, "return": TRADERS,
    "outgoing": TRADERS, "incoming": TRADERS, "receive": TRADERS, "shipment": ALL, "shipment-pdf": ALL, "shipment-epcis": ALL, "stock": TRADERS,
    "dispense": PHARMACY, "undo-dispense": PHARMACY,
    "inventory": TRADERS, "quarantine": TRADERS, "returns": TRADERS, "orders": TRADERS,
    "order-new": TRADERS, "order": MAKER, "overdue": TRADERS, "sessions": TRADERS, "session-new": TRADERS, "session-worker": TRADERS,
    "session": MAKER, "session-lines": MAKER, "session-review": MAKER,
    "scanner": ALL, "scanner-reference": ALL,
}  # fmt: skip
POST_ONLY = {
    "job-cancel": MAKER,
    "job-retry": MAKER,
    "alert-close": ALL,
    "master-data-accept": ALL,
    "master-data-decline": ALL,
    "shipment-affirm": ALL,
    "order-close": TRADERS,
    "scanner-keep": ALL,
    "scanner-choose": ALL,
    "session-scans": TRADERS,
    "session-line-remove": TRADERS,
    "session-line-refuse": TRADERS,
    "session-sign": TRADERS,
    "session-drop": TRADERS,
}
RECORDING = {
    "product-new", "batch-new", "commission", "cases", "recall", "withdraw", "pack", "unpack", "ship",
    "return", "receive", "dispense", "undo-dispense", "record", "record-kind", "session-new",
    "session-review", "order-new", "scanner",
}  # fmt: skip


@pytest.fixture
def arguments(mia: Any, dan: Any, petra: Any, goods: Any, batch: Any) -> dict[str, list[Any]]:
    """Something real for every address to point to. Everybody had the pack in hands."""
    goods.commission(mia, uris(1))
    goods.move(uris(1), mia, dan)
    goods.move(uris(1), dan, petra)
    pack = package(uri("S0"))
    job = enqueue(
        kind="commission", title="Job", owner_id=mia.user.pk, total=1, at=goods.now,
        organisation_id=mia.organisation.pk, parameters={"batch": str(batch.pk)},
    )  # fmt: skip
    alert = Alert.objects.create(
        kind="clone", sentence="x", raised_for=mia.organisation, raised_at=goods.now
    )
    proposal = Proposal.objects.create(
        organisation=mia.organisation, kind="site", key=mia.site.gln, values={"name": "X"}, digest=b"",
        source="x", first_seen_at=goods.now, last_seen_at=goods.now,
    )  # fmt: skip
    event = pack.history.get(seq=1).event_id  # Mia's shipment to Dan
    session = open_session(actor=mia.actor, id=uuid4(), kind="count", at=goods.now).pk
    order = open_order(
        actor=mia.actor, customer=dan.organisation, reference="O1", at=goods.now,
        lines=[Wanted(batch.product, 1)],
    ).pk  # fmt: skip
    return {
        "product": [batch.product_id], "withdraw": [batch.product_id],
        "batch": [batch.pk], "commission": [batch.pk],
        "cases": [batch.pk], "recall": [batch.pk], "job": [job.pk], "job-progress": [job.pk],
        "job-cancel": [job.pk], "job-retry": [job.pk], "alert-close": [alert.pk],
        "receive": [mia.organisation.pk], "package": [pack.pk], "event": [event],
        "shipment": [event], "shipment-pdf": [event], "shipment-epcis": [event],
        "shipment-affirm": [event], "record-kind": ["inspect"], "master-data-accept": [proposal.pk],
        "master-data-decline": [proposal.pk], "scanner-keep": [], "scanner-choose": [],
        "order": [order], "order-close": [order], "session-new": ["count"], "session": [session], "session-lines": [session],
        "session-scans": [session], "session-review": [session], "session-sign": [session],
        "session-drop": [session], "session-line-remove": [session, 1],
        "session-line-refuse": [session, 1],
    }  # fmt: skip


def test_the_table_names_every_address() -> None:
    names = {
        pattern.name
        for pattern in [*urlpatterns, *session_patterns]
        if getattr(pattern, "name", None)
    }
    assert names == {*WHO_MAY_OPEN, *POST_ONLY}


def test_everybody_opens_what_is_theirs_and_nothing_else(
    arguments: Any, mia: Any, dan: Any, petra: Any, rosa: Any, stan: Any
) -> None:
    people = {"m": mia.client, "d": dan.client, "p": petra.client, "r": rosa.client}
    wrong = []
    for name, may in WHO_MAY_OPEN.items():
        address = reverse(f"desk:{name}", args=arguments.get(name, []))
        for letter, client in people.items():
            expected = {200} if letter in may else {403}
            if name in ("event", "shipment", "shipment-pdf", "shipment-epcis") and letter in "p":
                expected = {404}  # Petra had no part in that shipment
            if name in ("session", "session-lines", "session-review", "order") and letter in "dp":
                expected = {404}  # it is Mia's
            status = client.get(address).status_code
            if status not in expected:
                wrong.append((name, letter, status))
        if name != "home" and stan.client.get(address).status_code != 403:
            wrong.append((name, "stan", 0))
    assert wrong == []


def test_nobody_gets_in_without_signing_in(arguments: Any, client: Any) -> None:
    for name in WHO_MAY_OPEN:
        address = reverse(f"desk:{name}", args=arguments.get(name, []))
        response = client.get(address)
        if name == "home":
            assert response.status_code == 200
            assert b'action="/verify/"' in response.content
        else:
            assert response.status_code == 302, name
            assert response["Location"].startswith("/login/"), name


def test_a_viewer_looks_and_records_nothing(arguments: Any, mia: Any) -> None:
    Membership.objects.filter(pk=mia.membership.pk).update(role="viewer")
    for name, may in WHO_MAY_OPEN.items():
        if "m" in may:
            address = reverse(f"desk:{name}", args=arguments.get(name, []))
            expected = 403 if name in RECORDING else 200
            assert mia.client.get(address).status_code == expected, name
            if name in RECORDING:
                assert mia.client.post(address).status_code == 403, name
    for name in POST_ONLY:
        address = reverse(f"desk:{name}", args=arguments[name])
        assert mia.client.post(address).status_code == 403, name


def test_what_changes_something_is_never_done_by_looking(arguments: Any, mia: Any) -> None:
    for name in POST_ONLY:
        assert mia.client.get(reverse(f"desk:{name}", args=arguments[name])).status_code == 405
