"""The order of the log, for those who read on from where they stopped.

Ids of rows are drawn before their transactions commit, so they become visible out of order: who remembers the
highest id it has seen will miss a lower one that commits later. Entries are not like that. The sealer, alone
under the lock of the head, gives consecutive indexes to statements whose transactions have committed. So once
an entry is visible, all entries before it are, and what they stand for; nothing ever comes in between.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.ledger.models import Checkpoint, Entry, Head

CLOCKS_DIFFER = timedelta(minutes=10)  # by less than this, from one machine of ours to another


def log_size() -> int:
    """How many entries there are; 0 before the log was opened."""
    return Head.objects.values_list("size", flat=True).first() or 0


def statements_between(first: int, until: int) -> list[int]:
    """The statement ids of entries `first` ≤ index < `until`, in the order of the log. One range scan."""
    entries = Entry.objects.filter(index__gte=first, index__lt=until)
    return list(entries.order_by("index").values_list("statement_id", flat=True))


def size_before(moment: datetime) -> int:
    """A size of the log such that everything recorded at or after `moment` is at that index or later."""
    if moment.year < 1970:  # before there were clocks to differ
        return 0
    sealed = Checkpoint.objects.filter(signed_at__lt=moment - CLOCKS_DIFFER)
    return sealed.order_by("-size").values_list("size", flat=True).first() or 0
