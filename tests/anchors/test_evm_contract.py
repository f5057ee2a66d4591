"""The contract: only growing sizes, each sender for themselves; and what is shipped is what the source compiles to."""

from __future__ import annotations

from pathlib import Path

import pytest
import vyper
from eth_tester.exceptions import TransactionFailed

from apps.anchors.evm.node import CONTRACT
from tests.anchors.evm_chain import KEY, OTHER_KEY, Chain

SOURCE = Path(__file__).parents[2] / "apps" / "anchors" / "evm" / "contract" / "anchors.vy"
ORIGIN, OTHER_ORIGIN = b"o" * 32, b"p" * 32
LARGEST = 2**64 - 1


@pytest.fixture(scope="module")
def chain() -> Chain:
    return Chain()


def test_the_source_compiles_to_what_is_shipped() -> None:
    made = vyper.compile_code(SOURCE.read_text(), output_formats=["abi", "bytecode"])
    assert made["bytecode"] == CONTRACT["bytecode"]
    assert made["abi"] == CONTRACT["abi"]
    assert CONTRACT["compiler"] == f"vyper {vyper.__version__.split('+')[0]}"


def test_a_growing_size_is_accepted_and_told(chain: Chain) -> None:
    chain.tell(KEY, ORIGIN, 1, b"a" * 32)
    receipt = chain.tell(KEY, ORIGIN, 7, b"b" * 32)
    assert list(chain.latest(KEY, ORIGIN)) == [7, b"b" * 32, receipt["blockNumber"]]
    (event,) = chain.contract.events.Anchored().process_receipt(receipt)
    assert (event["args"]["origin"], event["args"]["size"]) == (ORIGIN, 7)


@pytest.mark.parametrize("size", [7, 6, 1, 0])
@pytest.mark.parametrize("root", [b"b" * 32, b"c" * 32])
def test_an_equal_or_shrinking_size_is_refused(size: int, root: bytes, chain: Chain) -> None:
    if chain.latest(KEY, ORIGIN)[0] < 7:
        chain.tell(KEY, ORIGIN, 7, b"b" * 32)
    receipt = chain.tell(KEY, ORIGIN, size, root)
    assert (receipt["status"], list(receipt["logs"])) == (0, [])
    assert list(chain.latest(KEY, ORIGIN))[:2] == [7, b"b" * 32]


def test_an_empty_tree_is_refused(chain: Chain) -> None:
    assert chain.tell(KEY, b"q" * 32, 0, b"b" * 32)["status"] == 0
    with pytest.raises(TransactionFailed, match="the size does not grow"):
        chain.contract.functions.anchor(b"q" * 32, 0, b"b" * 32).call()


def test_another_sender_can_neither_change_nor_block_our_log(chain: Chain) -> None:
    before = chain.latest(KEY, OTHER_ORIGIN)
    chain.tell(OTHER_KEY, OTHER_ORIGIN, LARGEST, b"x" * 32)
    assert chain.latest(KEY, OTHER_ORIGIN) == before
    chain.tell(KEY, OTHER_ORIGIN, 1, b"a" * 32)
    assert list(chain.latest(KEY, OTHER_ORIGIN))[:2] == [1, b"a" * 32]
    assert chain.latest(OTHER_KEY, OTHER_ORIGIN)[0] == LARGEST


def test_origins_of_one_sender_are_apart(chain: Chain) -> None:
    chain.tell(KEY, b"r" * 32, 100, b"a" * 32)
    chain.tell(KEY, b"s" * 32, 1, b"a" * 32)
    assert chain.latest(KEY, b"r" * 32)[0] == 100
