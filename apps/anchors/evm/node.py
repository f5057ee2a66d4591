"""What we ask of a node: our contract's newest head, transactions, receipts. The only module that imports web3.

Importing it raises ImportError where web3 is not installed (requirements/evm.txt).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from eth_account import Account
from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import TransactionNotFound, Web3Exception
from web3.providers.base import JSONBaseProvider
from web3.types import Nonce, RPCEndpoint, RPCResponse, TxParams, Wei

from apps.anchors.asking import Unreachable, post

CONTRACT = json.loads((Path(__file__).parent / "contract" / "anchors.json").read_text())


class NodeFault(Exception):
    """The node does not answer, or not as it should. The text holds no address: that may hold a password."""


@dataclass(frozen=True, slots=True)
class Fees:
    """In wei, per unit of gas (EIP-1559)."""

    tip: int
    most: int

    def raised_above(self, before: Fees) -> Fees:
        """Enough more for nodes to let a transaction take the place of another (a tenth, at least)."""
        return Fees(
            max(self.tip, before.tip * 9 // 8 + 1), max(self.most, before.most * 9 // 8 + 1)
        )


@dataclass(frozen=True, slots=True)
class Head:
    """What the contract holds of a log: size 0 for nothing. `block` is where it was written."""

    size: int
    root: bytes
    block: int


@dataclass(frozen=True, slots=True)
class Event:
    """The contract's event, and where it stands. Hashes in hexadecimal after 0x."""

    origin: bytes
    size: int
    root: bytes
    sender: str
    transaction: str
    block: int
    block_hash: str
    log_index: int


class _Posting(JSONBaseProvider):
    """JSON-RPC through `asking`: bounded, no redirects, no proxies."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        body = self.encode_rpc_request(method, params)
        return self.decode_rpc_response(post(self.url, body, {"Content-Type": "application/json"}))


class Node:
    """`contract` is its address, with or without capitals. Everything raises NodeFault."""

    def __init__(self, url: str, contract: str) -> None:
        self.web3 = Web3(_Posting(url))
        self.contract = self.web3.eth.contract(
            address=Web3.to_checksum_address(contract), abi=CONTRACT["abi"]
        )

    def chain_id(self) -> int:
        with _told():
            return int(self.web3.eth.chain_id)

    def block(self) -> int:
        with _told():
            return int(self.web3.eth.block_number)

    def block_time(self, number: int) -> int:
        with _told():
            return int(self.web3.eth.get_block(number)["timestamp"])

    def head(self, sender: str, origin: str) -> Head:
        with _told():
            asked = self.contract.functions.latest(Web3.to_checksum_address(sender), hashed(origin))
            size, root, block = asked.call()
            return Head(int(size), bytes(root), int(block))

    def used(self, sender: str) -> int:
        """How many transactions of the sender are in blocks: the next has this number."""
        with _told():
            return int(self.web3.eth.get_transaction_count(Web3.to_checksum_address(sender)))

    def fees(self) -> Fees:
        with _told():
            base = int(self.web3.eth.get_block("latest").get("baseFeePerGas", 0))
            tip = int(self.web3.eth.max_priority_fee)
            return Fees(tip, 2 * base + tip)

    def sign(
        self, key: bytes, *, chain_id: int, nonce: int, fees: Fees, told: tuple[str, int, bytes]
    ) -> tuple[bytes, str]:
        """The signed transaction that tells (origin, size, root), and its hash. Nothing is sent."""
        origin, size, root = told
        with _told():
            call = self.contract.functions.anchor(hashed(origin), size, root)
            sender = address_of(key)
            gas = call.estimate_gas({"from": Web3.to_checksum_address(sender)})
            wanted: TxParams = {
                "from": Web3.to_checksum_address(sender), "chainId": chain_id, "nonce": Nonce(nonce),
                "gas": gas + gas // 4,
                "maxFeePerGas": Wei(fees.most), "maxPriorityFeePerGas": Wei(fees.tip),
            }  # fmt: skip
            made = call.build_transaction(wanted)
            signed = Account.sign_transaction(made, key)
            return bytes(signed.raw_transaction), _hex(signed.hash)

    def send(self, raw: bytes) -> None:
        """Sent twice it is one transaction: its number is in it."""
        with _told():
            try:
                self.web3.eth.send_raw_transaction(HexBytes(raw))
            except Web3Exception as fault:
                if "already known" not in str(fault).lower():
                    raise

    def receipt(self, transaction: str) -> Any | None:
        """None while it is in no block."""
        with _told():
            try:
                return self.web3.eth.get_transaction_receipt(HexBytes(transaction))
            except TransactionNotFound:
                return None

    def events_in(self, receipt: Any) -> list[Event]:
        """The contract's events in a transaction."""
        with _told():
            ours = [one for one in receipt["logs"] if one["address"] == self.contract.address]
            return [_event(self.contract.events.Anchored().process_log(one)) for one in ours]

    def events_at(self, block: int) -> list[Event]:
        """The contract's events in a block."""
        with _told():
            found = self.contract.events.Anchored().get_logs(from_block=block, to_block=block)
            return [_event(one) for one in found]


def deploy(url: str, key: bytes, *, wait: float) -> tuple[int, str]:
    """Puts the contract on the node's chain: (chain id, address), when it is in a block. Raises NodeFault."""
    with _told():
        web3 = Web3(_Posting(url))
        sender = Web3.to_checksum_address(address_of(key))
        contract = web3.eth.contract(abi=CONTRACT["abi"], bytecode=CONTRACT["bytecode"])
        made = contract.constructor().build_transaction(
            {"from": sender, "nonce": web3.eth.get_transaction_count(sender)}
        )
        sent = web3.eth.send_raw_transaction(Account.sign_transaction(made, key).raw_transaction)
        receipt = web3.eth.wait_for_transaction_receipt(sent, timeout=wait)
        if receipt["status"] != 1:
            raise NodeFault("the chain refused the contract")
        return int(web3.eth.chain_id), str(receipt["contractAddress"]).lower()


def address_of(key: bytes) -> str:
    """The account's address, lower case."""
    return str(Account.from_key(key).address).lower()


def hashed(origin: str) -> bytes:
    """How the contract knows a log's origin."""
    return sha256(origin.encode()).digest()


def _event(found: Any) -> Event:
    args = found["args"]
    return Event(
        bytes(args["origin"]), int(args["size"]), bytes(args["root"]), str(args["sender"]).lower(),
        _hex(found["transactionHash"]), int(found["blockNumber"]), _hex(found["blockHash"]),
        int(found["logIndex"]),
    )  # fmt: skip


def _hex(data: bytes) -> str:
    return f"0x{bytes(data).hex()}"


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Unreachable as fault:
        raise NodeFault(f"the node: {fault}") from fault
    except (Web3Exception, ValueError, TypeError, KeyError) as fault:
        raise NodeFault(f"the node: {type(fault).__name__}: {str(fault)[:150]}") from fault
