"""What is checked on the server while somebody waits: the first and the newest statement about a package (and,
where an earlier one was declared wrong, that of the commissioning that stands), their place in the log, the log's
newest anchored checkpoint, its witnesses, and the anchor.

Everything is computed from what lies in the tables at this moment. Two results are remembered in the
process, each under a key that changes with any of the bytes it was computed from.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.anchors.journal.backend import NAME as JOURNAL
from apps.anchors.journal.backend import journal
from apps.anchors.journal.file import JournalDamaged
from apps.anchors.models import Anchor
from apps.custody.models import CustodyEvent
from apps.ledger import selectors as ledger
from apps.ledger.models import Checkpoint
from apps.ledger.selectors import as_published
from apps.ledger.shards import shards
from apps.verify.log_verifier import verifier_for
from apps.verify.record import Record
from apps.verify.statements import Stated, StatementFault, load_stated
from apps.verify.witnessed import witnessed
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.tlog.checkpoint import CheckpointError, parse_checkpoint
from pharmatrace.kernel.tlog.note import NoteError, Verifier, open_note
from pharmatrace.kernel.tlog.proofs import ProofError, check_inclusion
from pharmatrace.kernel.tlog.tree import leaf_hash


class State(StrEnum):
    HOLDS = "holds"
    WAITING = "waiting"
    UNCHECKED = "unchecked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: `name` is stable, `title` and `sentence` are for people."""

    name: str
    state: State
    title: str | Promise
    sentence: str | Promise


TITLES = {
    "facts": _("Facts"),
    "signature": _("Signature"),
    "inclusion": _("Inclusion"),
    "checkpoint": _("Checkpoint"),
    "witnesses": _("Witnesses"),
    "anchor": _("Anchor"),
}
HOLDS = {
    "facts": _("What this page says of product, lot, expiry and state is what was signed."),
    "signature": _(
        "The first and the newest statement carry the good signatures of those who made them."
    ),
    "inclusion": _("Both statements are in the public log."),
    "checkpoint": _("The log has signed the state that holds them."),
    "witnesses": _("As many independent witnesses as this site asks for have cosigned that state."),
    "anchor": _("That state of the log is also written in a journal outside of the database."),
}
WAITING = {
    "inclusion": _("The newest statement is signed and waits to be sealed into the log."),
    "checkpoint": _("The log has not yet published a state that holds the newest statement."),
    "witnesses": _("The state that holds the newest statement waits for its witnesses."),
    "anchor": _("The state of the log has not yet been written into the journal."),
}
UNCHECKED = {
    "witnesses": _("This site asks no independent witness."),
    "facts": _("Everything that was recorded about this was erased; only hashes are left."),
    "anchor": _("The journal it was written into cannot be read from this server."),
}
FAILED = {
    "facts": _("What is recorded now differs from what was signed."),
    "signature": _("A statement does not carry the signature it should."),
    "inclusion": _("A statement is not in the log as it should be."),
    "checkpoint": _("The log's signature on its state is wrong."),
    "witnesses": _("That state of the log is not cosigned as this site asks for."),
    "anchor": _("The journal does not hold the state of the log that it should."),
}
BESIDES = ("witnesses", "anchor")
"""Checks that a record is sealed without: where nobody is asked, or nothing anchored yet."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The checks in order, and which entries and checkpoint they were made with."""

    checks: tuple[Check, ...]
    entries: tuple[int, ...] = ()
    checkpoint_size: int | None = None

    @property
    def holds(self) -> bool:
        return all(check.state is not State.FAILED for check in self.checks)

    @property
    def witnessed(self) -> bool:
        return any(c.name == "witnesses" and c.state is State.HOLDS for c in self.checks)

    @property
    def sealed(self) -> bool:
        return all(check.state is State.HOLDS for check in self.checks if check.name not in BESIDES)


