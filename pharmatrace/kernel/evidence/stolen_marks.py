"""Which report of a stolen key speaks of an event: what is passed on of the event must carry it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pharmatrace.kernel.evidence.registry_entries import stolen_report_unverified
from pharmatrace.kernel.evidence.shown import EventEvidence, KeyEvidence, ShownStatement
from pharmatrace.kernel.evidence.statement import StatementError, read_statement_unverified

OF_NOBODY = frozenset(("registry", "action", "since", "from_entry"))
"""What a report says without telling whose key it was."""


def report_about(event: EventEvidence, keys: Iterable[KeyEvidence]) -> EventEvidence | None:
    """The registry entry that marks this event, if one does. Nothing is verified: one that cannot be read
    marks, because a verifier has to see it."""
    if not isinstance(event.signature, ShownStatement):
        return event.stolen
    try:
        claims = read_statement_unverified(event.signature.cose)
    except StatementError:
        return event.stolen  # nobody's signature, as the verdict says
    for key in keys:
        if (key.iss, key.kid) != (claims.iss, claims.kid) or key.stolen is None:
            continue
        try:
            if not stolen_report_unverified(key.stolen).covers(iat=claims.iat, index=event.index):
                continue
        except StatementError:
            pass
        return key.stolen
    return None


def of_nobody(report: EventEvidence) -> EventEvidence:
    """The report without a word of whose key it was."""
    return replace(report, facts=tuple(fact for fact in report.facts if fact.name in OF_NOBODY))
