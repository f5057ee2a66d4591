"""`/log/keys`: the keys of this log, with the entries that name them, for whoever pinned an older one."""

from __future__ import annotations

from apps.ledger.evidence import Wanted, evidence_of, genesis_evidence
from apps.ledger.models import LogKeyChange
from apps.ledger.selectors import published_size
from pharmatrace.kernel.evidence.bundle import EventEvidence
from pharmatrace.kernel.evidence.key_page import write_page


def key_page(*, size: int | None = None) -> bytes | None:
    """The page as far as the log is published, or to `size` entries; None before there are any. Raises NoEvidence."""
    size = published_size() if size is None else size
    if not size:
        return None
    return write_page(genesis_evidence(size=size), log_key_evidence(size=size))


def log_key_evidence(*, size: int) -> tuple[EventEvidence, ...]:
    """The entries among the first `size` that named later keys of the log, whole. One query where there are none, four
    more where there are."""
    changes = LogKeyChange.objects.filter(statement__entry__index__lt=size)
    ids = list(changes.order_by("statement__entry__index").values_list("statement_id", flat=True))
    return tuple(evidence_of([Wanted(id) for id in ids], size=size)) if ids else ()