def check_record(record: Record) -> Checked:
    """Checks a record. Five queries at most, whatever the age of the package or the size of the log."""
    if not record.steps:
        return Checked(_checks({"facts": State.FAILED}))  # no package comes without an event
    kept = [step for step in record.steps if not step.erased]
    if not kept:
        return Checked(_checks({"facts": State.UNCHECKED}))
    events = [kept[0].event, record.birth.event, kept[-1].event]
    try:
        stated = load_stated({event.statement_id for event in events})
    except StatementFault:
        return Checked(_checks({"facts": State.FAILED}))
    told = [(event, stated[event.statement_id]) for event in events]
    indexes = {one.index for one in stated.values()}
    sealed = sorted(index for index in indexes if index is not None)
    anchor = _newest_anchor(above=max(sealed, default=-1))
    checkpoint = (
        as_published(anchor.checkpoint.publication) if anchor else ledger.latest_checkpoint()
    )
    states = {
        "facts": _state(_facts_hold(record, told)),
        "signature": _state(all(_signature_holds(event, one) for event, one in told)),
    }
    if None in indexes or checkpoint is None or checkpoint.size <= sealed[-1]:
        states |= dict.fromkeys(("inclusion", "checkpoint", "witnesses", "anchor"), State.WAITING)
        return Checked(_checks(states), tuple(sealed))
    states["inclusion"] = _state(_included(list(stated.values()), checkpoint))
    states["checkpoint"] = _state(_checkpoint_holds(checkpoint))
    states["witnesses"] = _witnesses_state(checkpoint)
    states["anchor"] = _anchor_state(anchor, checkpoint) if anchor else State.WAITING
    return Checked(_checks(states), tuple(sealed), checkpoint.size)


def _state(holds: bool) -> State:
    return State.HOLDS if holds else State.FAILED


def _checks(states: dict[str, State]) -> tuple[Check, ...]:
    sentences = {
        State.HOLDS: HOLDS,
        State.WAITING: WAITING,
        State.UNCHECKED: UNCHECKED,
        State.FAILED: FAILED,
    }
    return tuple(
        Check(name, state, TITLES[name], sentences[state][name]) for name, state in states.items()
    )


def _facts_hold(record: Record, told: list[tuple[CustodyEvent, Stated]]) -> bool:
    """The signed facts say what the tables say now: goods, kinds of event, package chain, state. `told` are the
    first statement, that of the commissioning that stands (most often the same), and the newest."""
    try:
        _, goods, _ = [stated.check_facts(event) for event, stated in told]
        first = record.steps[0]
        if not first.erased:
            told[0][1].check_first_of(record.package.path, position=first.position)
        return (
            (_goods_match(record, goods) or _birth_is_erased(record))
            and _chain_ends(record, told)
            and record.replayed in (None, record.status)
        )
    except StatementFault:
        return False


def _birth_is_erased(record: Record) -> bool:
    return record.birth.event.kind != Kind.COMMISSION and any(one.erased for one in record.steps)


def _goods_match(record: Record, told: dict[str, Any]) -> bool:
    batch = record.batch
    return batch is None or (
        told.get("product") == f"{RESOLVER}01/{batch.product.gtin}"
        and told.get("lot") == batch.lot
        and told.get("expiry") == batch.expiry.isoformat()
    )


def _chain_ends(record: Record, told: list[tuple[CustodyEvent, Stated]]) -> bool:
    """The head of the package is its fact in its own newest event, where that is one of these.

    Where it is none of them (it was packed, and its container moved on), the evidence bundle shows it.
    """
    own = [step for step in record.steps if step.subject_id == record.package.id]
    if not own:
        return True  # it came into being inside what is erased
    last = own[-1]
    heads = [
        stated.package_leaf(last.position) for event, stated in told if event.id == last.event.id
    ]
    return all(head == bytes(record.package.head) for head in heads)


def _signature_holds(event: CustodyEvent, stated: Stated) -> bool:
    try:
        stated.check_signature(event)
    except StatementFault:
        return False
    return True


