"""Every event against its statement: the document against its hash, every column against the document and the
facts, and no statement of custody without an event."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import cbor2
import orjson

from apps.ledger.auditing.streams import stream
from apps.ledger.audits import Finding, Span, register_for_span
from apps.ledger.services.erase import SUBJECT
from apps.parties.did import did_of
from pharmatrace.kernel.custody.act import RESOLVER, act_of, site_of
from pharmatrace.kernel.custody.effects import OUTGOING
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, ERASED, UNMANAGED
from pharmatrace.kernel.epcis.event_hash import event_hash
from pharmatrace.kernel.epcis.jsonld import read_event
from pharmatrace.kernel.epcis.model import Event, utc_text
from pharmatrace.kernel.evidence.statement import EntryType


class _Row(NamedTuple):
    id: int
    hash: bytes
    kind: str
    document: Any
    actor_id: UUID
    reporter: str | None  # GLN
    site: str | None  # GLN
    counterparty: str | None  # GLN
    reference: str
    occurred_at: datetime
    package_count: int
    subject: str | None
    facts: bytes | None
    leaves: int | None  # how many
    commitment: bytes | None
    type: int | None
    signer_id: UUID | None


_QUERY = """
    SELECT e.id, e.hash, e.kind, e.document::text, e.actor_id, r.gln, t.gln, c.gln, e.reference,
        e.occurred_at, e.package_count, s.subject, s.facts, octet_length(s.leaves) / 32, s.commitment,
        s.type, k.organisation_id
    FROM custody_custodyevent e
    LEFT JOIN ledger_statement s ON s.id = e.statement_id
    LEFT JOIN parties_signingkey k ON k.kid = s.key_id
    LEFT JOIN parties_organisation r ON r.id = e.reporter_id
    LEFT JOIN parties_site t ON t.id = e.site_id
    LEFT JOIN parties_organisation c ON c.id = e.counterparty_id
    WHERE {} ORDER BY e.id
"""


@register_for_span("events")
def events_are_what_was_signed(span: Span) -> Iterator[Finding]:
    """The document of every event still hashes to its event hash, its statement speaks of it, and every column
    says what document and statement say."""
    within, parameters = span.statements("e.statement_id")
    for raw in stream(_QUERY.format(within), parameters, chunk=500):
        row = _Row._make(bytes(v) if isinstance(v, memoryview) else v for v in raw)
        for sentence in _problems(row):
            yield Finding(f"event {row.id}", sentence)


@register_for_span("statements without events")
def statements_have_events(span: Span) -> Iterator[Finding]:
    """No custody statement without the event it is about."""
    within, parameters = span.statements("s.id")
    query = (
        "SELECT s.id FROM ledger_statement s LEFT JOIN custody_custodyevent e ON e.statement_id = s.id"  # noqa: S608
        f" WHERE s.type = %s AND e.id IS NULL AND {within} ORDER BY s.id"
    )
    for (id,) in stream(query, [EntryType.CUSTODY, *parameters]):
        yield Finding(f"statement {id}", "The event that it is about is missing.")


def _problems(row: _Row) -> Iterator[str]:
    if row.subject is None or row.facts is None:
        yield "Its statement is missing."
        return
    document = orjson.loads(row.document)
    if row.kind == ERASED or row.subject == SUBJECT:
        if (row.kind, row.subject, document, row.hash) != (ERASED, SUBJECT, {}, row.commitment):
            yield "It is erased in part only."
        return
    try:
        found = event_hash(document)
    except Exception as fault:  # any damage of the document can come out here
        yield f"Column document: it cannot be read ({fault!r})."
        return
    if found[14:78] != row.hash.hex():
        yield f"Its document hashes to {found}, not to its event hash."
    elif row.subject != found:
        yield f"Its statement speaks of {row.subject}."
    else:
        yield from _columns(row, document, _facts(row.facts))


def _facts(data: bytes) -> dict[str, Any]:
    try:
        return dict(cbor2.loads(data))
    except Exception:  # the check of statements names it
        return {}


def _columns(row: _Row, document: Any, facts: dict[str, Any]) -> Iterator[str]:
    event = read_event(document)
    fact_count = len(facts) + row.package_count
    if row.leaves != fact_count:
        yield f"Column package_count: with {row.package_count} there would be {fact_count} facts, not {row.leaves}."
    if row.type != EntryType.CUSTODY or row.signer_id != row.actor_id:
        yield "Its statement is not signed with a key of its actor."
    if facts.get("actor") != did_of(row.actor_id):
        yield f"Column actor: signed was {facts.get('actor')}."
    reported = facts.get("reported_by")
    if reported != (f"{RESOLVER}417/{row.reporter}" if row.reporter else None):
        yield f"Column reporter: signed was {reported}."
    for column, found, expected in _expected(row, event, facts):
        if found != expected:
            yield f"Column {column}: it says {found}; the event says {expected}."
    if event.error_declaration is None:
        yield from _stated(event, facts)


def _expected(
    row: _Row, event: Event, facts: dict[str, Any]
) -> Iterator[tuple[str, object, object]]:
    """(column, what it says, what the event says)."""
    yield "occurred_at", row.occurred_at, event.event_time
    if event.error_declaration is not None:
        yield (
            "kind",
            row.kind,
            DECLARE_ERROR,
        )  # its other columns are those of the event it is about
        return
    if facts.get("managed") is False:
        yield "kind", row.kind, UNMANAGED
        if row.site is not None:
            yield "site", row.site, site_of(event)
        return
    act = act_of(event)
    yield "kind", row.kind, act.kind.value
    yield "site", row.site, act.site
    yield "reference", row.reference, act.reference[:80]
    other = act.consignee if act.kind in OUTGOING else act.sender
    if row.counterparty is not None or act.kind in OUTGOING:  # a sender may be unknown here
        yield "counterparty", row.counterparty, other
    yield "package_count", row.package_count, len(act.packages)


def _stated(event: Event, facts: dict[str, Any]) -> Iterator[str]:
    """The facts say what the document says."""
    expected = {
        "type": event.type,
        "action": event.action or None,
        "time": utc_text(event.event_time),
        "step": event.biz_step,
        "disposition": event.disposition,
    }
    for name, value in expected.items():
        if facts.get(name) != value:
            yield f"Signed as {name} was {facts.get(name)!r}, and its document says {value!r}."
