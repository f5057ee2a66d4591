"""Accounts, invitations and settings: who may open which of them, and something real behind each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.exchange.models import NamedQuery, Subscription
from apps.parties.models import Invitation
from apps.parties.services import (
    apply_for_licence,
    invite_organisation,
    invite_person,
    issue_token,
    register_scanner,
)
from pharmatrace.kernel.gs1.calibration import calibrate
from pharmatrace.kernel.gs1.reference_code import REFERENCE
from tests.walks.rows import Row, for_everybody

ADMIN = ("admin",)
MIAS = {"d": 404, "p": 404, "r": 404}  # things of one organisation
# Whoever has no password (the colleagues of the walk) cannot say once more who they are.
CONFIRMED = Row(roles=ADMIN, yes=302, nobody=302)

ROWS: dict[str, Row] = {
    "account": Row(nobody=200),
    "second-factor-needed": Row(yes=302, nobody=302),  # nobody asks for one
    "sign-in-end": Row(yes=405, nobody=405),
    "account_change_password": Row(roles=ADMIN, no=302, nobody=200),
    "account_set_password": Row(roles=("operator", "viewer"), no=302, nobody=302),
    **dict.fromkeys(("account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
                     "account_reset_password_from_key_done", "account_signup", "account_inactive"), for_everybody()),
    "account_reauthenticate": Row(roles=ADMIN, nobody=200),
    "account_login": Row(yes=302, nobody=302, stranger=200),
    "account_logout": for_everybody(405),
    "mfa_index": for_everybody(302),
    "mfa_authenticate": for_everybody(302),
    "mfa_login_webauthn": for_everybody(302),
    **dict.fromkeys(("mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_activate_totp",
                     "mfa_generate_recovery_codes", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"), CONFIRMED),
    **dict.fromkeys(("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes"),
                    Row(yes=404, nobody=404)),
    "mfa_list_webauthn": Row(nobody=200),
    **dict.fromkeys(("join:accept", "join:organisation", "join:site", "join:you"), for_everybody()),
    **dict.fromkeys((f"settings:{name}" for name in (
        "home", "people", "invite", "organisation", "apply", "sites", "site-new", "tokens", "token-new", "keys",
        "webhooks", "scanners", "partners", "record")), Row(roles=ADMIN)),
    **dict.fromkeys((f"settings:{name}" for name in ("person", "site", "key-stolen", "webhook")),
                    Row(roles=ADMIN, but=MIAS)),
    **dict.fromkeys((f"settings:{name}" for name in (
        "rule", "invitation-withdraw", "person-end", "person-back", "person-sign-in-end", "token-revoke",
        "key-rotate", "webhook-pause", "webhook-go-on", "webhook-secret", "webhook-try", "scanner-rename",
        "scanner-remove", "partner-end")), Row(roles=ADMIN, yes=405)),
    "settings:welcomed": Row(yes=405),
    "settings:organisations": Row("r", ADMIN),
    "settings:platform": Row("r", ADMIN),
    "settings:application": Row("r", ADMIN),
    "settings:organisation-withdraw": Row("r", ADMIN, yes=405),
}  # fmt: skip

ADDRESS = {"street": "Rua 1", "postal_code": "1100-001", "city": "Lisboa", "country": "PT"}


def literal(*, mia: Any, petra: Any, rosa: Any) -> dict[str, str]:
    """Addresses with something of Mia's behind them, licences that wait, and links that are open."""
    now = timezone.now()
    invited, secret = invite_person(
        by=mia.membership, email="nora@example.org", role="viewer", site=mia.site, at=now
    )
    asked, new = invite_organisation(
        by=rosa.membership, email="noel@example.org", kind="pharmacy", at=now
    )
    Invitation.objects.filter(pk=asked.pk).update(
        draft={
            "organisation": ADDRESS
            | {"name": "Nova", "gln": "9520000007775", "authority": "A", "number": "1"},
            "site": ADDRESS | {"name": "Counter", "gln": "9520000007775"},
        }
    )
    waiting = apply_for_licence(
        organisation=petra.organisation, authority="A", number="2", activity="dispense", at=now
    )
    token, _text = issue_token(
        membership=mia.membership,
        name="Line",
        scopes=["read"],
        expires_at=now + timedelta(days=9),
        at=now,
    )
    scanner = register_scanner(
        actor=mia.actor, name="Line 1", calibration=calibrate("]d1" + REFERENCE), at=now
    )
    hook = Subscription.objects.create(
        query=NamedQuery.objects.create(
            organisation=mia.organisation, name="arrivals", query={}, created_at=now
        ),
        membership=mia.membership, dest="https://partner.example.org/epcis", epc_format="x",
        initial_record_time=now, created_at=now, cursor=0,
    )  # fmt: skip
    key = str(mia.organisation.keys.get())
    things: dict[str, list[Any]] = {
        "join:accept": [secret], "join:organisation": [new], "join:site": [new], "join:you": [new],
        "sign-in-end": ["x"], "account_reset_password_from_key": ["x", "y-z"],
        "mfa_edit_webauthn": [1], "mfa_remove_webauthn": [1],
        **{f"settings:person{verb}": [mia.membership.pk] for verb in ("", "-end", "-back")},
        "settings:person-sign-in-end": [mia.membership.pk, "x"],
        "settings:invitation-withdraw": [invited.pk], "settings:organisation-withdraw": [asked.pk],
        "settings:site": [mia.site.pk], "settings:token-revoke": [token.pk], "settings:key-stolen": [key],
        "settings:partner-end": [petra.organisation.pk], "settings:application": [waiting.pk],
        **{f"settings:webhook{verb}": [hook.pk] for verb in ("", "-pause", "-go-on", "-secret", "-try")},
        **{f"settings:scanner-{verb}": [scanner.pk] for verb in ("rename", "remove")},
    }  # fmt: skip
    return {name: reverse(name, args=args) for name, args in things.items()}
