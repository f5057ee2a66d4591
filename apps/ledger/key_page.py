"""`/log/keys`: the keys of one shard of this log, with the entries that name them, for whoever pinned an older one."""

from __future__ import annotations

from apps.ledger.evidence import Wanted, evidence_of, genesis_evidence
from apps.ledger.models import LogKeyChange
from apps.ledger.selectors import published_size
from pharmatrace.kernel.evidence.bundle import EventEvidence
from pharmatrace.kernel.evidence.key_page import write_page


def key_page(*, size: int | None = None, first: int = 0) -> bytes | None:
    """The page of the shard that begins at `first`, as far as it is published, or to `size` entries; None before there
    are any. Raises NoEvidence."""
    size = published_size(first=first) if size is None else size
    if not size:
        return None
    return write_page(
        genesis_evidence(size=size, first=first), log_key_evidence(size=size, first=first)
    )


def log_key_evidence(*, size: int, first: int = 0) -> tuple[EventEvidence, ...]:
    """The entries from `first`, below `size`, that named later keys of the log, whole. One query where there are none,
    five more where there are."""
    changes = LogKeyChange.objects.filter(
        statement__entry__index__lt=size, statement__entry__index__gte=first
    )
    ids = list(changes.order_by("statement__entry__index").values_list("statement_id", flat=True))
    return tuple(evidence_of([Wanted(id) for id in ids], size=size)) if ids else ()
