"""The counts of what is on its way against the packages themselves."""

from __future__ import annotations

from collections.abc import Iterator

from apps.custody.underway import counted_anew, kept
from apps.ledger.audits import Finding, Span, register_for_span


@register_for_span("deliveries")
def counts_follow_from_packages(span: Span) -> Iterator[Finding]:
    """Every kept count is what its packages say. With the whole log only: it looks at all that is on its way."""
    if not span.is_whole:
        return
    stored, counted = kept(), counted_anew()
    for key in sorted(stored.keys() | counted.keys(), key=str):
        if stored[key] != counted[key]:
            sender, consignee, shipment, shipped_at = key
            yield Finding(
                f"delivery of event {shipment} from {sender} to {consignee} at {shipped_at.isoformat()}",
                f"{stored[key]} packages are kept as on their way; the packages themselves are {counted[key]}.",
            )
