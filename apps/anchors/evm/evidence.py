"""The contract as a source of the guard: the largest tree that our account told it.

Sealing must not wait for a node. So it is asked once when the process starts, for twenty seconds at most, and then
beside the sealing, every ten minutes; its answer is remembered, and a node that does not answer is logged and leaves
the guard with what was known before.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Thread

import structlog

from apps.anchors.evm.account import NoKey, read_key
from apps.anchors.evm.backend import Evm, configured
from apps.ledger.guard import Evidence
from apps.ledger.shards import running_origin

log = structlog.get_logger(__name__)
ASK_EVERY = 600.0  # seconds
THREAD = "anchors-evm-evidence"


@dataclass(slots=True)
class _Memory:
    known: Evidence | None = None
    target: str = ""
    asked_at: float | None = None


_memory = _Memory()


def evidence() -> Evidence | None:
    """None where this kind is not configured, or the node never answered."""
    kind = configured()
    if not isinstance(kind, Evm):
        return None
    (target,) = kind.targets()
    now = time.monotonic()
    if _memory.target != target:
        _memory.known, _memory.target, _memory.asked_at = None, target, None
    if _memory.asked_at is None:
        _memory.asked_at = now
        _remember(kind)
    elif now - _memory.asked_at >= ASK_EVERY:
        _memory.asked_at = now
        Thread(target=_remember, args=(kind,), name=THREAD, daemon=True).start()
    return _memory.known


def _remember(kind: Evm) -> None:
    _memory.known = _ask(kind) or _memory.known


def _ask(kind: Evm) -> Evidence | None:
    from apps.anchors.evm.node import NodeFault, address_of

    origin = running_origin()
    try:
        head = kind.node.head(address_of(read_key()), origin)
    except (NodeFault, NoKey) as fault:
        log.warning("guard_without_evm", reason=str(fault))
        return None
    if head.size == 0:
        return None
    source = f"The contract {kind.contract} on the chain {kind.chain_id}"
    return Evidence(source, origin, head.size, head.root)


def forget() -> None:
    """As after a start."""
    _memory.known, _memory.asked_at = None, None
