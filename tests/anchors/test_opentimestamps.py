"""OpenTimestamps: calendars on loopback promise and deliver; proofs lead to block headers that a reader gives."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from bitcoin.core import CBlockHeader
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpAppend, OpHexlify, OpReverse, OpSHA256
from opentimestamps.core.serialize import BytesDeserializationContext, BytesSerializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

from apps.anchors.models import Anchor, AnchorAttempt
from apps.anchors.opentimestamps.backend import configured
from apps.anchors.telling import tell
from apps.ledger.selectors import latest_checkpoint, log_verifier
from apps.ledger.services import open_log, seal
from pharmatrace.kernel.evidence.anchor_opentimestamps import check_proof, read_header, read_over
from pharmatrace.kernel.evidence.anchor_stamped import AnchorError, Unconfirmed, stamped
from pharmatrace.kernel.evidence.ots_proof import read_ots
from tests.anchors.calendar_server import calendars, header
from tests.ledger.statements import append_some

MINED_AT = 1_790_000_000
pytestmark = pytest.mark.filterwarnings("ignore:OpReverse may get removed")


@pytest.fixture(autouse=True)
def only_this_kind(settings: Any) -> None:
    settings.ANCHOR_RFC3161, settings.ANCHOR_EVM_NODE = [], ""


def stamped_now() -> bytes:
    newest = latest_checkpoint()
    assert newest
    return stamped(newest.note, log_verifier())


def attempt() -> AnchorAttempt:
    return AnchorAttempt.objects.get(backend="opentimestamps")


@pytest.mark.django_db(transaction=True)
def test_a_proof_is_pending_first_and_complete_when_the_block_is_mined(settings: Any) -> None:
    now = timezone.now()
    open_log(at=now)
    append_some(2)
    seal(at=now)
    with calendars("alice", "bob") as (alice, bob):
        settings.ANCHOR_OPENTIMESTAMPS = [alice.url, bob.url]
        assert tell(at=now) == 1
        assert attempt().state == "pending"
        assert not Anchor.objects.filter(backend="opentimestamps").exists()
        assert tell(at=now + timedelta(minutes=19)) == 0
        assert tell(at=now + timedelta(minutes=20)) == 1
        assert "no block yet" in attempt().last_error
        alice.mine(800_000)
        assert tell(at=now + timedelta(minutes=40)) == 1
        assert attempt().state == "pending"  # bob has still to deliver
        bob.mine(800_003)
        assert tell(at=now + timedelta(minutes=60)) == 1
        roots = {800_000: alice.mined, 800_003: bob.mined}
    anchor = Anchor.objects.get(backend="opentimestamps")
    assert anchor.receipt == {"blocks": [800_000, 800_003]}
    headers = {
        height: header(next(iter(mined.values())), MINED_AT + height)
        for height, mined in roots.items()
    }
    assert anchor.proof is not None
    assert verified_by_the_library(bytes(anchor.proof), headers) == {800_000, 800_003}
    block = check_proof(bytes(anchor.proof), over=stamped_now(), headers=headers)
    assert (block.height, block.at.timestamp()) == (800_000, MINED_AT + 800_000)
    only = check_proof(bytes(anchor.proof), over=stamped_now(), headers={800_003: headers[800_003]})
    assert only.height == 800_003
    with pytest.raises(Unconfirmed, match="800000, 800003, whose header was not given"):
        check_proof(bytes(anchor.proof), over=stamped_now(), headers={})
    with pytest.raises(AnchorError, match="does not lead to the header given for block 800000"):
        check_proof(bytes(anchor.proof), over=stamped_now(), headers={800_000: headers[800_003]})
    with pytest.raises(AnchorError, match="over something else"):
        check_proof(bytes(anchor.proof), over=b"other", headers=headers)


def verified_by_the_library(proof: bytes, headers: dict[int, bytes]) -> set[int]:
    """What `ots verify` does without a node of its own: each attestation against its block's header."""
    file = DetachedTimestampFile.deserialize(BytesDeserializationContext(proof))
    assert file.file_digest == sha256(stamped_now()).digest()
    verified = set()
    for message, one in file.timestamp.all_attestations():
        if isinstance(one, BitcoinBlockHeaderAttestation):
            block = CBlockHeader.deserialize(headers[one.height])
            assert one.verify_against_blockheader(message, block) == MINED_AT + one.height
            verified.add(one.height)
    return verified


OTS = os.environ.get("PHARMATRACE_OTS") or shutil.which("ots")


