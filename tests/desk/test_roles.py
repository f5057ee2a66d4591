"""Who may open which page of the desk: the table, which tests/walks walks with everybody. Here, who may send."""

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
from tests.safety.reports import picture, reported

MAKER, MAKER_AND_REGULATOR = "m", "mr"
TRADERS, PHARMACY, ALL = "mdp", "p", "mdpr"
WHO_MAY_OPEN = {
    "home": ALL, "design": ALL, "look-up": ALL, "package": ALL, "events": ALL, "event": ALL, "refused": ALL,
    "alerts": ALL, "master-data": ALL, "record": ALL, "record-kind": ALL,
    "products": MAKER_AND_REGULATOR, "product": MAKER_AND_REGULATOR,
    "batches": MAKER_AND_REGULATOR, "recalled": MAKER_AND_REGULATOR,
    "batch": MAKER_AND_REGULATOR, "recall": MAKER_AND_REGULATOR, "withdraw": MAKER_AND_REGULATOR,
    "leaflets": MAKER_AND_REGULATOR, "reports": MAKER_AND_REGULATOR, "report": MAKER_AND_REGULATOR, "report-photo": MAKER_AND_REGULATOR,
    "product-new": MAKER, "batch-new": MAKER, "commission": MAKER, "cases": MAKER,
    "jobs": MAKER, "job": MAKER, "job-progress": MAKER,
    "pack": TRADERS, "unpack": TRADERS, "ship": TRADERS, "return": TRADERS,
    "outgoing": TRADERS, "incoming": TRADERS, "receive": TRADERS, "shipment": ALL, "shipment-pdf": ALL, "shipment-epcis": ALL, "stock": TRADERS,
    "dispense": PHARMACY, "undo-dispense": PHARMACY, "scanner": ALL, "scanner-reference": ALL,
    "inventory": TRADERS, "quarantine": TRADERS, "returns": TRADERS, "orders": TRADERS,
    "order-new": TRADERS, "order": MAKER, "overdue": TRADERS, "sessions": TRADERS, "session-new": TRADERS, "session-worker": TRADERS,
    "session": MAKER, "session-lines": MAKER, "session-review": MAKER,
}  # fmt: skip
NOT_PETRAS = ("event", "shipment", "shipment-pdf", "shipment-epcis")  # she had no part in it
PUBLIC = {"home", "design"}  # a stranger reads these too
POST_ONLY = {
    "job-cancel": MAKER,
    "job-retry": MAKER,
    "alert-close": ALL,
    "master-data-accept": ALL,
    "master-data-decline": ALL,
    "shipment-affirm": ALL,
    "scanner-keep": ALL,
    "scanner-choose": ALL,
    "order-close": TRADERS,
    "session-scans": TRADERS,
    "session-line-remove": TRADERS,
    "session-line-refuse": TRADERS,
    "session-sign": TRADERS,
    "session-drop": TRADERS,
    "filter-save": ALL,
    "tour": ALL,
    "filter-drop": ALL,
}
VIEWERS_TOO = {"filter-save", "filter-drop", "tour"}  # what is kept for oneself
RECORDING = {
    "product-new", "batch-new", "commission", "cases", "recall", "withdraw", "pack", "unpack", "ship",
    "return", "receive", "dispense", "undo-dispense", "record", "record-kind", "scanner", "session-new",
    "session-review", "order-new",
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
    report = reported(product=batch.product, batch=batch, photo=picture())
    event = pack.history.get(seq=1).event_id  # Mia's shipment to Dan
    session = open_session(actor=mia.actor, id=uuid4(), kind="count", at=goods.now).pk
    order = open_order(
        actor=mia.actor, customer=dan.organisation, reference="O1", at=goods.now,
        lines=[Wanted(batch.product, 1)],
    ).pk  # fmt: skip
    return {
        "leaflets": [batch.product_id], "report": [report.pk], "report-photo": [report.pk],
        "product": [batch.product_id], "withdraw": [batch.product_id],
        "batch": [batch.pk], "commission": [batch.pk],
        "cases": [batch.pk], "recall": [batch.pk], "job": [job.pk], "job-progress": [job.pk],
        "job-cancel": [job.pk], "job-retry": [job.pk], "alert-close": [alert.pk],
        "receive": [mia.organisation.pk], "package": [pack.pk], "event": [event],
        "shipment": [event], "shipment-pdf": [event], "shipment-epcis": [event],
        "shipment-affirm": [event], "record-kind": ["inspect"], "master-data-accept": [proposal.pk],
        "master-data-decline": [proposal.pk], "scanner-keep": [], "scanner-choose": [], "filter-drop": [1],
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


def test_a_viewer_records_nothing(arguments: Any, mia: Any) -> None:
    Membership.objects.filter(pk=mia.membership.pk).update(role="viewer")
    for name in (RECORDING | POST_ONLY.keys()) - VIEWERS_TOO:
        address = reverse(f"desk:{name}", args=arguments.get(name, []))
        assert mia.client.post(address).status_code == 403, name


def test_what_changes_something_is_never_done_by_looking(arguments: Any, mia: Any) -> None:
    for name in POST_ONLY:
        assert (
            mia.client.get(reverse(f"desk:{name}", args=arguments.get(name, []))).status_code == 405
        )
