"""Anchors in bundles: what each kind shows under what the reader brings, and every broken one named."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import load_pem_x509_certificate

from pharmatrace.kernel.__main__ import main
from pharmatrace.kernel.evidence.anchor_checks import outside
from pharmatrace.kernel.evidence.anchor_evm import ANCHORED
from pharmatrace.kernel.evidence.anchor_stamped import stamped
from pharmatrace.kernel.evidence.anchor_trust import AnchorTrust
from pharmatrace.kernel.evidence.bundle import (
    Anchor,
    BundleError,
    EvmAnchor,
    EvmRecord,
    OpenTimestampsAnchor,
    TimeStampAnchor,
    read_bundle,
    write_bundle,
)
from pharmatrace.kernel.evidence.verdict import Check, Outcome, verify_bundle
from pharmatrace.kernel.tlog.checkpoint import parse_checkpoint
from pharmatrace.kernel.tlog.note import Verifier, open_note
from tests.anchors.calendar_server import header
from tests.anchors.openssl_tsa import OpensslTsa

GOOD = (Path(__file__).parents[2] / "vectors" / "bundles" / "good-regulator.json").read_bytes()
BUNDLE = read_bundle(GOOD)
OLDER = BUNDLE.anchors[1]  # of a smaller tree, with its path
STAMPED = stamped(BUNDLE.checkpoint, Verifier.parse(BUNDLE.log.vkey))
HEIGHT, MINED_AT = 900_000, 1_800_000_000
CONTRACT, SENDER, TRANSACTION, BLOCK = ("0x" + digit * size for digit, size in (("a", 40), ("b", 40), ("c", 64), ("d", 64)))  # fmt: skip
RECORD = EvmRecord(5, CONTRACT, SENDER, TRANSACTION, 77, BLOCK, 3)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> OpensslTsa:
    return OpensslTsa(tmp_path_factory.mktemp("tsa") / "ca")


def ots(over: bytes) -> bytes:
    """A proof that leads by one step into a block."""
    magic = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
    attestation = b"\x00" + bytes.fromhex("0588960d73d71901") + b"\x03" + b"\xa0\xf7\x36"
    return magic + b"\x01\x08" + sha256(over).digest() + b"\x08" + attestation


def root_of_block(over: bytes) -> bytes:
    return sha256(sha256(over).digest()).digest()


def lines() -> list[str]:
    return BUNDLE.checkpoint.split("\n")


def receipt() -> dict[str, Any]:
    """What a node would answer about the checkpoint's transaction."""
    origin, size, root = lines()[:3]
    return {
        "transactionHash": TRANSACTION, "status": "0x1", "blockHash": BLOCK, "blockNumber": "0x4d",
        "logs": [{
            "logIndex": "0x3", "address": CONTRACT.upper().replace("X", "x"),
            "topics": [ANCHORED, "0x" + SENDER[2:].rjust(64, "0"), "0x" + sha256(origin.encode()).hexdigest()],
            "data": f"0x{int(size):064x}{base64.b64decode(root).hex()}",
        }],
    }  # fmt: skip


def check(anchor: Anchor, **trust: Any) -> Check:
    """The verdict's word on this anchor alone; the bundle goes through its file."""
    file = write_bundle(replace(BUNDLE, anchors=(anchor,)))
    verdict = verify_bundle(file, log_vkey=BUNDLE.log.vkey, anchor_trust=AnchorTrust(**trust))
    (found,) = (one for one in verdict.checks if one.name == "anchor")
    assert verdict.holds is (found.outcome is not Outcome.FAILS)
    return found


def roots(tsa: OpensslTsa) -> tuple[Any, ...]:
    return (load_pem_x509_certificate(tsa.root.read_bytes()),)


def test_a_time_stamp_shows_existence_before_and_not_uniqueness(tsa: OpensslTsa) -> None:
    anchor = TimeStampAnchor(BUNDLE.checkpoint, tsa.stamp(STAMPED))
    found = check(anchor, tsa_roots=roots(tsa))
    assert found.outcome is Outcome.HOLDS
    assert "existed before" in found.sentence and "CN=Testing tsa" in found.sentence
    assert "does not show that no other history" in found.sentence
    unconfirmed = check(anchor)
    assert unconfirmed.outcome is Outcome.NOT_CHECKED
    assert "no root was given" in unconfirmed.sentence


def test_an_older_anchor_holds_by_its_path_and_says_how_far_it_reaches(tsa: OpensslTsa) -> None:
    over = stamped(OLDER.checkpoint, Verifier.parse(BUNDLE.log.vkey))
    anchor = TimeStampAnchor(OLDER.checkpoint, tsa.stamp(over), OLDER.path)
    found = check(anchor, tsa_roots=roots(tsa))
    assert found.outcome is Outcome.HOLDS
    assert "the first 5 entries" in found.sentence
    assert check(replace(anchor, path=())).outcome is Outcome.FAILS


