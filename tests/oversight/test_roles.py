"""Every page of the authority, opened by everybody: who gets in, who is told no, who is asked to sign in."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from apps.desk.urls_oversight import oversight
from apps.parties.models import Licence, Membership
from apps.safety.models import Alert, Recall
from tests.oversight.conftest import NOW

PAGES = {
    "access-log", "alerts", "cases", "case-new", "case", "case-archive", "export-batch", "export",
    "licences", "licence-grant", "licence-change", "organisations", "organisation", "recalls", "recall",
}  # fmt: skip
FOR_ALL = {"looked-at"}
POST_ONLY = {"alert-close", "collect", "case-note", "case-close"}
RECORDING = {"case-new"}
ADMINISTERING = {"access-log", "licence-grant", "licence-change"}


@pytest.fixture
def addresses(mia: Any, rosa: Any, moved: Any, case: Any, batch: Any) -> dict[str, str]:
    licence = Licence.objects.get(organisation=mia.organisation)
    alert = Alert.objects.create(
        kind="clone", sentence="x", raised_for=mia.organisation, raised_at=NOW
    )
    recall = Recall.objects.create(
        batch=batch, severity="2", reason="x", instruction="y", issued_by=mia.organisation,
        issued_by_user=mia.user, issued_at=NOW,
    )  # fmt: skip
    arguments: dict[str, list[Any]] = {
        "alert-close": [alert.pk], "case": [case.pk], "case-note": [case.pk], "case-close": [case.pk],
        "case-archive": [case.pk], "export-batch": [batch.pk, "csv"], "export": ["events", "csv"],
        "licence-change": [licence.pk, "suspend"], "organisation": [mia.organisation.pk], "recall": [recall.pk],
    }  # fmt: skip
    return {
        pattern.name: reverse(f"oversight:{pattern.name}", args=arguments.get(pattern.name, []))
        for pattern in oversight
    }


def test_the_table_names_every_address(addresses: Any) -> None:
    assert set(addresses) == PAGES | FOR_ALL | POST_ONLY


def test_only_the_authority_opens_its_pages(
    addresses: Any, mia: Any, dan: Any, petra: Any, rosa: Any, stan: Any
) -> None:
    wrong = []
    for name in PAGES | FOR_ALL:
        for letter, person in (("m", mia), ("d", dan), ("p", petra), ("r", rosa), ("s", stan)):
            status = person.client.get(addresses[name]).status_code
            open_to = letter == "r" or (name in FOR_ALL and letter != "s")
            if status != (200 if open_to else 403):
                wrong.append((name, letter, status))
    assert wrong == []


def test_nobody_gets_in_without_signing_in(addresses: Any, client: Any) -> None:
    for address in addresses.values():
        response = client.get(address)
        assert response.status_code in (302, 405), address
        if response.status_code == 302:
            assert response["Location"].startswith("/login/"), address
        assert client.post(address).status_code in (302, 405), address


@pytest.mark.parametrize(("role", "closed"), [("viewer", RECORDING | ADMINISTERING | POST_ONLY), ("operator", ADMINISTERING)])  # fmt: skip
def test_what_a_role_may_not_do_it_cannot(
    addresses: Any, rosa: Any, role: str, closed: set[str]
) -> None:
    Membership.objects.filter(pk=rosa.membership.pk).update(role=role)
    for name, address in addresses.items():
        if name in POST_ONLY:
            refused = rosa.client.post(address).status_code == 403
        else:
            refused = rosa.client.get(address).status_code == 403
        assert refused == (name in closed), name


def test_what_changes_something_is_never_done_by_looking(addresses: Any, rosa: Any) -> None:
    for name in POST_ONLY:
        assert rosa.client.get(addresses[name]).status_code == 405, name
