"""Reads for the explorer: published checkpoints with who cosigned them and where they are anchored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.anchors.models import Anchor
from apps.ledger.models import Checkpoint, Entry, Statement
from apps.ledger.selectors import published_size
from pharmatrace.kernel.evidence.statement import EntryType
from pharmatrace.kernel.tlog.note import NoteError, NoteSignature, split_note

PAGE = 50
_ED25519, _TIME = 64, 8


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A signature line of a witness: by its name and key ID, as the note has it; nothing is verified here."""

    name: str
    key_id: str
    at: datetime | None


ANCHORS: dict[str, str | Promise] = {
    "journal": _("journal"),
    "rfc3161": _("time stamp"),
    "opentimestamps": "OpenTimestamps",
    "evm": _("smart contract"),
}


@dataclass(frozen=True, slots=True)
class Anchored:
    backend: str
    at: datetime

    @property
    def words(self) -> str | Promise:
        return ANCHORS.get(self.backend, self.backend)


@dataclass(frozen=True, slots=True)
class Published:
    """A checkpoint as readers see it."""

    size: int
    first: int
    root: bytes
    at: datetime
    note: str
    witnesses: tuple[Cosigned, ...]
    anchors: tuple[Anchored, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry of the log."""

    index: int
    data: bytes
    leaf: bytes

    @property
    def type(self) -> str:
        number = self.data[1]
        return EntryType(number).name.lower() if number in set(EntryType) else str(number)

    @property
    def commitment(self) -> bytes:
        return self.data[2:]


def checkpoints(*, before: int | None = None) -> list[Published]:
    """A page of them, largest first, below the size `before`. Three queries, however many there are."""
    found = _published().order_by("-size")
    return _told(found.filter(size__lt=before)[:PAGE] if before is not None else found[:PAGE])


def checkpoint_of(size: int) -> Published | None:
    """The one of exactly this size."""
    return next(iter(_told(_published().filter(size=size))), None)


def checkpoint_of_root(root: bytes) -> Published | None:
    """The one with this root hash."""
    found = _published().filter(root=root).order_by("size")
    return next(iter(_told(found[:1])), None)


def size_before(size: int, *, first: int) -> int | None:
    """The size of the published checkpoint of its shard before this one."""
    smaller = _published().filter(size__lt=size, size__gt=0, first=first).order_by("-size")
    return smaller.values_list("size", flat=True).first()


def size_that_covers(index: int) -> int | None:
    """The size of the first published checkpoint that has the entry."""
    larger = _published().filter(size__gt=index).order_by("size")
    return larger.values_list("size", flat=True).first()


def entry_at(index: int) -> Leaf | None:
    """A published entry. Two queries."""
    if not index < published_size():
        return None
    found = Entry.objects.filter(index=index).only("index", "data", "leaf").first()
    return Leaf(found.index, bytes(found.data), bytes(found.leaf)) if found else None


def entry_of_commitment(commitment: bytes) -> Leaf | None:
    """The published entry with this commitment: found by the statement, whose commitments are indexed."""
    index = (
        Statement.objects.filter(commitment=commitment)
        .values_list("entry__index", flat=True)
        .first()
    )
    return None if index is None else entry_at(index)


def _published() -> QuerySet[Checkpoint]:
    """Checkpoints that readers see, each with its publication."""
    return Checkpoint.objects.filter(publication__isnull=False).select_related("publication")


def _told(rows: Iterable[Checkpoint]) -> list[Published]:
    found = list(rows)
    anchors = _anchors([row.size for row in found])
    return [
        Published(row.size, row.first, bytes(row.root), row.signed_at, note, _witnesses(note), anchors[row.size])
        for row, note in ((row, row.publication.note) for row in found)
    ]  # fmt: skip


def _anchors(sizes: Collection[int]) -> dict[int, tuple[Anchored, ...]]:
    found: defaultdict[int, tuple[Anchored, ...]] = defaultdict(tuple)
    for row in Anchor.objects.filter(checkpoint__in=sizes).order_by("anchored_at"):
        found[row.checkpoint_id] += (Anchored(row.backend, row.anchored_at),)
    return found


def _witnesses(note: str) -> tuple[Cosigned, ...]:
    """The signature lines of others than the log, whose own bears the origin's name."""
    try:
        text, signatures = split_note(note)
    except NoteError:
        return ()
    origin = text.split("\n", 1)[0]
    return tuple(
        Cosigned(line.name, line.key_id.hex(), _time(line))
        for line in signatures
        if line.name != origin
    )


def _time(line: NoteSignature) -> datetime | None:
    """When a witness says that it cosigned (C2SP tlog-cosignature: eight bytes before the signature)."""
    if len(line.signature) < _TIME + _ED25519:
        return None
    try:
        return datetime.fromtimestamp(int.from_bytes(line.signature[:_TIME], "big"), UTC)
    except (ValueError, OverflowError, OSError):
        return None
