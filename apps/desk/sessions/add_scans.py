"""add_scans: scans onto the list of a session, each once however often it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from psycopg2.errors import DeadlockDetected, UniqueViolation

from apps.desk.models import ScanLine, ScanSession
from apps.desk.scans import read_scan
from apps.desk.sessions.findings import note_stops
from apps.desk.sessions.judging import judge
from apps.desk.sessions.selectors import known_scans
from apps.desk.sessions.turns import take_turn
from apps.parties.actor import Actor
from pharmatrace.kernel.gs1.calibration import Calibration
from pharmatrace.kernel.gs1.read import MAX_LENGTH
from pharmatrace.kernel.refusal import Refusal

MOST_LINES = 10_000  # of one session; sign it and begin the next


@dataclass(frozen=True, slots=True)
class Scan:
    """`id` and `at` are the device's: made when it was scanned, kept until we answered. `source` is the scan box's
    word for how it came."""

    id: UUID
    raw: str
    at: datetime
    source: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a scan: its line, or why it is on no list."""

    scan: Scan
    line: ScanLine | None = None
    refusal: Refusal | None = None


def add_scans(
    *,
    actor: Actor,
    session_id: UUID,
    scans: Sequence[Scan],
    at: datetime,
    calibration: Calibration | None = None,
) -> list[Answered]:
    """In order. A scan that is there already is answered with its line. `calibration` is of the device's scanner.
    Raises `Refused` like `take_turn`.

    A constant number of queries, however many scans and however long the list is. Where the same scan is sent to another
    session at the same moment, one of the two has it, and the other looks again and is told so.
    """
    for _again in scans:  # each time one more of them is known, so this comes to an end
        try:
            return _add(actor, session_id, scans, calibration, at=at)
        except DatabaseError as error:
            if not _overtaken(error):
                raise
    return _add(actor, session_id, scans, calibration, at=at)


def _overtaken(error: DatabaseError) -> bool:
    """Somebody sent one of the scans to another session meanwhile, or the same two scans the other way round."""
    cause = error.__cause__
    if isinstance(cause, UniqueViolation):
        return "scan_id" in (cause.diag.constraint_name or "")
    return isinstance(cause, DeadlockDetected)


@transaction.atomic
def _add(
    actor: Actor,
    session_id: UUID,
    scans: Sequence[Scan],
    calibration: Calibration | None,
    *,
    at: datetime,
) -> list[Answered]:
    session = take_turn(actor=actor, session_id=session_id)
    known = known_scans(scan.id for scan in scans)
    new = {scan.id: scan for scan in scans if scan.id not in known}
    refusal = _closed(session) or _full(session, len(new))
    added: dict[UUID, ScanLine] = {}
    if new and refusal is None:
        added = _write(session, list(new.values()), calibration, actor=actor, at=at)
    return [_answer(session, scan, known, added, refusal) for scan in scans]


def _write(
    session: ScanSession,
    scans: list[Scan],
    calibration: Calibration | None,
    *,
    actor: Actor,
    at: datetime,
) -> dict[UUID, ScanLine]:
    readings = [read_scan(scan.raw, calibration=calibration, source=scan.source) for scan in scans]
    judged = judge(session, readings, actor=actor, at=at)
    lines = ScanLine.objects.bulk_create(
        ScanLine(
            session=session,
            scan_id=scan.id,
            raw=storable(scan.raw),
            text=storable(reading.text),
            path=said.path,
            package_id=said.package_id,
            covers=said.covers,
            scanned_by_id=actor.person_id,
            scanned_at=scan.at,
            received_at=at,
            outcome=said.outcome,
            code=said.code,
            sentence=said.sentence,
        )
        for scan, reading, said in zip(scans, readings, judged, strict=True)
    )
    note_stops(session, lines, actor=actor, at=at)
    session.changed_at = at
    session.save(update_fields=["changed_at"])
    return {line.scan_id: line for line in lines}


def storable(raw: str) -> str:
    """What PostgreSQL can hold of a scan: no NUL, no half of a character, no longer than any code."""
    text = raw[:MAX_LENGTH].replace("\x00", "\N{SYMBOL FOR NULL}")
    return text.encode("utf-8", "replace").decode()


def _closed(session: ScanSession) -> Refusal | None:
    if session.is_open:
        return None
    if session.state == ScanSession.State.DROPPED:
        return Refusal("session_dropped", _("This session was dropped; the scan is on no list."))
    return Refusal("session_signed", _("This session was signed before the scan arrived; it was not recorded."))  # fmt: skip


def _full(session: ScanSession, new: int) -> Refusal | None:
    if session.lines.count() + new <= MOST_LINES:
        return None
    sentence = _("A session holds %(most)s scans. Sign this one and begin another.")
    return Refusal("session_full", sentence % {"most": f"{MOST_LINES:,}"})


def _answer(
    session: ScanSession,
    scan: Scan,
    known: dict[UUID, ScanLine],
    added: dict[UUID, ScanLine],
    refusal: Refusal | None,
) -> Answered:
    line = known.get(scan.id) or added.get(scan.id)
    if line is None:
        return Answered(scan, refusal=refusal)
    if line.session_id != session.id:
        return Answered(
            scan, refusal=Refusal("scan_id_taken", _("This scan belongs to another session."))
        )
    return Answered(scan, line)