def _newest_anchor(*, above: int) -> Anchor | None:
    """The newest checkpoint in the journal, with its anchor, if it reaches `above`."""
    anchors = Anchor.objects.filter(backend=JOURNAL, checkpoint__size__gt=above)
    return anchors.select_related("checkpoint__publication").order_by("-checkpoint_id").first()


def _included(stated: Sequence[Stated], checkpoint: Checkpoint) -> bool:
    """Each entry, made again from its statement, leads to the root of the checkpoint; one of an older shard to that of
    its final checkpoint, which the log signed too."""
    here = [one for one in stated if one.index is not None and one.index >= checkpoint.first]
    older = [one for one in stated if one.index is not None and one.index < checkpoint.first]
    if not _included_in(here, checkpoint):
        return False
    for span in shards() if older else []:
        inside = [one for one in older if span.first <= (one.index or 0) < (span.end or 0)]
        final = ledger.checkpoint_of(span.end or 0) if inside else None
        if inside and not (
            final is not None and _checkpoint_holds(final) and _included_in(inside, final)
        ):
            return False
    return True


def _included_in(stated: Sequence[Stated], checkpoint: Checkpoint) -> bool:
    first = checkpoint.first
    indexes = {one.index for one in stated if one.index is not None}
    if not indexes:
        return True
    try:
        paths = ledger.inclusions(indexes, checkpoint.size, first=first)
        for one in stated:
            assert one.index is not None
            check_inclusion(
                root=bytes(checkpoint.root),
                size=checkpoint.tree_size,
                index=one.index - first,
                leaf=leaf_hash(one.entry()),
                path=paths[one.index],
            )
    except (LookupError, ValueError, ProofError, StatementFault):
        return False
    return True


def _checkpoint_holds(checkpoint: Checkpoint) -> bool:
    try:
        vkey = verifier_for(checkpoint.note).vkey()
    except (NoteError, LookupError, ValueError, ObjectDoesNotExist):
        return False  # the genesis does not name a key any more, or the checkpoint is no note
    told = _open_checkpoint(checkpoint.note, vkey)
    return told == (checkpoint.tree_size, bytes(checkpoint.root))


@lru_cache(maxsize=64)
def _open_checkpoint(note: str, vkey: str) -> tuple[int, bytes] | None:
    """Size and root a note says, if this key signed it: depends on nothing but its arguments."""
    verifier = Verifier.parse(vkey)
    try:
        told = parse_checkpoint(open_note(note, [verifier]).text)
    except (NoteError, CheckpointError):
        return None
    return (told.size, told.root) if told.origin == verifier.name else None


def _witnesses_state(checkpoint: Checkpoint) -> State:
    found = witnessed(checkpoint.note)
    return State.UNCHECKED if found is None else _state(found)


def _anchor_state(anchor: Anchor, checkpoint: Checkpoint) -> State:
    """Whether the journal holds this very note. A line once written stays, so a hit is remembered.

    The journal may lie on another machine, and this one may have a journal of its own: that says nothing
    about the record. What does: the journal that had the line has it no more, or any journal knows another
    tree of that size.
    """
    if checkpoint.note in _seen:
        return State.HOLDS
    if not os.access(journal().path, os.R_OK):
        return State.UNCHECKED
    try:
        lines, identity = journal().tail(), journal().identity()
    except JournalDamaged:
        return State.FAILED
    if any(line.note == checkpoint.note for line in lines):
        if len(_seen) > 64:
            _seen.clear()
        _seen.add(checkpoint.note)
        return State.HOLDS
    same_size = [line.root for line in lines if line.reach == checkpoint.size]
    if any(root != bytes(checkpoint.root) for root in same_size):
        return State.FAILED
    was_here = identity is not None and anchor.receipt.get("journal") == identity
    return State.FAILED if was_here else State.UNCHECKED


_seen: set[str] = set()
