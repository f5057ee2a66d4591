"""The EVM anchor against a chain on loopback: told once, whatever is cut off, lost, replaced or thrown away."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils import timezone

from apps.anchors.evm import evidence as source
from apps.anchors.evm.backend import configured
from apps.anchors.evm.node import address_of, hashed
from apps.anchors.models import Anchor, AnchorAttempt
from apps.anchors.telling import tell
from apps.ledger.guard import Behind
from apps.ledger.models import Checkpoint
from apps.ledger.services import open_log, seal
from tests.anchors.evm_chain import KEY, OTHER_KEY, Chain, chain_for
from tests.ledger.statements import append_some

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def only_this_kind(settings: Any) -> Iterator[None]:
    settings.ANCHOR_RFC3161, settings.ANCHOR_OPENTIMESTAMPS = [], []
    source.forget()
    yield
    source.forget()


@pytest.fixture
def chain(settings: Any, tmp_path: Path) -> Iterator[Chain]:
    with chain_for(settings, tmp_path) as chain:
        yield chain


def attempt() -> AnchorAttempt:
    return AnchorAttempt.objects.latest("begun_at")


def ours(settings: Any) -> bytes:
    return hashed(settings.LOG_ORIGIN)


def opened(entries: int = 2) -> Checkpoint:
    open_log(at=timezone.now())
    append_some(entries)
    published = seal(at=timezone.now())
    assert published
    return published


def test_a_checkpoint_is_told_to_the_contract_and_the_receipt_kept(
    chain: Chain, settings: Any
) -> None:
    newest, now = opened(), timezone.now()
    assert tell(at=now) == 2  # signed, sent
    assert tell(at=now + timedelta(seconds=30)) == 1  # found in a block
    anchor = Anchor.objects.get(backend="evm")
    assert list(chain.latest(KEY, ours(settings)))[:2] == [newest.size, bytes(newest.root)]
    receipt = chain.web3.eth.get_transaction_receipt(anchor.receipt["transaction"])
    assert anchor.receipt["block"] == receipt["blockNumber"]
    assert anchor.receipt["block_hash"] == "0x" + receipt["blockHash"].hex()
    assert anchor.receipt["sender"] == address_of(KEY)
    assert anchor.receipt["contract"] == chain.address.lower()
    assert anchor.receipt["chain_id"] == chain.web3.eth.chain_id
    assert anchor.receipt["log_index"] == receipt["logs"][0]["logIndex"]


def test_enough_blocks_must_be_on_top_of_it(chain: Chain, settings: Any) -> None:
    settings.ANCHOR_EVM_CONFIRMATIONS = 5
    opened()
    now = timezone.now()
    tell(at=now)
    tell(at=now + timedelta(minutes=1))
    assert "1 of 5 blocks" in attempt().last_error
    chain.mine(4)
    tell(at=now + timedelta(minutes=2))
    assert attempt().state == "done"


def test_the_transaction_is_stored_before_it_is_sent_and_sent_again_after_a_crash(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened()
    now = timezone.now()
    tell(at=now, most=1)
    assert "eth_sendRawTransaction" not in chain.methods
    stored = bytes(attempt().progress)
    with monkeypatch.context() as patch:
        patch.setattr("apps.anchors.telling._keep", _die)
        with pytest.raises(Killed):
            tell(at=now, most=1)  # sent, and then nothing is stored
    assert bytes(attempt().progress) == stored
    tell(at=now + timedelta(minutes=3))
    assert attempt().state == "done"
    assert chain.methods.count("eth_sendRawTransaction") == 1
    assert (
        chain.web3.eth.get_transaction_count(chain.web3.to_checksum_address(address_of(KEY))) == 1
    )


class Killed(BaseException):
    pass


def _die(*_: object) -> None:
    raise Killed


def test_a_block_that_is_thrown_away_is_made_good(chain: Chain, settings: Any) -> None:
    settings.ANCHOR_EVM_CONFIRMATIONS = 3
    opened()
    now = timezone.now()
    before = chain.tester.take_snapshot()
    tell(at=now)
    assert attempt().state == "pending"
    chain.tester.revert_to_snapshot(before)  # the reorganisation
    chain.mine(5)
    tell(at=now + timedelta(minutes=1))
    assert attempt().last_error == "sent, in no block yet"
    chain.mine(2)
    tell(at=now + timedelta(minutes=2))
    assert attempt().state == "done"
    assert chain.methods.count("eth_sendRawTransaction") == 2


def test_a_transaction_that_nobody_mines_is_replaced_by_one_that_pays_more(chain: Chain) -> None:
    opened()
    now = timezone.now()
    chain.held_back = True
    tell(at=now)
    first = json.loads(bytes(attempt().progress))
    tell(at=now + HOUR, most=1)
    second = json.loads(bytes(attempt().progress))
    assert second["nonce"] == first["nonce"]
    assert second["tip"] > first["tip"] and second["most"] > first["most"]
    chain.held_back = False
    # Of the two, the first is mined after all.
    chain.web3.eth.send_raw_transaction(bytes.fromhex(first["raw"]))
    tell(at=now + HOUR)
    assert attempt().state == "done"
    assert Anchor.objects.get(backend="evm").receipt["transaction"] == first["hash"]


def test_a_number_that_another_transaction_took_is_given_anew(chain: Chain) -> None:
    opened()
    now = timezone.now()
    chain.held_back = True
    tell(at=now)
    chain.tell(KEY, b"another log".ljust(32), 1, b"r" * 32)
    chain.held_back = False
    tell(at=now + HOUR / 2)
    tell(at=now + HOUR)
    assert attempt().state == "done"


def test_what_was_told_already_is_not_told_again(chain: Chain, settings: Any) -> None:
    newest = opened()
    receipt = chain.tell(KEY, ours(settings), newest.size, bytes(newest.root))
    tell(at=timezone.now())
    assert Anchor.objects.get(backend="evm").receipt["block"] == receipt["blockNumber"]
    assert "eth_sendRawTransaction" not in chain.methods


def test_a_contract_that_is_further_ends_it(chain: Chain, settings: Any) -> None:
    newest = opened()
    chain.tell(KEY, ours(settings), newest.size + 1, b"r" * 32)
    tell(at=timezone.now())
    assert attempt().state == "failed"
    assert "which cover these" in attempt().last_error


def test_another_tree_of_the_same_size_is_said_out_loud(chain: Chain, settings: Any) -> None:
    newest = opened()
    chain.tell(KEY, ours(settings), newest.size, b"r" * 32)
    tell(at=timezone.now())
    assert attempt().state == "failed"
    assert "two histories were told" in attempt().last_error


def test_an_attacker_who_writes_a_huge_size_blocks_nothing(chain: Chain, settings: Any) -> None:
    opened()
    chain.tell(OTHER_KEY, ours(settings), 2**64 - 1, b"x" * 32)
    tell(at=timezone.now())
    tell(at=timezone.now() + HOUR)
    assert attempt().state == "done"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [("silent", "it answers 503"), ("chain", "the node is of the chain"), ("open key", "chmod 600"),
     ("no key", "cannot be read"), ("bad key", "does not hold 32 bytes"), ("contract", "the node:")],
)  # fmt: skip
def test_what_goes_wrong_is_said_and_tried_again(
    fault: str, sentence: str, chain: Chain, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    opened()
    now = timezone.now()
    key = Path(settings.ANCHOR_EVM_KEY_FILE)
    if fault == "silent":
        chain.silent = True
    elif fault == "chain":
        settings.ANCHOR_EVM_CHAIN_ID += 1
    elif fault == "open key":
        key.chmod(0o644)
    elif fault == "no key":
        key.unlink()
    elif fault == "bad key":
        key.write_text(KEY.hex()[:-1])
    else:
        settings.ANCHOR_EVM_CONTRACT = "0x" + "1" * 40
    tell(at=now)
    assert (attempt().state, attempt().failing_since) == ("waiting", now)
    assert sentence in attempt().last_error
    assert KEY.hex()[:-1] not in attempt().last_error + caplog.text
    assert sentence in caplog.text


def test_the_key_is_in_no_row_and_in_no_line_of_the_log(
    chain: Chain, caplog: pytest.LogCaptureFixture
) -> None:
    opened()
    chain.held_back = True
    tell(at=timezone.now())
    stored = bytes(attempt().progress).decode() + repr(configured())
    chain.silent = True
    tell(at=timezone.now() + HOUR)
    assert "it answers 503" in caplog.text
    assert KEY.hex() not in stored + caplog.text


def test_one_transaction_after_the_other(chain: Chain, settings: Any) -> None:
    settings.ANCHOR_EVM_EVERY = 0
    opened()
    now = timezone.now()
    chain.held_back = True
    tell(at=now)
    append_some(1, start=50)
    seal(at=now)
    tell(at=now + timedelta(minutes=1))
    assert AnchorAttempt.objects.count() == 1


def test_a_database_behind_the_contract_does_not_seal(chain: Chain, settings: Any) -> None:
    newest = opened()
    source.forget()
    chain.tell(KEY, ours(settings), newest.size + 5, b"r" * 32)
    append_some(1, start=50)
    with pytest.raises(Behind, match=f"The contract {chain.address.lower()}"):
        seal(at=timezone.now())


def test_a_database_with_another_history_than_the_contract_does_not_seal(
    chain: Chain, settings: Any
) -> None:
    newest = opened()
    source.forget()
    chain.tell(KEY, ours(settings), newest.size, b"r" * 32)
    append_some(1, start=50)
    with pytest.raises(Behind, match="another tree"):
        seal(at=timezone.now())


def test_a_node_that_is_silent_holds_up_no_sealing_and_is_not_asked_each_time(chain: Chain) -> None:
    chain.silent = True
    opened()
    append_some(1, start=50)
    assert seal(at=timezone.now())
    assert len(chain.methods) == 1


def test_the_contract_is_asked_again_beside_the_sealing(
    chain: Chain, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = opened()
    assert source.evidence() is None
    chain.tell(KEY, ours(settings), newest.size + 5, b"r" * 32)
    assert source.evidence() is None  # not yet
    monkeypatch.setattr(source, "ASK_EVERY", 0.0)
    source.evidence()
    for thread in threading.enumerate():
        if thread.name == source.THREAD:
            thread.join()
    monkeypatch.setattr(source, "ASK_EVERY", 600.0)
    known = source.evidence()
    assert known is not None and known.size == newest.size + 5


@pytest.mark.parametrize(
    ("name", "value"),
    [("ANCHOR_EVM_NODE", "chain.example"), ("ANCHOR_EVM_CONTRACT", "0x12"),
     ("ANCHOR_EVM_CHAIN_ID", 0), ("ANCHOR_EVM_KEY_FILE", "")],
)  # fmt: skip
def test_a_setting_that_cannot_be_meant_stops_the_start(
    name: str, value: Any, chain: Chain, settings: Any
) -> None:
    setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured, match="ANCHOR_EVM"):
        configured()


def test_without_a_node_or_without_web3_it_does_nothing_and_says_so(
    chain: Chain, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "apps.anchors.evm.node", None)
    assert configured().targets() == ()
    assert "requirements/evm.txt" in configured().missing
    settings.ANCHOR_EVM_NODE = ""
    assert "ANCHOR_EVM_NODE" in configured().missing


def test_the_key_file_is_ours_alone(settings: Any, chain: Chain) -> None:
    assert stat.S_IMODE(Path(settings.ANCHOR_EVM_KEY_FILE).stat().st_mode) == 0o600


def test_a_contract_is_deployed_by_command_and_does_the_same(
    chain: Chain, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("deploy_anchor_contract")
    told = capsys.readouterr().out
    found = dict(line.split("=") for line in told.splitlines() if "=" in line)
    assert int(found["ANCHOR_EVM_CHAIN_ID"]) == chain.web3.eth.chain_id
    assert found["ANCHOR_EVM_CONTRACT"] != chain.address.lower()
    assert address_of(KEY) in told and KEY.hex() not in told
    settings.ANCHOR_EVM_CONTRACT = found["ANCHOR_EVM_CONTRACT"]
    opened()
    tell(at=timezone.now())
    tell(at=timezone.now() + HOUR)
    assert attempt().state == "done"