def test_cosignatures_do_not_change_what_is_stamped() -> None:
    log = Verifier.parse(BUNDLE.log.vkey)
    assert "\u2014 " in BUNDLE.checkpoint
    alone = BUNDLE.checkpoint.split("\n\n")[0] + "\n\n" + next(
        line for line in lines() if line.startswith(f"\u2014 {log.name} ")
    ) + "\n"  # fmt: skip
    assert stamped(BUNDLE.checkpoint, log) == stamped(alone, log) == alone.encode()


def test_a_proof_holds_against_a_header_that_the_reader_brings() -> None:
    anchor = OpenTimestampsAnchor(BUNDLE.checkpoint, ots(STAMPED))
    made = header(root_of_block(STAMPED), MINED_AT)
    found = check(anchor, bitcoin_headers={HEIGHT: made})
    assert found.outcome is Outcome.HOLDS
    assert "before the Bitcoin block 900000 that you gave, of 2027-01-15" in found.sentence
    unconfirmed = check(anchor, bitcoin_headers={1: made})
    assert unconfirmed.outcome is Outcome.NOT_CHECKED
    assert "--bitcoin-header" in unconfirmed.sentence


def test_a_record_holds_with_the_receipt_of_the_readers_node_and_a_known_sender() -> None:
    anchor = EvmAnchor(BUNDLE.checkpoint, RECORD)
    receipts = {TRANSACTION: receipt()}
    found = check(anchor, evm_receipts=receipts, evm_senders=frozenset({SENDER}))
    assert found.outcome is Outcome.HOLDS
    assert "on the chain 5 accepted the first" in found.sentence
    assert "--evm-receipt" in check(anchor).sentence
    unknown = check(anchor, evm_receipts=receipts)
    assert unknown.outcome is Outcome.NOT_CHECKED
    assert "anybody can write as" in unknown.sentence


def test_the_vectors_hold_long_after_the_certificate_of_the_token_ended() -> None:
    vectors = json.loads((Path(__file__).parents[2] / "vectors" / "anchors.json").read_text())
    note, log = vectors["note"], Verifier.parse(vectors["log_vkey"])
    over = stamped(note, log)
    assert over == base64.b64decode(vectors["stamped"])
    assert over in note.encode()  # without the cosignature below it
    height, _, made = vectors["bitcoin_header"].partition(":")
    record = EvmRecord(**vectors["evm_record"])
    trust = AnchorTrust(
        tsa_roots=(load_pem_x509_certificate(vectors["tsa_root"].encode()),),
        bitcoin_headers={int(height): bytes.fromhex(made)},
        evm_receipts={record.transaction: vectors["evm_receipt"]},
        evm_senders=frozenset({record.sender}),
    )
    head = parse_checkpoint(open_note(note, [log]).text)
    for anchor in (
        TimeStampAnchor(note, base64.b64decode(vectors["token"])),
        OpenTimestampsAnchor(note, base64.b64decode(vectors["ots"])),
        EvmAnchor(note, record),
    ):
        assert "the first 42 entries" in outside(anchor, head, log, trust)