@pytest.mark.skipif(
    not OTS,
    reason="no ots: install opentimestamps-client apart (PHARMATRACE_OTS names the program)",
)
@pytest.mark.django_db(transaction=True)
def test_the_client_of_opentimestamps_accepts_the_stored_proof(
    settings: Any, tmp_path: Path
) -> None:
    """`ots verify` as far as it goes without a Bitcoin node: the file, the path, and which merkle root the block must
    have, which is that of the header."""
    now = timezone.now()
    open_log(at=now)
    with calendars("alice") as (alice,):
        settings.ANCHOR_OPENTIMESTAMPS = [alice.url]
        tell(at=now)
        alice.mine(800_000)
        tell(at=now + timedelta(hours=1))
        (root,) = alice.mined.values()
    proof = Anchor.objects.get(backend="opentimestamps").proof
    (tmp_path / "stamped").write_bytes(stamped_now())
    (tmp_path / "stamped.ots").write_bytes(bytes(proof or b""))

    def ots(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(OTS), "--no-bitcoin", "--no-cache", *arguments], cwd=tmp_path,
            capture_output=True, text=True, timeout=60, env={"HOME": str(tmp_path), "PATH": "/usr/bin"},
        )  # fmt: skip

    told = ots("info", "stamped.ots")
    assert told.returncode == 0, told.stderr
    assert "verify BitcoinBlockHeaderAttestation(800000)" in told.stdout
    assert f"File sha256 hash: {sha256(stamped_now()).hexdigest()}" in told.stdout
    told = ots("verify", "-f", "stamped", "stamped.ots")
    asked = f"check that Bitcoin block 800000 has merkleroot {root[::-1].hex()}"
    assert asked in told.stderr, told.stderr
    assert header(root, MINED_AT)[36:68] == root
    (tmp_path / "stamped").write_bytes(b"something else")
    told = ots("verify", "-f", "stamped", "stamped.ots")
    assert told.returncode == 1 and "does not match original" in told.stderr


@pytest.mark.django_db(transaction=True)
def test_a_calendar_that_promises_nothing_is_not_waited_for(settings: Any) -> None:
    now = timezone.now()
    open_log(at=now)
    with calendars("alice", "bob") as (alice, bob):
        settings.ANCHOR_OPENTIMESTAMPS = [alice.url, bob.url]
        bob.fault = (500, b"", {})
        tell(at=now)
        assert f"{bob.url}: it answers 500" in attempt().last_error
        alice.mine(7)
        tell(at=now + timedelta(hours=1))
    assert attempt().state == "done"  # bob promised nothing


@pytest.mark.django_db(transaction=True)
def test_a_promise_that_is_not_kept_ends_after_two_days(settings: Any) -> None:
    now = timezone.now()
    open_log(at=now)
    with calendars("alice", "bob") as (alice, bob):
        settings.ANCHOR_OPENTIMESTAMPS = [alice.url, bob.url]
        tell(at=now)
        alice.mine(7)
        bob.fault = (500, b"", {})
        tell(at=now + timedelta(hours=47))
        assert attempt().state == "pending"
        tell(at=now + timedelta(hours=48))
    assert attempt().state == "done"


@pytest.mark.django_db(transaction=True)
def test_calendars_learn_nothing_that_can_be_compared(settings: Any) -> None:
    open_log(at=timezone.now())
    with calendars("alice") as (alice,):
        settings.ANCHOR_OPENTIMESTAMPS = [alice.url]
        tell(at=timezone.now())
        assert sha256(b"alice" + sha256(stamped_now()).digest()).digest() not in alice.promised


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/nowhere", "http://127.0.0.1:1"])
def test_an_address_that_a_calendar_names_is_not_asked_unless_it_is_known(
    path: str, settings: Any
) -> None:
    now = timezone.now()
    open_log(at=now)
    with calendars("alice", "mallory") as (alice, mallory):
        settings.ANCHOR_OPENTIMESTAMPS = [alice.url]
        real, alice.url = alice.url, mallory.url if path == "/nowhere" else path
        tell(at=now)
        tell(at=now + timedelta(hours=1))
        assert mallory.asked == []
        assert "is no calendar we know" in attempt().last_error
        assert attempt().failing_since == now + timedelta(hours=1)
        assert alice.asked == ["/digest"] and real


ANSWERS = {
    "nothing": b"",
    "a-page-for-people": b"<html>",
    "an-unknown-operation": b"\x99",
    "an-endless-number": b"\xf0" + b"\xff" * 5000,
    "nested-too-deep": b"\x08" * 300,
    "with-more-after-it": b"\x00" + bytes.fromhex("83dfe30d2ef90c8e") + b"\x02\x01x" + b"more",
    "too-large": b"\x08" * 70_000,
    "an-empty-append": b"\xf0\x00",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ANSWERS)
