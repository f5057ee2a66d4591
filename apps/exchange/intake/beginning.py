"""A file becomes a job: copied, hashed, recognised, read to its end, queued. Begun again, it goes on where it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from apps.exchange.intake.epcis_files import json_lines, xml_lines
from apps.exchange.intake.gathering import gather
from apps.exchange.intake.lines import Line
from apps.exchange.intake.recognising import Form, recognise
from apps.exchange.intake.sender import Sender
from apps.exchange.intake.steps import KIND, MOST_TOGETHER
from apps.exchange.intake.tables import read_table
from apps.exchange.intake.telling import told
from apps.exchange.intake.work import Work
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from pharmatrace.kernel.refusal import Refused

MOST_OCTETS = 8 * 1024**3


@dataclass(frozen=True, slots=True)
class Begun:
    """`manifest` is what the acknowledgement says about the file; `job` is None where the file was refused."""

    manifest: dict[str, Any]
    job: Job | None


def begin(
    *, work: Work, source: BinaryIO | Refused, name: str, sender: Sender, at: datetime
) -> Begun:
    """Reads all of the file before anything of it is recorded: half a file is refused whole.

    Call it with `work` held. `source` is the opened file, or why it could not be opened.
    """
    manifest = work.manifest()
    if manifest is None:
        manifest = _read(work, source, name=name, sender=sender, at=at)
        work.write_manifest(manifest)
    if manifest["reasons"]:
        return Begun(manifest, None)
    return Begun(manifest, _job(work, manifest, at=at))


def _read(
    work: Work, source: BinaryIO | Refused, *, name: str, sender: Sender, at: datetime
) -> dict[str, Any]:
    manifest: dict[str, Any] = {
        "id": str(uuid4()),
        "file": name,
        "sha256": None,
        "octets": None,
        "form": None,
        "received_at": at.isoformat(),
        "sender": sender.as_json(),
        "lines": 0,
        "reasons": [],
    }
    try:
        if isinstance(source, Refused):
            raise source
        manifest["sha256"], manifest["octets"] = work.take_copy(source, most=MOST_OCTETS)
        manifest["form"] = recognise(work.copy)
        manifest["lines"] = work.write_lines(_lines(work, manifest["form"], sender))
        if not manifest["lines"]:
            raise Refused.one("nothing_here", "The file has neither events nor rows.")
        if sender.mode == "rollback" and manifest["lines"] > MOST_TOGETHER:
            raise Refused.one(
                "too_many_together",
                f"At most {MOST_TOGETHER:,} events stand or fall as one; this file has {manifest['lines']:,}.",
            )
    except Refused as no:
        manifest["reasons"] = told(no.refusals)
    return manifest


def _lines(work: Work, form: Form, sender: Sender) -> Iterator[Line]:
    if form == "json":
        return json_lines(work.copy)
    if form == "xml":
        return xml_lines(work.copy)
    return gather(read_table(work.copy, form, sender.timezone), sender)


def _job(work: Work, manifest: dict[str, Any], *, at: datetime) -> Job:
    there = Job.objects.filter(pk=manifest["id"]).first()
    if there is not None:
        return there
    sender = manifest["sender"]
    return enqueue(
        id=UUID(manifest["id"]),
        kind=KIND,
        title=f"File {manifest['file']}",
        owner_id=sender["user"],
        organisation_id=UUID(sender["organisation"]),
        parameters={
            "work": work.name,
            "membership": sender["membership"],
            "mode": sender["mode"],
            "read_to": 0,
            "totals": {},
        },
        total=manifest["lines"],
        at=at,
    )