BROKEN: dict[str, tuple[Callable[[OpensslTsa], Anchor], str]] = {
    "token-over-another-checkpoint": (lambda t: TimeStampAnchor(BUNDLE.checkpoint, t.stamp(b"x")), "something else"),
    "token-over-the-text-alone": (lambda t: TimeStampAnchor(BUNDLE.checkpoint, t.stamp(STAMPED.split(b"\n\n")[0] + b"\n")), "something else"),
    "token-of-another-kind": (lambda t: TimeStampAnchor(BUNDLE.checkpoint, ots(STAMPED)), "no time-stamp response"),
    "token-empty": (lambda t: TimeStampAnchor(BUNDLE.checkpoint, b""), "no time-stamp response"),
    "token-checkpoint-unsigned": (lambda t: TimeStampAnchor(BUNDLE.checkpoint.replace("\n", "0\n", 1), t.stamp(STAMPED)), "another story"),
    "proof-over-another-checkpoint": (lambda t: OpenTimestampsAnchor(BUNDLE.checkpoint, ots(b"x")), "something else"),
    "proof-into-another-block": (lambda t: OpenTimestampsAnchor(BUNDLE.checkpoint, ots(STAMPED).replace(b"\x08\x00\x05", b"\x08\x08\x00\x05")), "does not lead to the header"),
    "proof-cut-off": (lambda t: OpenTimestampsAnchor(BUNDLE.checkpoint, ots(STAMPED)[:-1]), "breaks off"),
    "proof-empty": (lambda t: OpenTimestampsAnchor(BUNDLE.checkpoint, b""), "breaks off"),
    "record-of-another-block": (lambda t: EvmAnchor(BUNDLE.checkpoint, replace(RECORD, block=78)), "another block"),
    "record-of-another-fork": (lambda t: EvmAnchor(BUNDLE.checkpoint, replace(RECORD, block_hash="0x" + "e" * 64)), "another block"),
    "record-of-another-contract": (lambda t: EvmAnchor(BUNDLE.checkpoint, replace(RECORD, contract=SENDER)), "does not tell"),
    "record-of-another-sender": (lambda t: EvmAnchor(BUNDLE.checkpoint, replace(RECORD, sender=CONTRACT)), "does not tell"),
    "record-of-another-event": (lambda t: EvmAnchor(BUNDLE.checkpoint, replace(RECORD, log_index=2)), "does not tell"),
    "record-of-another-size": (lambda t: EvmAnchor(OLDER.checkpoint, RECORD, OLDER.path), "does not tell"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_anchor_fails(name: str, tsa: OpensslTsa) -> None:
    make, sentence = BROKEN[name]
    found = check(
        make(tsa),
        tsa_roots=roots(tsa),
        bitcoin_headers={HEIGHT: header(root_of_block(STAMPED), MINED_AT)},
        evm_receipts={TRANSACTION: receipt()},
        evm_senders=frozenset({SENDER}),
    )
    assert found.outcome is Outcome.FAILS
    assert sentence in found.sentence


RECEIPTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "refused": lambda told: told.update(status="0x0"),
    "without-status": lambda told: told.pop("status"),
    "without-logs": lambda told: told.pop("logs"),
    "logs-no-list": lambda told: told.update(logs=7),
    "log-no-object": lambda told: told.update(logs=[7, None]),
    "log-without-topics": lambda told: told["logs"][0].pop("topics"),
    "numbers-that-are-none": lambda told: told.update(blockNumber="0xzz"),
    "another-event": lambda told: told["logs"][0]["topics"].__setitem__(0, "0x00"),
}


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_receipt_that_says_something_else_fails(name: str) -> None:
    told = receipt()
    RECEIPTS[name](told)
    found = check(
        EvmAnchor(BUNDLE.checkpoint, RECORD),
        evm_receipts={TRANSACTION: told},
        evm_senders=frozenset({SENDER}),
    )
    assert found.outcome is Outcome.FAILS


FORMS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "unknown-kind": (lambda a: a.update(kind="newspaper"), "/anchors/0/kind"),
    "kind-no-text": (lambda a: a.update(kind=["rfc3161"]), "/anchors/0/kind"),
    "token-missing": (lambda a: a.update(kind="rfc3161"), "/anchors/0"),
    "proof-of-another-kind": (lambda a: a.update(kind="rfc3161", proof="AA=="), "/anchors/0"),
    "token-no-base64": (lambda a: a.update(kind="rfc3161", token="!"), "/anchors/0/token"),
    "record-no-object": (lambda a: a.update(kind="evm", record=[]), "/anchors/0/record"),
    "record-incomplete": (lambda a: a.update(kind="evm", record={}), "/anchors/0/record"),
    "journal-with-a-token": (lambda a: a.update(token="AA=="), "/anchors/0/token"),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_wrong_form_is_named_by_its_place(name: str) -> None:
    change, place = FORMS[name]
    document = json.loads(GOOD)
    change(document["anchors"][0])
    with pytest.raises(BundleError) as refused:
        read_bundle(json.dumps(document))
    assert refused.value.place == place


@pytest.mark.parametrize("field", ["contract", "sender", "transaction", "block_hash"])
@pytest.mark.parametrize("value", ["0x", "0x" + "A" * 40, "0x" + "a" * 39 + "\n", 7])
def test_addresses_and_hashes_have_one_spelling(field: str, value: Any) -> None:
    document = json.loads(
        write_bundle(replace(BUNDLE, anchors=(EvmAnchor(BUNDLE.checkpoint, RECORD),)))
    )
    document["anchors"][0]["record"][field] = value
    with pytest.raises(BundleError, match=f"/anchors/0/record/{field}"):
        read_bundle(json.dumps(document))


def test_the_command_takes_what_the_reader_brings(
    tsa: OpensslTsa, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, answer = tmp_path / "bundle.json", tmp_path / "receipt.json"
    anchors = (
        TimeStampAnchor(BUNDLE.checkpoint, tsa.stamp(STAMPED)),
        OpenTimestampsAnchor(BUNDLE.checkpoint, ots(STAMPED)),
        EvmAnchor(BUNDLE.checkpoint, RECORD),
    )
    file.write_bytes(write_bundle(replace(BUNDLE, anchors=anchors)))
    answer.write_text(json.dumps(receipt()))
    made = header(root_of_block(STAMPED), MINED_AT).hex()
    status = main([
        "verify", str(file), "--log-key", BUNDLE.log.vkey, "--tsa-root", str(tsa.root),
        "--bitcoin-header", f"{HEIGHT}:{made}", "--evm-receipt", str(answer), "--evm-sender", SENDER.upper().replace("X", "x"),
    ])  # fmt: skip
    told = capsys.readouterr().out
    assert status == 0
    assert told.count("ok   anchor:") == 3
    assert main(["verify", str(file), "--tsa-root", str(file)]) == 2
