"""`manage.py registry`: an installation's first day, without a screen."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from apps.ledger.models import RegistryStatement
from apps.parties.models import ApiToken, Licence, Membership, Organisation

pytestmark = pytest.mark.django_db

GLN, SITE = "5601000000011", "5601000000028"


def registry(*words: str) -> str:
    out = StringIO()
    call_command("registry", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _: "a long enough password")
    registry("add-organisation", "pharmacy", "Corner Pharmacy", GLN, "PT")
    registry("add-site", GLN, SITE, "Corner", "PT", "--city", "Porto")
    registry("grant-licence", GLN, "Authority", "L-1", "dispense", "--valid-from", "2026-01-01")
    registry("add-member", GLN, "ana@corner.example", "Ana", "admin", SITE)


def test_a_pharmacy_can_sign_in(first_day: None) -> None:
    assert Membership.objects.get().organisation.kind == "pharmacy"
    assert Client().login(username="ana@corner.example", password="a long enough password")
    assert RegistryStatement.objects.count() == 2  # its key and its licence


def test_addresses(first_day: None) -> None:
    registry("set-address", GLN, "--street", "1 Main St", "--postal-code", "08648")
    registry("set-address", SITE, "--street", "2 Main St", "--state", "NJ")
    organisation = Organisation.objects.get()
    assert (organisation.street, organisation.postal_code) == ("1 Main St", "08648")
    site = organisation.sites.get()
    assert (site.street, site.city, site.state) == ("2 Main St", "Porto", "NJ")


def test_licences_keys_and_tokens(first_day: None, client: Client) -> None:
    registry("suspend-licence", "Authority", "L-1")
    assert Licence.objects.get().suspended_at
    registry("reinstate-licence", "Authority", "L-1")
    registry("rotate-key", GLN)
    retired = Organisation.objects.get().keys.get(retired_at__isnull=False)
    registry("revoke-key", retired.kid.hex())
    token = registry("issue-token", GLN, "ana@corner.example", "scanner").split()[0]
    headers = {"Authorization": f"Bearer {token}"}
    post = {"path": "/api/capture", "data": b"[]", "content_type": "application/json"}
    assert client.post(**post, headers=headers).status_code != 401
    registry("revoke-token", ApiToken.objects.get().prefix)
    assert client.post(**post, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add-organisation", "pharmacy", "X", "5601000000012", "PT"), "last digit"),
        (("add-site", "5601000000011", SITE, "Corner", "PT"), "No such organisation"),
        (("set-address", SITE, "--city", "Porto"), "No such organisation or site"),
        (("revoke-licence", "Authority", "L-9"), "No such licence"),
        (("revoke-key", "zz"), "hexadecimal"),
    ],
)
def test_what_is_wrong_is_said(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        registry(*words)
