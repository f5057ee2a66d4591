"""The heads of a public log for its audit: the newest checkpoint, all that were published before, who cosigned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pharmatrace.kernel.tlog.audit import Finding, Missing, Source
from pharmatrace.kernel.tlog.checkpoint import Checkpoint, CheckpointError
from pharmatrace.kernel.tlog.checkpoint_pages import page_of, page_path, read_page
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import NoteError
from pharmatrace.kernel.tlog.tiles import TileError
from pharmatrace.kernel.tlog.verifier_keys import WitnessKey


class NotThisLog(Exception):
    """There is no checkpoint signed by the key, so there is nothing to audit."""


@dataclass(slots=True)
class Heads:
    """`roots` of the checkpoints between, by size; `cosigned` counts good cosignatures by witness."""

    newest: Checkpoint
    note: str
    roots: dict[int, bytes] = field(default_factory=dict)
    cosigned: dict[str, int] = field(default_factory=dict)


def newest_head(source: Source, log: LogKeys) -> Heads:
    """The checkpoint that is served now. Raises NotThisLog."""
    try:
        note = source.read("checkpoint").decode()
        return Heads(log.open(note)[1], note)
    except Missing as fault:
        raise NotThisLog(f"there is no {fault}") from None
    except (UnicodeDecodeError, NoteError, CheckpointError) as fault:
        raise NotThisLog(f"the checkpoint is not of this log: {fault}") from None


def earlier_heads(
    source: Source,
    heads: Heads,
    log: LogKeys,
    *,
    above: int,
    witnesses: Sequence[WitnessKey] = (),
) -> Iterator[Finding]:
    """Reads the pages of checkpoints backwards down to size `above`, opens every note, and fills `heads`.

    The newest checkpoint is opened as it is served too: its page may show it with other cosignatures. Two checkpoints of one size with different roots are a split view and named as such.
    """
    try:
        log.open(heads.note, witnesses)
    except NoteError as fault:
        yield Finding("checkpoint", f"What is served is wrong: {fault}.")
    number: int | None = page_of(heads.newest.size) if heads.newest.size else None
    while number is not None and number >= (page_of(above) if above else 0):
        path = page_path(number)
        try:
            page = read_page(source.read(path), number)
        except Missing:
            yield Finding(path, "The page of checkpoints is not there.")
            return
        except TileError as fault:
            yield Finding(path, f"{fault}.")
            return
        for told in page.checkpoints:
            if told.size > above:
                yield from _take(heads, log, told.size, told.note, witnesses)
        number = page.previous


def _take(
    heads: Heads, log: LogKeys, size: int, note: str, witnesses: Sequence[WitnessKey]
) -> Iterator[Finding]:
    place = f"checkpoint {size}"
    try:
        opened, found = log.open(note, witnesses)
    except (NoteError, CheckpointError) as fault:
        yield Finding(place, f"It is no checkpoint of this log: {fault}.")
        return
    if found.size != size:
        yield Finding(place, f"Its note speaks of {found.size} entries.")
    elif size > heads.newest.size:
        return  # published after we began
    elif heads.roots.setdefault(size, found.root) != found.root or (
        size == heads.newest.size and found.root != heads.newest.root
    ):
        yield Finding(place, "The log signed two different trees of this size: a split view.")
    signed = {(one.name, one.key_id) for one in opened.verified}
    for witness in witnesses:
        if (witness.name, witness.key_id) in signed:
            heads.cosigned[witness.name] = heads.cosigned.get(witness.name, 0) + 1