def test_a_bad_answer_is_no_promise(name: str, settings: Any) -> None:
    now = timezone.now()
    open_log(at=now)
    with calendars("alice") as (alice,):
        settings.ANCHOR_OPENTIMESTAMPS = [alice.url]
        alice.fault = (200, ANSWERS[name], {})
        tell(at=now)
    assert (attempt().state, attempt().failing_since) == ("waiting", now)
    assert "answer" in attempt().last_error
    assert "fault of ours" not in attempt().last_error


def test_what_is_no_address_stops_the_start(settings: Any) -> None:
    settings.ANCHOR_OPENTIMESTAMPS = ["alice.example"]
    with pytest.raises(ImproperlyConfigured, match="ANCHOR_OPENTIMESTAMPS"):
        configured()


def test_without_calendars_it_does_nothing_and_says_so(settings: Any) -> None:
    settings.ANCHOR_OPENTIMESTAMPS = []
    assert configured().targets() == ()
    assert "ANCHOR_OPENTIMESTAMPS" in configured().missing


def proof_of(change: Any = None) -> bytes:
    stamp = Timestamp(sha256(b"stamped").digest())
    end = stamp.ops.add(OpAppend(b"nonce")).ops.add(OpSHA256())
    end.attestations.add(PendingAttestation("https://alice.example"))
    if change:
        change(stamp)
    context = BytesSerializationContext()
    DetachedTimestampFile(OpSHA256(), stamp).serialize(context)
    return bytes(context.getbytes())


def _and_back(stamp: Timestamp) -> None:
    end = stamp.ops.add(OpReverse()).ops.add(OpHexlify())
    end.attestations.add(PendingAttestation("https://bob.example"))


def test_a_pending_proof_is_not_confirmed() -> None:
    with pytest.raises(Unconfirmed, match="no block attests to it yet"):
        check_proof(proof_of(_and_back), over=b"stamped", headers={})


BROKEN = {
    "cut-off": proof_of()[:-1],
    "with-more-after-it": proof_of() + b"\0",
    "no-proof": b"\0OpenTimer" + proof_of()[10:],
    "of-version-2": proof_of()[:31] + b"\x02" + proof_of()[32:],
    "by-an-unknown-hash": proof_of()[:32] + b"\x09" + proof_of()[33:],
    "over-another-file": proof_of()[:33] + b"x" * 32 + proof_of()[65:],
    "with-an-unknown-operation": proof_of()[:65] + b"\x99" + proof_of()[66:],
    "too-deep": proof_of()[:65] + b"\x08" * 256 + proof_of()[65:],
    "too-large": proof_of()[:65] + b"\x08" * 100_000,
    "empty": b"",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_proof_is_named(name: str) -> None:
    with pytest.raises(AnchorError) as refused:
        read_over(BROKEN[name], over=b"stamped")
    assert not isinstance(refused.value, Unconfirmed)


@pytest.mark.parametrize("name", ["short", "no-work", "impossible"])
def test_a_header_that_is_none_is_named(name: str) -> None:
    made = header(b"r" * 32, MINED_AT)
    bad = {
        "short": made[:-1],
        "no-work": made[:72] + (0x1D00FFFF).to_bytes(4, "little") + made[76:],
        "impossible": made[:72] + b"\xff\xff\xff\xff" + made[76:],
    }[name]
    with pytest.raises(AnchorError):
        read_header(1, bad)


def test_the_published_proofs_are_read_as_the_library_reads_them(conformance: Any) -> None:
    files = sorted((conformance / "opentimestamps" / "examples").rglob("*.ots"))
    read = 0
    for file in files:
        data = file.read_bytes()
        try:
            theirs = DetachedTimestampFile.deserialize(BytesDeserializationContext(data))
        except Exception:
            theirs = None
        try:
            ours = read_ots(data)
        except AnchorError:
            ours = None
        assert (theirs is None) == (ours is None), file
        assert (ours is None) == ("invalid" in file.parts), file
        if theirs is None or ours is None:
            continue
        read += 1
        assert theirs.file_digest == ours.digest
        expected = [
            (message, getattr(one, "height", None) if "Bitcoin" in repr(one) else None, getattr(one, "uri", None))
            for message, one in theirs.timestamp.all_attestations()
        ]  # fmt: skip
        found = [(one.message, one.height, one.calendar) for one in ours.attestations]
        assert sorted(map(repr, (one[1:] for one in expected))) == sorted(
            map(repr, (one[1:] for one in found))
        ), file
        assert {one for one in found if one[0] is not None} <= set(expected), file
        target = file.with_suffix("")
        if target.is_file() and ours.hash == "sha256":
            assert sha256(target.read_bytes()).digest() == ours.digest, file
    assert read > 10
