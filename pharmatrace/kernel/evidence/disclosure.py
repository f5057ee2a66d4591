"""Disclosure: which of an event's facts a reader is shown, and the evidence for just those."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from pharmatrace.kernel.evidence.fact_paths import fact_paths
from pharmatrace.kernel.evidence.facts import PACKAGE, fact_leaves, facts_root, salt
from pharmatrace.kernel.evidence.shown import (
    EventEvidence,
    HiddenStatement,
    ShownFact,
    ShownStatement,
)
from pharmatrace.kernel.evidence.statement import EntryType, signature_digest, signature_salt

DECLARATION = "ErrorDeclaration"
"""The fact `type` of a statement that takes another one back; no type of EPCIS event."""

PUBLIC_FACTS = frozenset(
    (
        "type",
        "action",
        "time",
        "step",
        "disposition",
        "product",
        "lot",
        "expiry",
        "manufacturer",
        "role",
        "country",
        "recorder",
        "declares",
        "reason",
        PACKAGE,
    )
)
"""What anybody may see who holds the pack: never a place or a trading partner."""


def disclose_event(
    *,
    type: EntryType,
    index: int,
    secret: bytes,
    facts: Sequence[tuple[str, Any]],
    packages: Sequence[tuple[str, int, bytes | None]] = (),
    cose: bytes,
    path: Sequence[bytes],
    epcs: Collection[str] = (),
    names: Collection[str] | None = None,
    show_statement: bool = True,
) -> EventEvidence:
    """Evidence for one log entry.

    `index` and `path` are its place in the log and the inclusion path there; `facts` and `packages`
    are all that the statement states, in order. Shown are the facts named in `names` (all if None)
    and the package facts of `epcs`. Raises ValueError for facts that cannot be a statement's.
    """
    leaves = fact_leaves(secret=secret, facts=facts, packages=packages)
    stated: list[tuple[str, Any]] = [*facts, *((PACKAGE, list(item)) for item in packages)]
    wanted = [at for at, (name, _) in enumerate(facts) if names is None or name in names]
    wanted += [at for at, (epc, _, _) in enumerate(packages, len(facts)) if epc in epcs]
    paths = fact_paths(leaves, wanted)
    shown = tuple(ShownFact(salt(secret, at), *stated[at], paths[at]) for at in wanted)
    over = signature_salt(secret)
    signature = (
        ShownStatement(over, cose)
        if show_statement
        else HiddenStatement(signature_digest(over, cose))
    )
    return EventEvidence(type, index, facts_root(leaves), shown, signature, tuple(path))
