"""`manage.py registry <verb>`: organisations, sites, licences, people, keys and tokens by hand.

The screens for this come later; an installation needs it on its first day. Every verb is a service, so every
change of a key or licence is told to the log as it would be from a screen.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from apps.parties import services
from apps.parties.checking import ADDRESS
from apps.parties.models import ApiToken, Licence, Membership, Organisation, SigningKey, Site
from pharmatrace.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class Verb:
    """`words` are positional arguments, `options` are `--name` with a default (… = must be given)."""

    help: str
    run: Callable[[dict[str, Any]], str]
    words: tuple[str, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()


def _organisation(gln: str) -> Organisation:
    return Organisation.objects.get(gln=gln)


def _licence(given: dict[str, Any]) -> Licence:
    return Licence.objects.get(authority=given["authority"], number=given["number"])


def _member(given: dict[str, Any]) -> Membership:
    return Membership.objects.get(
        user__email__iexact=given["email"], organisation__gln=given["gln"]
    )


def add_organisation(given: dict[str, Any]) -> str:
    made = services.register_organisation(
        kind=given["kind"],
        name=given["name"],
        gln=given["gln"],
        country=given["country"],
        gs1_prefixes=given["gs1_prefix"].split(",") if given["gs1_prefix"] else (),
        at=timezone.now(),
        **{name: given[name] for name in ADDRESS},
    )
    return f"{made.name} is registered as {made.did}."


def add_partner(given: dict[str, Any]) -> str:
    with transaction.atomic():
        made = services.register_organisation(
            kind=given["kind"],
            name=given["name"],
            gln=given["gln"],
            country=given["country"],
            gs1_prefixes=given["gs1_prefix"].split(",") if given["gs1_prefix"] else (),
            with_key=False,
            at=timezone.now(),
        )
        for gln in given["represented_by"].split(","):
            services.represent(partner=made, representative=_organisation(gln), at=timezone.now())
    return f"{made.name} is registered as {made.did}, without a key; rotate-key gives it one."


def represent(given: dict[str, Any]) -> str:
    made = services.represent(
        partner=_organisation(given["partner"]),
        representative=_organisation(given["representative"]),
        at=timezone.now(),
    )
    return f"{made}."


def end_representation(given: dict[str, Any]) -> str:
    partner = _organisation(given["partner"])
    other = _organisation(given["representative"])
    ended = services.end_representation(partner=partner, representative=other)
    return f"{other} {'no longer records' if ended else 'did not record'} for {partner}."


def add_site(given: dict[str, Any]) -> str:
    made = services.add_site(
        organisation=_organisation(given["organisation"]),
        gln=given["gln"],
        name=given["name"],
        country=given["country"],
        at=timezone.now(),
        coordinates=given["coordinates"],
        **{name: given[name] for name in ADDRESS},
    )
    return f"{made} has GLN {made.gln}."


def set_address(given: dict[str, Any]) -> str:
    parts = {name: given[name] for name in ADDRESS if given[name]}
    changed: list[str] = []
    where = {"coordinates": given["coordinates"]} if given["coordinates"] else {}
    for organisation in Organisation.objects.filter(gln=given["gln"]):
        changed.append(str(services.change_organisation(organisation=organisation, **parts)))
    for site in Site.objects.filter(gln=given["gln"]):
        changed.append(str(services.change_site(site=site, **parts, **where)))
    if not changed:
        raise Site.DoesNotExist(given["gln"])
    return f"The address of {' and '.join(changed)} is recorded."


def grant_licence(given: dict[str, Any]) -> str:
    made = services.grant_licence(
        organisation=_organisation(given["organisation"]),
        authority=given["authority"],
        number=given["number"],
        activity=given["activity"],
        valid_from=date.fromisoformat(given["valid_from"]),
        valid_until=date.fromisoformat(given["valid_until"]) if given["valid_until"] else None,
        at=timezone.now(),
    )
    return f"Granted: {made}."


def _change_licence(verb: str) -> Callable[[dict[str, Any]], str]:
    def run(given: dict[str, Any]) -> str:
        changed = getattr(services, f"{verb}_licence")(licence=_licence(given), at=timezone.now())
        return f"Done: {verb} {changed or _licence(given)}."

    return run


def add_member(given: dict[str, Any]) -> str:
    made = services.add_member(
        email=given["email"],
        name=given["name"],
        password=getpass.getpass("Password (empty: they cannot sign in yet): ") or None,
        organisation=_organisation(given["organisation"]),
        role=given["role"],
        site=Site.objects.get(gln=given["site"]),
        at=timezone.now(),
    )
    return f"{made}."


def rotate_key(given: dict[str, Any]) -> str:
    return f"New key {services.rotate_key(organisation=_organisation(given['gln']), at=timezone.now())}."


def revoke_key(given: dict[str, Any]) -> str:
    key = SigningKey.objects.get(kid=bytes.fromhex(given["kid"]))
    return f"Revoked {services.revoke_key(key=key, at=timezone.now())}; rotate-key makes a new one."


def report_stolen_key(given: dict[str, Any]) -> str:
    key = SigningKey.objects.get(kid=bytes.fromhex(given["kid"]))
    since = datetime.fromisoformat(given["since"])
    if since.tzinfo is None:
        raise ValueError("The moment needs its offset from UTC: 2026-11-02T08:00:00Z.")
    services.report_stolen_key(key=key, since=since, at=timezone.now())
    return (
        f"Key {key} is reported stolen as of {since.isoformat()}: it signs no more, and what it signed since is"
        " marked. rotate-key makes a new one."
    )


def issue_token(given: dict[str, Any]) -> str:
    now = timezone.now()
    _, text = services.issue_token(
        membership=_member(given),
        name=given["name"],
        scopes=given["scopes"].split(","),
        expires_at=now + timedelta(days=int(given["days"])),
        at=now,
    )
    return f"{text}\nIt is shown this once; only its digest is kept."


def revoke_token(given: dict[str, Any]) -> str:
    token = ApiToken.objects.get(prefix=given["prefix"])
    return f"Revoked {services.revoke_token(token=token, at=timezone.now())}."


LICENCE = ("authority", "number")
PLACE = tuple((name.replace("_", "-"), "") for name in ADDRESS)
VERBS = {
    "add-organisation": Verb(
        "an organisation, with its first signing key",
        add_organisation,
        ("kind", "name", "gln", "country"),
        (("gs1-prefix", ""), *PLACE),
    ),
    "add-partner": Verb(
        "an organisation without a key, and the GLNs of those who record what it reports",
        add_partner,
        ("kind", "name", "gln", "country"),
        (("represented-by", ...), ("gs1-prefix", "")),
    ),
    "represent": Verb(
        "the second organisation records what the first, without a key, reports",
        represent,
        ("partner", "representative"),
    ),
    "end-representation": Verb(
        "and no longer does", end_representation, ("partner", "representative")
    ),
    "add-site": Verb(
        "a site of the organisation with that GLN",
        add_site,
        ("organisation", "gln", "name", "country"),
        (*PLACE, ("coordinates", "")),
    ),
    "set-address": Verb(
        "the postal address of the organisation and of the site with that GLN, and where the site is",
        set_address,
        ("gln",),
        (*PLACE, ("coordinates", "")),
    ),
    "grant-licence": Verb(
        "a licence: manufacture, wholesale or dispense",
        grant_licence,
        ("organisation", *LICENCE, "activity"),
        (("valid-from", ...), ("valid-until", "")),
    ),
    "suspend-licence": Verb("stops a licence for now", _change_licence("suspend"), LICENCE),
    "reinstate-licence": Verb("ends a suspension", _change_licence("reinstate"), LICENCE),
    "revoke-licence": Verb("takes a licence back", _change_licence("revoke"), LICENCE),
    "add-member": Verb(
        "a person: admin, operator or viewer at a site (asks for the password)",
        add_member,
        ("organisation", "email", "name", "role", "site"),
    ),
    "rotate-key": Verb(
        "a new signing key for the organisation with that GLN", rotate_key, ("gln",)
    ),
    "revoke-key": Verb("a key signs no more", revoke_key, ("kid",)),
    "report-stolen-key": Verb(
        "a key was stolen: it signs no more, and what it signed since that moment is marked",
        report_stolen_key,
        ("kid",),
        (("since", ...),),
    ),
    "issue-token": Verb(
        "an API token that acts as a member",
        issue_token,
        ("gln", "email", "name"),
        (("scopes", "capture,read"), ("days", "365")),
    ),
    "revoke-token": Verb("a token opens nothing more", revoke_token, ("prefix",)),
}


class Command(BaseCommand):
    help = "Registers organisations, sites, licences, people, keys and tokens."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
        for name, verb in VERBS.items():
            one = verbs.add_parser(name, help=verb.help, description=verb.help)
            for word in verb.words:
                one.add_argument(word)
            for option, default in verb.options:
                must = default is ...
                one.add_argument(f"--{option}", required=must, default=None if must else default)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(VERBS[options["verb"]].run(options))
        except Refused as refused:
            raise CommandError(" ".join(one.sentence for one in refused.refusals)) from None
        except (Organisation.DoesNotExist, Site.DoesNotExist) as error:
            raise CommandError(f"No such organisation or site: {error}") from None
        except (Licence.DoesNotExist, Membership.DoesNotExist) as error:
            raise CommandError(f"No such licence or member: {error}") from None
        except (SigningKey.DoesNotExist, ApiToken.DoesNotExist) as error:
            raise CommandError(f"No such key or token: {error}") from None
        except ValueError as error:
            raise CommandError(str(error)) from None
