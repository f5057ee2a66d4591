"""The acknowledgement: one JSON file per input, one line per event or row, written in a stream, there whole or not."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from apps.exchange.intake.beginning import Begun
from apps.exchange.intake.durable import write_whole
from apps.exchange.intake.fates import GOOD, Fate, entries
from apps.exchange.intake.telling import as_line
from apps.exchange.intake.work import Work
from apps.jobs.models import Job
from pharmatrace.kernel.refusal import Refused

FORMAT = "pharmatrace/acknowledgement/v1"
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """`outcome` in a word, and how many lines met which fate."""

    path: Path
    outcome: Literal["recorded", "partly", "refused", "stopped"]
    totals: dict[str, int]
    reasons: list[dict[str, Any]]


def acknowledge(*, work: Work, begun: Begun, folder: Path) -> Acknowledged:
    """Writes `<name>.ack.json` into `folder`. The acknowledgement of another file of that name is kept: then ours
    has the first letters of its ID in its name. Written again after a crash, it replaces itself."""
    manifest, job = begun.manifest, begun.job
    totals = dict(job.parameters["totals"]) if job else {}
    if job and job.done < job.total:
        totals["not_taken"] = sum(1 for _ in _rest(work, job))
    outcome = _outcome(job, totals)
    text = _text(work, begun, totals, outcome)
    path = folder / ack_name(manifest["file"])
    if path.exists() and not _is_of(path, manifest["id"]):
        path = folder / ack_name(manifest["file"], manifest["id"])
    try:
        write_whole(path, text, keep=not path.exists())
    except FileExistsError:  # another file of this name was acknowledged at this moment
        path = folder / ack_name(manifest["file"], manifest["id"])
        write_whole(path, _text(work, begun, totals, outcome))
    return Acknowledged(path, outcome, totals, manifest["reasons"])


def ack_name(name: str, id: str = "") -> str:
    """At most 255 octets, however long the file's own name is."""
    short = name.encode()[:200].decode("utf-8", "ignore")
    return f"{short}.{id[:8]}.ack.json" if id else f"{short}.ack.json"


def _is_of(path: Path, id: str) -> bool:
    with path.open("rb") as file:
        return f'"id": "{id}"'.encode() in file.read(_HEAD)


def _outcome(
    job: Job | None, totals: dict[str, int]
) -> Literal["recorded", "partly", "refused", "stopped"]:
    if job is None:
        return "refused"
    if job.state != Job.State.DONE:
        return "stopped"
    good = sum(count for fate, count in totals.items() if fate in GOOD)
    if good == sum(totals.values()):
        return "recorded"
    return "partly" if good else "refused"


def _text(work: Work, begun: Begun, totals: dict[str, int], outcome: str) -> Iterator[bytes]:
    manifest, job, sender = begun.manifest, begun.job, begun.manifest["sender"]
    ended = job.finished_at.isoformat() if job and job.finished_at else manifest["received_at"]
    head: dict[str, Any] = {
        "format": FORMAT,
        "id": manifest["id"],
        "file": manifest["file"],
        "sha256": manifest["sha256"],
        "octets": manifest["octets"],
        "form": manifest["form"],
        "received_at": manifest["received_at"],
        "finished_at": ended,
        "organisation": {"gln": sender["gln"], "name": sender["name"]},
        "by": sender["email"],
        "mode": sender["mode"],
        "outcome": outcome,
        "totals": totals,
        "reasons": manifest["reasons"],
    }
    if job and job.failure:
        head["failure"] = job.failure
    yield b"{\n"
    for name, value in head.items():
        yield b" " + as_line(name) + b": " + as_line(value) + b",\n"
    yield b' "lines": ['
    between = b"\n"
    for entry in _entries(work, job):
        yield between + b"  " + entry
        between = b",\n"
    yield b"\n ]\n}\n"


def _entries(work: Work, job: Job | None) -> Iterator[bytes]:
    if job is None:
        return
    yield from work.fates(job.done)
    yield from _rest(work, job)


def _rest(work: Work, job: Job) -> Iterator[bytes]:
    """Lines that no step has come to, because the job failed or was cancelled."""
    if job.done >= job.total:
        return
    with contextlib.suppress(Refused):  # the lines are gone: that is why the job failed
        for line, _ in work.lines(start=job.parameters["read_to"]):
            yield from map(as_line, entries(line, Fate("not_taken")))
