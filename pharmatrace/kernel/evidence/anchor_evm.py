"""Receipts of our contract on an EVM chain, against what the reader's own node says of the transaction.

What it proves: the contract accepted this size and root from the log's address in that block; a smaller or equal
size it would have refused. Without the answer of a node that the reader trusts it proves nothing: the receipt is
only the operator's word where to look.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from pharmatrace.kernel.evidence.anchor_forms import EvmRecord
from pharmatrace.kernel.evidence.anchor_stamped import AnchorError, Unconfirmed
from pharmatrace.kernel.evidence.anchor_trust import AnchorTrust
from pharmatrace.kernel.tlog.checkpoint import Checkpoint

ANCHORED = "0x3d0c97912257c6ad70e8f6fc81ae518ad3e14734d308b512c2729cc637a4b0b1"
"""keccak-256 of `Anchored(address,bytes32,uint64,bytes32)`: topic 0 of the contract's event."""


def check_record(record: EvmRecord, *, anchored: Checkpoint, trust: AnchorTrust) -> None:
    """Raises AnchorError, and Unconfirmed without a receipt by the reader's node, or an address to hold it to."""
    receipt = trust.evm_receipts.get(record.transaction)
    if receipt is None:
        raise Unconfirmed(
            f"it is said to be in the transaction {record.transaction} on the chain {record.chain_id}: ask a"
            " node of yours for eth_getTransactionReceipt, and give the answer (--evm-receipt)"
        )
    if _number(receipt.get("status")) != 1:
        raise AnchorError("the transaction was refused")
    found = (str(receipt.get("blockHash")).lower(), _number(receipt.get("blockNumber")))
    if found != (record.block_hash, record.block):
        raise AnchorError("the transaction is in another block")
    logs = receipt.get("logs")
    entries = [one for one in logs if isinstance(one, Mapping)] if isinstance(logs, list) else []
    event = next((one for one in entries if _number(one.get("logIndex")) == record.log_index), None)
    if event is None or not _is(event, record, anchored):
        raise AnchorError("the transaction does not tell the contract this size and root")
    if record.sender not in trust.evm_senders:
        raise Unconfirmed(
            f"your node confirms it, but anybody can write as {record.sender}: compare the address with"
            " the published one (--evm-sender)"
        )


def _is(event: Mapping[str, Any], record: EvmRecord, anchored: Checkpoint) -> bool:
    origin = sha256(anchored.origin.encode()).hexdigest()
    topics = [ANCHORED, f"0x{record.sender[2:]:0>64}", f"0x{origin}"]
    told = event.get("topics")
    return (
        str(event.get("address")).lower() == record.contract
        and isinstance(told, list)
        and [str(topic).lower() for topic in told] == topics
        and str(event.get("data")).lower() == f"0x{anchored.size:064x}{anchored.root.hex()}"
    )


def _number(value: object) -> int | None:
    """Nodes write numbers as 0x…, tools as decimals."""
    if isinstance(value, int):
        return value
    try:
        return int(value, 16 if value.startswith("0x") else 10) if isinstance(value, str) else None
    except ValueError:
        return None
