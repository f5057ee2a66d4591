"""Marks: entries of the registry that say something later about an event. Its key was stolen; it was erased."""

from __future__ import annotations

from pharmatrace.kernel.evidence.entry_checks import check_entry
from pharmatrace.kernel.evidence.findings import Findings
from pharmatrace.kernel.evidence.registry_entries import check_erasure, stolen_report
from pharmatrace.kernel.evidence.shown import EventEvidence
from pharmatrace.kernel.evidence.statement import StatementError
from pharmatrace.kernel.evidence.trees import Signed


def check_marks(
    event: EventEvidence,
    place: str,
    registrar: bytes | None,
    signed: Signed,
    findings: Findings,
) -> None:
    """The marks of one event: signed by the registrar, in the log, and about this event as far as that shows."""
    if event.stolen is not None and _stands(
        "stolen", event.stolen, f"{place}/stolen", registrar, signed, findings
    ):
        _doubt(event.stolen, f"{place}/stolen", registrar, findings)
    if event.erased is not None and _stands(
        "erased", event.erased.event, f"{place}/erased/event", registrar, signed, findings
    ):
        _say_erased(event, event.erased.event, f"{place}/erased/event", registrar, findings)


def _stands(
    name: str,
    mark: EventEvidence,
    place: str,
    registrar: bytes | None,
    signed: Signed,
    findings: Findings,
) -> bool:
    if not check_entry(mark, place, signed, findings):
        return False
    if registrar is None:
        findings.not_checked(name, place, "the registrar of the log is not known")
    return registrar is not None


def _doubt(report: EventEvidence, place: str, registrar: bytes | None, findings: Findings) -> None:
    """Which key it was is not shown, so that this event is the report's is the bundle's word; nobody gains
    by it."""
    assert registrar is not None
    try:
        findings.doubts("stolen", place, f"this event was {stolen_report(report, registrar)}")
    except StatementError as fault:
        findings.fails("stolen", place, str(fault))


def _say_erased(
    event: EventEvidence,
    erased: EventEvidence,
    place: str,
    registrar: bytes | None,
    findings: Findings,
) -> None:
    assert registrar is not None
    try:
        when = check_erasure(erased, event, registrar)
    except StatementError as fault:
        findings.fails("erased", place, str(fault))
        return
    findings.holds("erased", place, f"the registrar says that this event was erased on {when}")
    findings.not_checked("erased", place, "what the event said: nobody can show it any more")
