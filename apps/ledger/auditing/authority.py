"""Keys and licences: their rows are what the log says of them, and each signed only while it was valid.

What counts is the place in the log: a key signs what stands after its registration and before its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import cbor2
from django.db import connection

from apps.ledger.auditing.streams import stream
from apps.ledger.audits import Finding, Span, register, register_for_span
from apps.ledger.models import RegistryStatement
from apps.parties.models import Licence, RegistryChange, SigningKey
from apps.parties.selectors import registry_facts
from pharmatrace.kernel.evidence.statement import EntryType

_LIVES = """
    SELECT c.key_id AS kid,
        min(e."index") FILTER (WHERE c.action = 'registered') AS since,
        min(e."index") FILTER (WHERE c.action IN ('retired', 'revoked', 'stolen')) AS until
    FROM parties_registrychange c
    JOIN ledger_registrystatement r ON r.change_id = c.id
    JOIN ledger_entry e ON e.statement_id = r.statement_id
    WHERE c.key_id IS NOT NULL GROUP BY c.key_id
"""


_OUTSIDE = f"""
    WITH lives AS ({_LIVES})
    SELECT s.id, e."index", s.type, k.purpose, l.since, l.until
    FROM ledger_entry e JOIN ledger_statement s ON s.id = e.statement_id
    JOIN parties_signingkey k ON k.kid = s.key_id LEFT JOIN lives l ON l.kid = s.key_id
    WHERE e."index" >= %s AND k.purpose = 'organisation'
        AND (s.type <> %s OR l.since IS NULL OR l.since >= e."index" OR l.until <= e."index")
    ORDER BY e."index"
"""  # noqa: S608 (names of our own tables)


@register_for_span("keys")
def keys_were_valid(span: Span) -> Iterator[Finding]:
    """What is signed with an organisation's key is a custody statement, after the key's registration and before
    its end. Whose key it should be is checked with the events."""
    for id, index, type, purpose, since, until in stream(_OUTSIDE, [span.first, EntryType.CUSTODY]):
        place = f"statement {id} (entry {index})"
        if type != EntryType.CUSTODY:
            yield Finding(
                place, f"A statement of type {type} is signed with the key of an {purpose}."
            )
        elif since is None or since >= index:
            yield Finding(place, f"Its key was not registered before entry {index}.")
        else:
            yield Finding(place, f"Its key had ended at entry {until}.")


@register("registry")
def registry_is_what_the_log_says() -> Iterator[Finding]:
    """Every change has its statement and says what was signed; keys and licences are as their changes left
    them."""
    told = _told()
    for change in RegistryChange.objects.select_related("organisation", "key", "licence").iterator(
        chunk_size=1_000
    ):
        place = f"registry change {change.pk}"
        signed = told.get(change.pk)
        if signed is None:
            yield Finding(place, "There is no statement in the log about it.")
            continue
        for name, value in registry_facts(change):
            if signed.get(name) != value:
                yield Finding(
                    place, f"Column {name}: it says {value!r}; signed was {signed.get(name)!r}."
                )
    yield from _keys()
    yield from _licences()


def _told() -> dict[int, dict[str, Any]]:
    """What was signed about each change."""
    rows = RegistryStatement.objects.values_list("change_id", "statement__facts")
    out: dict[int, dict[str, Any]] = {}
    for change, facts in rows.iterator(chunk_size=1_000):
        try:
            out[change] = dict(cbor2.loads(bytes(facts)))
        except Exception:  # any damage; the check of statements names it
            out[change] = {}
    return out


def _keys() -> Iterator[Finding]:
    columns = {"registered": "created_at", "retired": "retired_at", "revoked": "revoked_at"}
    changes = _changes("key_id")
    for key in SigningKey.objects.filter(organisation__isnull=False).defer("sealed_private_key"):
        found = changes.get(bytes(key.pk), {})
        expected = {column: _last(found, action) for action, column in columns.items()}
        expected["stolen_since"] = _last(found, "stolen", of="since")
        yield from _compare(f"key {key}", key, expected)


def _licences() -> Iterator[Finding]:
    changes = _changes("licence_id")
    for licence in Licence.objects.all():
        found = changes.get(licence.pk, {})
        suspended, reinstated = _last(found, "suspended"), _last(found, "reinstated")
        is_suspended = suspended and not (reinstated and reinstated >= suspended)
        expected = {
            "suspended_at": suspended if is_suspended else None,
            "revoked_at": _last(found, "revoked"),
        }
        yield from _compare(f"licence {licence.number} ({licence.authority})", licence, expected)


Changes = dict[str, tuple[datetime, datetime | None]]


def _changes(subject: str) -> dict[Any, Changes]:
    """(changed_at, since) of the newest change of each action, by key or licence."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {subject}, action, changed_at, since FROM parties_registrychange"  # noqa: S608
            f" WHERE {subject} IS NOT NULL ORDER BY id"
        )
        out: dict[Any, Changes] = {}
        for of, action, changed_at, since in cursor.fetchall():
            plain = bytes(of) if isinstance(of, memoryview) else of
            out.setdefault(plain, {})[action] = (changed_at, since)
    return out


def _last(found: Changes, action: str, *, of: str = "changed_at") -> datetime | None:
    change = found.get(action)
    if change is None:
        return None
    return change[0] if of == "changed_at" else change[1]


def _compare(place: str, row: Any, expected: dict[str, Any]) -> Iterator[Finding]:
    for column, value in expected.items():
        found = getattr(row, column)
        if found != value:
            yield Finding(place, f"Column {column}: it says {found}; its changes say {value}.")
