"""A transaction is signed and stored, then sent, then watched until enough blocks are on top of it.

Stored before it is sent, it can be sent again after a crash or when blocks are thrown away (a reorganisation): it
carries its number, so it counts once. What the contract holds is asked first, so that nothing is told twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from apps.anchors.backends import (
    Backend,
    Done,
    Hopeless,
    NotConfigured,
    Pending,
    Rhythm,
    Told,
    Trouble,
)
from apps.anchors.evm.account import NoKey, read_key
from apps.anchors.evm.sending import Sending
from apps.anchors.rfc3161.authorities import is_address

if TYPE_CHECKING:
    from apps.anchors.evm.node import Event, Node

NAME = "evm"
CONTRACT = re.compile(r"0x[0-9a-fA-F]{40}")
LOOK_AGAIN = timedelta(seconds=30)
PAY_MORE_AFTER = timedelta(hours=1)
AT_ONCE = timedelta(0)


def configured() -> Backend:
    """Raises ImproperlyConfigured."""
    if not settings.ANCHOR_EVM_NODE:
        return NotConfigured(NAME, "set ANCHOR_EVM_NODE, _CHAIN_ID, _CONTRACT and _KEY_FILE")
    if not is_address(settings.ANCHOR_EVM_NODE):
        raise ImproperlyConfigured("ANCHOR_EVM_NODE is no address of a node (https://…).")
    if not CONTRACT.fullmatch(settings.ANCHOR_EVM_CONTRACT) or settings.ANCHOR_EVM_CHAIN_ID < 1:
        raise ImproperlyConfigured(
            "ANCHOR_EVM_NODE is set: ANCHOR_EVM_CONTRACT (0x and 40 digits) and ANCHOR_EVM_CHAIN_ID must be"
            " too. manage.py deploy_anchor_contract makes a contract."
        )
    if not settings.ANCHOR_EVM_KEY_FILE:
        raise ImproperlyConfigured("ANCHOR_EVM_NODE is set: ANCHOR_EVM_KEY_FILE must be too.")
    try:
        from apps.anchors.evm.node import Node
    except ImportError:
        return NotConfigured(NAME, "web3 is missing: pip install -r requirements/evm.txt")
    contract = settings.ANCHOR_EVM_CONTRACT.lower()
    return Evm(
        node=Node(settings.ANCHOR_EVM_NODE, contract),
        chain_id=settings.ANCHOR_EVM_CHAIN_ID,
        contract=contract,
        confirmations=settings.ANCHOR_EVM_CONFIRMATIONS,
        rhythm=Rhythm(timedelta(seconds=settings.ANCHOR_EVM_EVERY), settings.ANCHOR_EVM_ENTRIES),
    )


@dataclass(frozen=True, slots=True)
class Evm:
    node: Node
    chain_id: int
    contract: str
    confirmations: int
    rhythm: Rhythm
    name: str = NAME
    serial: bool = True  # transactions of one account are numbered
    missing: str = ""

    def targets(self) -> Sequence[str]:
        return [f"{self.chain_id}:{self.contract}"]

    def step(self, told: Told, target: str, progress: bytes, *, at: datetime) -> Pending | Done:
        from apps.anchors.evm.node import NodeFault, address_of

        try:
            key = read_key()
            if (chain := self.node.chain_id()) != self.chain_id:
                raise Trouble(f"the node is of the chain {chain}, not {self.chain_id}")
            sender = address_of(key)
            if not progress:
                return self._begin(told, key, sender, at)
            return self._follow(told, Sending.read(progress), key, sender, at)
        except (NodeFault, NoKey) as fault:
            raise Trouble(str(fault)) from fault

    def _begin(self, told: Told, key: bytes, sender: str, at: datetime) -> Pending | Done:
        """Signs; nothing is sent before that is stored."""
        if known := self._known(told, sender):
            return known
        return self._sign(told, key, self.node.used(sender), None, at)

    def _sign(
        self, told: Told, key: bytes, nonce: int, before: Sending | None, at: datetime
    ) -> Pending:
        fees = self.node.fees()
        if before is not None:
            fees = fees.raised_above(before.fees)
        raw, hash = self.node.sign(
            key, chain_id=self.chain_id, nonce=nonce, fees=fees,
            told=(told.origin, told.size, told.root),
        )  # fmt: skip
        return Pending(Sending(raw, hash, nonce, fees, at).write(), AT_ONCE, "signed, not sent yet")

    def _follow(
        self, told: Told, sent: Sending, key: bytes, sender: str, at: datetime
    ) -> Pending | Done:
        receipt = self.node.receipt(sent.hash)
        if receipt is None:
            return self._send(told, sent, key, sender, at)
        if receipt["status"] != 1:
            if known := self._known(told, sender):
                return known
            raise Hopeless("the contract refused the transaction")
        events = [one for one in self.node.events_in(receipt) if self._is(one, told, sender)]
        if len(events) != 1:
            raise Hopeless("the transaction did not tell this checkpoint to the contract")
        return self._confirmed(events[0], sent.write())

    def _send(
        self, told: Told, sent: Sending, key: bytes, sender: str, at: datetime
    ) -> Pending | Done:
        """It is in no block: never sent, still waiting, or its block was thrown away."""
        if known := self._known(told, sender, sent.write()):
            return known
        if self.node.used(sender) > sent.nonce:
            return Pending(b"", AT_ONCE, "another transaction took its number: signed anew")
        if at - sent.signed_at >= PAY_MORE_AFTER:
            return self._sign(told, key, sent.nonce, sent, at)
        self.node.send(sent.raw)
        return Pending(sent.write(), LOOK_AGAIN, "sent, in no block yet")

    def _known(self, told: Told, sender: str, progress: bytes = b"") -> Pending | Done | None:
        """What comes of it when the contract is as far already, by whichever transaction of ours."""
        head = self.node.head(sender, told.origin)
        if head.size < told.size:
            return None
        if head.size > told.size:
            raise Hopeless(f"the contract holds {head.size} entries already, which cover these")
        if head.root != told.root:
            raise Hopeless(
                f"the contract holds another tree of {head.size} entries: two histories were told"
            )
        for event in self.node.events_at(head.block):
            if self._is(event, told, sender):
                return self._confirmed(event, progress)
        raise Trouble(f"the node does not show the event in block {head.block}")

    def _confirmed(self, event: Event, progress: bytes) -> Pending | Done:
        deep = self.node.block() - event.block + 1
        if deep < self.confirmations:
            sentence = f"in block {event.block}; {deep} of {self.confirmations} blocks"
            return Pending(progress, LOOK_AGAIN, sentence)
        told_at = datetime.fromtimestamp(self.node.block_time(event.block), UTC)
        record: dict[str, Any] = {
            "chain_id": self.chain_id,
            "contract": self.contract,
            "sender": event.sender,
            "transaction": event.transaction,
            "block": event.block,
            "block_hash": event.block_hash,
            "log_index": event.log_index,
        }
        return Done({"time": told_at.isoformat(), **record})

    def _is(self, event: Event, told: Told, sender: str) -> bool:
        from apps.anchors.evm.node import hashed

        return (event.sender, event.origin, event.size, event.root) == (
            sender, hashed(told.origin), told.size, told.root,
        )  # fmt: skip
