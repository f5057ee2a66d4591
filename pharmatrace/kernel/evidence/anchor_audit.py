"""The anchors of a public log for its audit: every page, every token and proof, against what the auditor brings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pharmatrace.kernel.evidence import anchor_forms as form
from pharmatrace.kernel.evidence.anchor_checks import outside
from pharmatrace.kernel.evidence.anchor_page import NEWEST, AnchorPage, Shown, page_path, read_page
from pharmatrace.kernel.evidence.anchor_stamped import AnchorError, Unconfirmed
from pharmatrace.kernel.evidence.anchor_trust import AnchorTrust
from pharmatrace.kernel.tlog.audit import Finding, Missing, Source
from pharmatrace.kernel.tlog.audit_heads import Heads
from pharmatrace.kernel.tlog.checkpoint import CheckpointError
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import NoteError


@dataclass(slots=True)
class Anchored:
    """How many anchors hold, and how many say nothing wrong but need more from the auditor; by kind."""

    hold: Counter[str] = field(default_factory=Counter)
    unconfirmed: Counter[str] = field(default_factory=Counter)


def audit_anchors(
    source: Source, heads: Heads, log: LogKeys, *, above: int, trust: AnchorTrust, counts: Anchored
) -> Iterator[Finding]:
    """Pages from the newest back to size `above`, which is not looked at; fills `counts`.

    A log without such pages is not anchored, which is no finding. Checkpoints published since the audit began
    are passed over.
    """
    path = NEWEST
    try:
        while True:
            page = read_page(source.read(path))
            if path not in (NEWEST, page_path(page.size)):
                raise AnchorError(f"it is the page of {page.size}")
            if page.size <= above:
                return
            if page.size <= heads.newest.size:
                yield from _check(source, page, heads, log, trust, counts)
            if page.previous is None:
                return
            path = page_path(page.previous)
    except Missing:
        if path != NEWEST:
            yield Finding(path, "The page of anchors is not there.")
    except AnchorError as fault:
        yield Finding(path, f"{fault}.")


def _check(
    source: Source,
    page: AnchorPage,
    heads: Heads,
    log: LogKeys,
    trust: AnchorTrust,
    counts: Anchored,
) -> Iterator[Finding]:
    path = page_path(page.size)
    try:
        _, found = log.open(page.note)
    except (NoteError, CheckpointError) as fault:
        yield Finding(path, f"It shows no checkpoint of this log: {fault}.")
        return
    known = heads.newest.root if page.size == heads.newest.size else heads.roots.get(page.size)
    if (found.size, found.root) != (page.size, known):
        yield Finding(path, "Its checkpoint is none that the log published: a split view.")
        return
    for number, one in enumerate(page.anchors):
        try:
            anchor = _form(source, one, page.note)
            if anchor is None:
                counts.unconfirmed[one.kind] += 1
                continue
            outside(anchor, found, log.at(found.size), trust)
            counts.hold[one.kind] += 1
        except Unconfirmed:
            counts.unconfirmed[one.kind] += 1
        except Missing:
            yield Finding(f"anchors/{one.file}", "The file is not there.")
        except AnchorError as fault:
            place = f"anchors/{one.file}" if one.file else f"{path}, anchor {number}"
            yield Finding(place, f"{one.kind}: {fault}.")


def _form(source: Source, one: Shown, note: str) -> form.Anchor | None:
    """None for a kind that is not known here. Raises Missing."""
    if one.kind == "rfc3161":
        return form.TimeStampAnchor(note, source.read(f"anchors/{one.file}"))
    if one.kind == "opentimestamps":
        return form.OpenTimestampsAnchor(note, source.read(f"anchors/{one.file}"))
    if one.kind == "evm" and one.record:
        return form.EvmAnchor(note, one.record)
    return None
