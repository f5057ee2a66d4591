"""Package chains: every history without a gap, every link what was signed, every head the end of its chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import cbor2
import orjson

from apps.ledger.auditing.streams import stream
from apps.ledger.audits import Finding, Span, register_for_span
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.evidence.facts import PACKAGE, fact_leaf, salt
from pharmatrace.kernel.gs1.identifiers import package_ids


def touched(span: Span, column: str) -> tuple[str, list[Any]]:
    """SQL that holds where `column`, the id of a package, is of one that something happened to in the span; with
    its parameters. Histories are found by package, so their ids are worked out from the documents."""
    if span.is_whole:
        return "TRUE", []
    if "packages" not in span.notes:
        span.notes["packages"] = [str(id) for id in _packages_in(span)]
    return f"{column} = ANY(%s::uuid[])", [span.notes["packages"]]


def _packages_in(span: Span) -> set[UUID]:
    within, parameters = span.statements("statement_id")
    rows = stream(
        "SELECT document->>'parentID', document->'epcList', document->'childEPCs'"  # noqa: S608
        f" FROM custody_custodyevent WHERE package_count > 0 AND {within}",
        parameters,
        chunk=500,
    )
    paths: set[str] = set()
    for parent, *lists in rows:
        uris = [uri for some in lists if some for uri in orjson.loads(some)]
        paths.update(uri.removeprefix(RESOLVER) for uri in ([parent] if parent else []) + uris)
    return set(package_ids(sorted(paths)))


@register_for_span("packages of events")
def events_have_all_their_packages(span: Span) -> Iterator[Finding]:
    """As many packages have an event in their history as the event has package facts, each its own place."""
    packages, ids = touched(span, "package_id")
    within, parameters = span.statements("e.statement_id")
    query = (
        "SELECT e.id, e.package_count, coalesce(h.count, 0), coalesce(h.places, 0)"  # noqa: S608
        " FROM custody_custodyevent e LEFT JOIN (SELECT event_id, count(*), count(DISTINCT position) AS places"
        f" FROM custody_packageevent WHERE {packages} GROUP BY event_id) h ON h.event_id = e.id"
        " WHERE (e.package_count <> coalesce(h.count, 0) OR e.package_count <> coalesce(h.places, 0))"
        f" AND {within} ORDER BY e.id"
    )
    for id, count, found, places in stream(query, [*ids, *parameters]):
        yield Finding(
            f"event {id}",
            f"It has {count} package facts; {found} histories have it, at {places} places of it.",
        )


@register_for_span("histories")
def histories_have_no_gaps(span: Span) -> Iterator[Finding]:
    """Every package's history runs 0, 1, 2 … to its `seq`."""
    within, parameters = touched(span, "p.id")
    only, _ = touched(span, "package_id")
    query = (
        "SELECT p.path, p.seq, h.count, h.last FROM custody_package p LEFT JOIN"  # noqa: S608
        " (SELECT package_id, count(*), max(seq) AS last FROM custody_packageevent"
        f"  WHERE {only} GROUP BY package_id) h ON h.package_id = p.id"
        " WHERE (h.count IS DISTINCT FROM p.seq + 1 OR h.last IS DISTINCT FROM p.seq)"
        f" AND {within}"
    )
    for path, seq, count, last in stream(query, [*parameters, *parameters]):
        yield Finding(
            f"package {path}",
            f"It says seq {seq}; its history has {count or 0} events, the last is {last}.",
        )


@register_for_span("heads")
def heads_end_their_chains(span: Span) -> Iterator[Finding]:
    """`Package.head` is the leaf of the newest package fact, in the statement that signed it."""
    within, parameters = touched(span, "p.id")
    # The package facts are the last `package_count` leaves of their statement.
    query = (
        "SELECT p.path, e.id FROM custody_package p"  # noqa: S608
        " JOIN custody_packageevent h ON h.package_id = p.id AND h.seq = p.seq"
        " JOIN custody_custodyevent e ON e.id = h.event_id"
        " JOIN ledger_statement s ON s.id = e.statement_id"
        " WHERE p.head <> substring(s.leaves FROM"
        " octet_length(s.leaves) - 32 * (e.package_count - h.position) + 1 FOR 32)"
        f" AND {within}"
    )
    for path, event in stream(query, parameters):
        yield Finding(f"package {path}", f"Its head is not its fact in event {event}.")


_LINKS = """
    SELECT p.path, h.seq, h.position, h.event_id, x.secret, s.facts,
        substring(s.leaves FROM octet_length(s.leaves) - 32 * (e.package_count - h.position) + 1 FOR 32),
        substring(t.leaves FROM octet_length(t.leaves) - 32 * (f.package_count - b.position) + 1 FOR 32),
        h.package_id, s.id IS NOT NULL, e.package_count
    FROM custody_packageevent h
    LEFT JOIN custody_package p ON p.id = h.package_id
    LEFT JOIN custody_custodyevent e ON e.id = h.event_id
    LEFT JOIN ledger_statement s ON s.id = e.statement_id
    LEFT JOIN ledger_statementsecret x ON x.statement_id = s.id
    LEFT JOIN custody_packageevent b ON b.package_id = h.package_id AND b.seq = h.seq - 1
    LEFT JOIN custody_custodyevent f ON f.id = b.event_id
    LEFT JOIN ledger_statement t ON t.id = f.statement_id
    WHERE {}
"""


@register_for_span("links")
def links_are_what_was_signed(span: Span) -> Iterator[Finding]:
    """Every package fact, made again from the rows, is the leaf that was signed: this package, this number, and
    the fact before it. Of what was erased the leaf alone is left; the next fact ties it."""
    within, parameters = touched(span, "h.package_id")
    counts: dict[bytes, int] = {}
    for row in stream(_LINKS.format(within), parameters, chunk=5_000):
        path, seq, position, event, secret, facts, leaf, before, package, there, count = row
        place = f"package {path or package}, seq {seq}"
        if path is None:
            yield Finding(place, "There is a history, and no package.")
        elif not there:
            yield Finding(place, f"Event {event}, or its statement, is missing.")
        elif not 0 <= position < count:
            yield Finding(place, f"Column position: event {event} has {count} packages.")
        elif seq > 0 and before is None:
            yield Finding(place, f"Fact {seq - 1} of the package is missing.")
        elif secret is not None:
            number = _count(bytes(facts), counts) + position
            value = [RESOLVER + path, seq, None if seq == 0 else bytes(before)]
            if fact_leaf(salt(bytes(secret), number), PACKAGE, value) != bytes(leaf):
                yield Finding(place, f"It is not the fact that was signed in event {event}.")


def _count(facts: bytes, known: dict[bytes, int]) -> int:
    """How many facts stand before the package facts. Rows of one event come together, mostly."""
    if facts not in known:
        if len(known) > 10_000:
            known.clear()
        try:
            known[facts] = len(cbor2.loads(facts))
        except Exception:  # the check of statements names the damage
            known[facts] = 0
    return known[facts]
