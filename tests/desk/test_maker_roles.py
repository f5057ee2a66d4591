"""A maker's pages, opened by everybody."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.custody.serials import Recipe
from apps.desk.line.services import start_line
from apps.desk.urls_maker import urlpatterns
from apps.exchange.serials.services import generate_list
from apps.parties.models import Membership
from apps.safety.services import recall
from tests.custody.goods import batch_of, package, uri, uris

MAKER, MAKER_AND_REGULATOR = "m", "mr"
WHO_MAY_OPEN = {
    "batch-change": MAKER, "serials": MAKER, "serials-progress": MAKER, "labels": MAKER, "labels-pdf": MAKER,
    "labels-zpl": MAKER, "label-pdf": MAKER, "label-zpl": MAKER, "line-start": MAKER, "line": MAKER,
    "batch-packs": MAKER_AND_REGULATOR, "recall-notice": MAKER_AND_REGULATOR,
}  # fmt: skip
LOOKING = {"batch-packs", "recall-notice"}
POST_ONLY = {"serials-start", "serials-discard", "line-close", "line-stop"}


@pytest.fixture
def arguments(mia: Any, goods: Any, batch: Any) -> dict[str, list[Any]]:
    goods.commission(mia, uris(2)).raise_refused()
    recalled = batch_of(mia, lot="R1")
    recall(
        actor=mia.actor, user=mia.user, batch=recalled, severity="1", reason="x", instruction="y",
        at=timezone.now(),
    )  # fmt: skip
    made = generate_list(
        actor=mia.actor, user=mia.user, batch=batch, count=3, recipe=Recipe(), at=timezone.now()
    )
    line = start_line(
        actor=mia.actor, id=uuid4(), batch=batch, size=2, label="pdf", at=timezone.now()
    )
    pack = package(uri("S0"))
    return {
        "batch-change": [batch.pk], "serials": [made.pk], "serials-progress": [made.pk],
        "serials-start": [made.pk], "serials-discard": [made.pk], "labels": [batch.pk],
        "labels-pdf": [batch.pk], "labels-zpl": [batch.pk], "label-pdf": [pack.pk], "label-zpl": [pack.pk],
        "line": [line.pk], "line-close": [line.pk, 1], "line-stop": [line.pk], "batch-packs": [batch.pk],
        "recall-notice": [recalled.pk],
    }  # fmt: skip


def address(name: str, arguments: dict[str, list[Any]]) -> str:
    return reverse(f"desk:{name}", args=arguments.get(name, []))


def test_the_table_names_every_address() -> None:
    assert {pattern.name for pattern in urlpatterns} == {*WHO_MAY_OPEN, *POST_ONLY}


def test_everybody_opens_what_is_theirs_and_nothing_else(
    arguments: Any, mia: Any, dan: Any, petra: Any, rosa: Any, stan: Any, client: Any
) -> None:
    people = {
        "m": mia.client,
        "d": dan.client,
        "p": petra.client,
        "r": rosa.client,
        "stan": stan.client,
    }
    wrong = []
    for name, may in WHO_MAY_OPEN.items():
        for letter, browser in people.items():
            expected = 200 if letter in may else 403
            if name in ("label-pdf", "label-zpl") and letter in "dp":
                expected = 404  # who trades prints labels, of what they hold
            status = browser.get(address(name, arguments)).status_code
            if status != expected:
                wrong.append((name, letter, status))
        if client.get(address(name, arguments)).status_code != 302:
            wrong.append((name, "nobody", 0))
    assert wrong == []


def test_a_viewer_looks_and_prints_nothing(arguments: Any, mia: Any) -> None:
    Membership.objects.filter(pk=mia.membership.pk).update(role="viewer")
    for name in WHO_MAY_OPEN:
        expected = 200 if name in LOOKING else 403
        assert mia.client.get(address(name, arguments)).status_code == expected, name
    for name in POST_ONLY:
        assert mia.client.post(address(name, arguments)).status_code == 403, name


def test_what_changes_something_is_never_done_by_looking(arguments: Any, mia: Any) -> None:
    for name in POST_ONLY:
        assert mia.client.get(address(name, arguments)).status_code == 405
