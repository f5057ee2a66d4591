"""Anchors for anybody: pages and downloads, the static export, the audit by the kernel, and evidence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.anchors.audits import stored_anchors_hold
from apps.anchors.evm import evidence as source
from apps.anchors.models import Anchor
from apps.anchors.showing import evidence_for
from apps.anchors.telling import tell
from apps.ledger.exporting.export import export
from apps.ledger.exporting.targets import Folder
from apps.ledger.models import Checkpoint
from apps.ledger.services import open_log, seal
from pharmatrace.kernel.__main__ import main
from pharmatrace.kernel.evidence.anchor_stamped import stamped
from pharmatrace.kernel.tlog.note import Verifier
from tests.anchors.calendar_server import calendars, header
from tests.anchors.evm_chain import Chain, chain_for
from tests.anchors.openssl_tsa import OpensslTsa, serving
from tests.ledger.statements import append_some

pytestmark = pytest.mark.django_db(transaction=True)
MINED_AT = 1_790_000_000
TSA_ROOT, HEADER = "tsa-root.pem", "headers"


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> OpensslTsa:
    return OpensslTsa(tmp_path_factory.mktemp("tsa") / "ca")


@dataclass
class World:
    """A log of 4 entries that is anchored in three ways, then grown to 9; and what a reader knows from elsewhere."""

    chain: Chain
    folder: Path
    trust: list[str]
    client: Client

    def get(self, path: str) -> Any:
        return self.client.get(f"/log/anchors/{path}")

    def audit(self, *more: str) -> tuple[int, str]:
        out = StringIO()
        state = str(self.folder.parent / "state.json")
        with redirect_stdout(out), redirect_stderr(out):
            status = main(["audit", str(self.folder), "--from-start", "--state", state, *more])
        return status, out.getvalue()


@pytest.fixture
def world(tsa: OpensslTsa, settings: Any, tmp_path: Path, client: Client) -> Iterator[World]:
    source.forget()
    now = timezone.now()
    with (
        chain_for(settings, tmp_path) as chain,
        calendars("alice") as (alice,),
        serving(lambda *asked: (200, tsa.reply(asked[2]), {})) as url,
    ):
        settings.ANCHOR_RFC3161 = [f"{url}|{tsa.root}"]
        settings.ANCHOR_OPENTIMESTAMPS = [alice.url]
        open_log(at=now)
        append_some(3)
        seal(at=now)
        tell(at=now)
        alice.mine(850_000)
        tell(at=now + timedelta(minutes=20))
        append_some(5, start=50)
        seal(at=now)
        (root,) = alice.mined.values()
        receipt = chain.web3.eth.get_transaction_receipt(
            Anchor.objects.get(backend="evm").receipt["transaction"]
        )
        answer = tmp_path / "receipt.json"
        answer.write_text(chain.web3.to_json({"jsonrpc": "2.0", "id": 1, "result": receipt}))
        headers = tmp_path / HEADER
        headers.write_text(f"850000:{header(root, MINED_AT).hex()}\n")
        trust = [
            "--tsa-root", str(tsa.root), "--bitcoin-header", str(headers),
            "--evm-receipt", str(answer),
            "--evm-sender", Anchor.objects.get(backend="evm").receipt["sender"],
        ]  # fmt: skip
        folder = tmp_path / "log"
        export(Folder(folder))
        yield World(chain, folder, trust, client)
    source.forget()


def test_every_receipt_is_listed_and_openssl_accepts_the_download(
    world: World, tsa: OpensslTsa
) -> None:
    page = world.get("4").json()
    assert world.get("newest").json() == page
    assert [one["kind"] for one in page["anchors"]] == ["evm", "opentimestamps", "rfc3161"]
    assert page["previous"] is None
    by_kind = {one["kind"]: one for one in page["anchors"]}
    token = world.get(by_kind["rfc3161"]["file"])
    assert token["Content-Type"] == "application/timestamp-reply"
    assert "immutable" in token["Cache-Control"]
    vkey = world.client.get("/log/key").content.decode().strip()
    assert tsa.verifies(token.content, stamped(page["checkpoint"], Verifier.parse(vkey)))
    assert world.get(by_kind["opentimestamps"]["file"]).content[:14] == b"\0OpenTimestamp"
    assert by_kind["evm"]["record"]["contract"] == world.chain.address.lower()


@pytest.mark.parametrize(
    ("path", "status"),
    [("9", 200), ("5", 404), ("99999999999999999", 404), ("04", 404), ("x", 404),
     ("4-0000000000000000.tsr", 404), ("4-0000000000000000.exe", 404), ("4-xyz.tsr", 404)],
)  # fmt: skip
def test_what_is_not_there_is_said_to_be_absent(path: str, status: int, world: World) -> None:
    answer = world.get(path)
    assert answer.status_code == status
    if status == 200:
        assert (answer.json()["anchors"], answer.json()["previous"]) == ([], 4)


def test_the_journal_is_not_shown(world: World) -> None:
    assert Anchor.objects.filter(backend="journal", checkpoint_id=4).exists()
    assert b"journal" not in world.get("4").content


def test_the_export_has_the_same_pages_and_files(world: World) -> None:
    there = {file.name: file.read_bytes() for file in (world.folder / "anchors").iterdir()}
    files = [one["file"] for one in json.loads(there["4"])["anchors"] if "file" in one]
    assert there.keys() == {"newest", "4", *files}
    for name, content in there.items():
        assert world.get(name).content == content


def test_a_second_export_writes_no_anchor_again_and_a_late_one_is_added(world: World) -> None:
    before = export(Folder(world.folder))
    assert before is not None
    late = Anchor.objects.get(backend="rfc3161")
    Anchor.objects.create(
        checkpoint_id=1, backend="rfc3161", target="https://late.example", receipt={},
        proof=late.proof, anchored_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    after = export(Folder(world.folder))
    assert after is not None
    assert after.files == before.files + 4  # the token, its page, the page after it, newest
    assert json.loads((world.folder / "anchors" / "4").read_text())["previous"] == 1


def test_the_audit_checks_every_anchor_under_what_the_auditor_brings(world: World) -> None:
    status, told = world.audit(*world.trust)
    assert status == 0, told
    assert "Anchors: evm 1, opentimestamps 1, rfc3161 1." in told
    status, told = world.audit()
    assert status == 0
    assert "Anchors: none confirmed." in told
    assert "Not confirmed: evm 1, opentimestamps 1, rfc3161 1" in told


def token(folder: Path) -> Path:
    return next(folder.glob("anchors/*.tsr"))


def proof(folder: Path) -> Path:
    return next(folder.glob("anchors/*.ots"))


def page_changed(change: Callable[[Any], None]) -> Callable[[Path], None]:
    def changing(folder: Path) -> None:
        for name in ("4", "newest"):
            told = json.loads((folder / "anchors" / name).read_text())
            change(told)
            (folder / "anchors" / name).write_text(json.dumps(told))

    return changing


def with_record(name: str, value: Any) -> Callable[[Path], None]:
    return page_changed(lambda told: told["anchors"][0]["record"].update({name: value}))


BROKEN: dict[str, tuple[Callable[[Path], Any], str]] = {
    "token-changed": (lambda f: token(f).write_bytes(token(f).read_bytes()[:-1] + b"\0"), "the time stamp does not hold"),
    "token-missing": (lambda f: token(f).unlink(), ".tsr: The file is not there"),
    "token-empty": (lambda f: token(f).write_bytes(b""), "no time-stamp response"),
    "proof-cut-off": (lambda f: proof(f).write_bytes(proof(f).read_bytes()[:-1]), "the proof breaks off"),
    "proof-of-another-block": (lambda f: proof(f).write_bytes(proof(f).read_bytes().replace(b"alice", b"alica")), "does not lead to the header"),
    "proof-in-place-of-token": (lambda f: token(f).write_bytes(proof(f).read_bytes()), "no time-stamp response"),
    "page-no-json": (lambda f: (f / "anchors/newest").write_bytes(b"{"), "no page of anchors"),
    "page-of-another-size": (page_changed(lambda told: told.update(size=5)), "split view"),
    "page-before-missing": (page_changed(lambda told: told.update(previous=2)), "anchors/2: The page of anchors is not there"),
    "page-before-is-itself": (page_changed(lambda told: told.update(previous=4)), "a smaller checkpoint"),
    "page-with-another-path": (page_changed(lambda told: told["anchors"][2].update(file="../key")), "no name of a file"),
    "checkpoint-not-signed": (page_changed(lambda told: told.update(checkpoint=told["checkpoint"].replace("\n4\n", "\n5\n"))), "no checkpoint of this log"),
    "record-of-another-block": (with_record("block", 1), "in another block"),
    "record-of-another-contract": (with_record("contract", "0x" + "1" * 40), "does not tell the contract"),
    "record-of-another-sender": (with_record("sender", "0x" + "1" * 40), "does not tell the contract"),
    "record-of-another-event": (with_record("log_index", 7), "does not tell the contract"),
    "record-of-a-number-that-is-none": (with_record("block", "1"), "no page of anchors"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_named_by_the_audit(name: str, world: World) -> None:
    change, sentence = BROKEN[name]
    change(world.folder)
    status, told = world.audit(*world.trust)
    assert status == 1, told
    assert sentence in told
    assert told.rstrip().endswith("findings.")


@pytest.mark.parametrize(
    "given",
    [("--tsa-root", "{folder}/key"), ("--bitcoin-header", "1:00"), ("--bitcoin-header", "/nowhere"),
     ("--bitcoin-header", "x:" + "00" * 80), ("--evm-receipt", "{folder}/anchors/4")],
)  # fmt: skip
def test_what_a_reader_brings_and_is_none_is_refused(given: tuple[str, str], world: World) -> None:
    option, value = given
    status, told = world.audit(option, value.format(folder=world.folder))
    assert (status, told[:12]) == (2, "cannot audit")


def test_evidence_takes_the_oldest_anchor_that_covers_the_entries(
    world: World, settings: Any
) -> None:
    newest = Checkpoint.objects.latest("size")
    assert {(one.kind, _size(one)) for one in evidence_for(newest, entries=2)} == {
        ("evm", 4), ("opentimestamps", 4), ("rfc3161", 4), ("journal", 9),
    }  # fmt: skip
    settings.ANCHOR_RFC3161_EVERY = 0
    tell(at=timezone.now())
    assert ("rfc3161", 9) in {(one.kind, _size(one)) for one in evidence_for(newest, entries=5)}
    assert ("rfc3161", 4) in {(one.kind, _size(one)) for one in evidence_for(newest, entries=4)}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        evidence_for(newest, entries=4)
    assert len(queries) <= 6


def _size(one: Any) -> int:
    return int(one.checkpoint.split("\n")[1])


STORED: dict[str, tuple[str, Callable[[Anchor], Any], str]] = {
    "token-changed": ("rfc3161", lambda row: setattr(row, "proof", bytes(row.proof)[:-1] + b"\0"), "does not hold"),
    "token-gone": ("rfc3161", lambda row: setattr(row, "proof", None), "no time-stamp response"),
    "proof-changed": ("opentimestamps", lambda row: setattr(row, "proof", bytes(row.proof)[:-1]), "breaks off"),
    "record-incomplete": ("evm", lambda row: row.receipt.pop("block"), "'block'"),
    "token-of-another-checkpoint": ("rfc3161", lambda row: setattr(row, "checkpoint_id", 1), "something else"),
}  # fmt: skip


@pytest.mark.parametrize("name", STORED)
def test_what_is_stored_and_broken_is_named_by_the_audit_of_the_database(
    name: str, world: World
) -> None:
    assert list(stored_anchors_hold()) == []
    kind, change, sentence = STORED[name]
    row = Anchor.objects.get(backend=kind)
    change(row)
    row.save()
    (found,) = stored_anchors_hold()
    assert found.place.startswith(f"anchor {kind}")
    assert sentence in found.sentence
