"""An EVM on loopback: eth-tester behind JSON-RPC over HTTP, with our contract deployed."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_tester import EthereumTester, PyEVMBackend
from eth_tester.exceptions import TransactionFailed
from web3 import EthereumTesterProvider, Web3
from web3.middleware import combine_middleware

from apps.anchors.evm.node import CONTRACT, address_of
from tests.anchors.openssl_tsa import Answer, serving

KEY, OTHER_KEY = b"\x11" * 32, b"\x22" * 32


class Chain:
    """`held_back` transactions are taken and not put into a block; `silent` makes the node answer 503."""

    def __init__(self) -> None:
        self.tester = EthereumTester(PyEVMBackend())
        self.provider = EthereumTesterProvider(self.tester)
        self.web3 = Web3(self.provider)
        self.ask = combine_middleware(
            middleware=tuple(self.provider._middleware),
            w3=self.web3,
            provider_request_fn=self.provider.make_request,
        )
        self.held_back = False
        self.silent = False
        self.methods: list[str] = []
        rich = self.tester.get_accounts()[0]
        for key in (KEY, OTHER_KEY):
            self.web3.eth.send_transaction(
                {"from": rich, "to": Account.from_key(key).address, "value": 10**20}
            )
        made = self.web3.eth.contract(abi=CONTRACT["abi"], bytecode=CONTRACT["bytecode"])
        receipt = self.web3.eth.wait_for_transaction_receipt(
            made.constructor().transact({"from": rich})
        )
        self.address = str(receipt["contractAddress"])
        self.contract = self.web3.eth.contract(address=self.address, abi=CONTRACT["abi"])

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        asked = json.loads(body)
        self.methods.append(asked["method"])
        if self.silent:
            return 503, b"", {}
        if asked["method"] == "eth_sendRawTransaction" and self.held_back:
            return self._told(asked, {"result": "0x" + "0" * 64})
        try:
            return self._told(asked, self.ask(asked["method"], asked["params"]))
        except TransactionFailed as refused:
            return self._told(asked, {"error": {"code": 3, "message": str(refused)}})

    def mine(self, blocks: int = 1) -> None:
        self.tester.mine_blocks(blocks)

    def tell(self, key: bytes, origin: bytes, size: int, root: bytes) -> Any:
        """The receipt of a transaction by somebody, straight to the contract, whatever a node would say first."""
        sender = Account.from_key(key).address
        call = self.contract.functions.anchor(origin, size, root)
        built = call.build_transaction(
            {"from": sender, "gas": 200_000, "nonce": self.web3.eth.get_transaction_count(sender)}
        )
        raw = Account.sign_transaction(built, key).raw_transaction
        return self.web3.eth.wait_for_transaction_receipt(self.web3.eth.send_raw_transaction(raw))

    def latest(self, key: bytes, origin: bytes) -> Any:
        sender = Web3.to_checksum_address(address_of(key))
        return self.contract.functions.latest(sender, origin).call()

    def _told(self, asked: Any, answer: Any) -> Answer:
        kept = {name: answer[name] for name in ("result", "error") if answer.get(name) is not None}
        if not kept:
            kept = {"result": None}
        if isinstance(kept.get("error"), str):
            kept = {"error": {"code": -32000, "message": kept["error"]}}
        told = {"jsonrpc": "2.0", "id": asked["id"], **kept}
        return 200, Web3.to_json(told).encode(), {"Content-Type": "application/json"}


@contextmanager
def chain_for(settings: Any, folder: Path, *, confirmations: int = 1) -> Iterator[Chain]:
    """The chain, and the settings that point to it."""
    chain = Chain()
    key = folder / "evm.key"
    key.write_text(KEY.hex() + "\n")
    key.chmod(stat.S_IRUSR | stat.S_IWUSR)
    with serving(chain.answer) as url:
        settings.ANCHOR_EVM_NODE = url
        settings.ANCHOR_EVM_CHAIN_ID = chain.web3.eth.chain_id
        settings.ANCHOR_EVM_CONTRACT = chain.address
        settings.ANCHOR_EVM_KEY_FILE = str(key)
        settings.ANCHOR_EVM_CONFIRMATIONS = confirmations
        yield chain
