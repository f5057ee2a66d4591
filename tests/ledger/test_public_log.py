"""What else is public of the log: proofs on demand, receipts, every checkpoint, its description."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode
from typing import Any

import pytest
from django.test import Client

from apps.ledger.models import Checkpoint, Entry
from apps.ledger.selectors import log_verifier
from apps.ledger.services import seal
from pharmatrace.kernel.tlog.checkpoint import parse_checkpoint
from pharmatrace.kernel.tlog.checkpoint_pages import read_page
from pharmatrace.kernel.tlog.note import open_note
from pharmatrace.kernel.tlog.prooffile import parse_proof_file
from pharmatrace.kernel.tlog.proofs import check_consistency, check_inclusion
from pharmatrace.kernel.tlog.receipt import check_consistency_receipt, check_inclusion_receipt
from pharmatrace.kernel.tlog.tree import root_of
from tests.ledger.statements import NOON, append_some

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaves() -> list[bytes]:
    """Of a log with checkpoints of 1, 301 and 601 entries."""
    for start in (0, 300):
        append_some(300, start=start)
        seal(at=NOON)
    return [bytes(leaf) for leaf in Entry.objects.order_by("index").values_list("leaf", flat=True)]


@pytest.mark.parametrize("index", [0, 1, 255, 300, 600])
def test_a_proof_file_verifies_offline(index: int, leaves: list[bytes], client: Client) -> None:
    answer = client.get(f"/log/proof/{index}")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    found = parse_proof_file(answer.content.decode())
    head = parse_checkpoint(open_note(found.checkpoint, [log_verifier()]).text)
    assert found.index == index
    check_inclusion(
        root=head.root, size=head.size, index=index, leaf=leaves[index], path=found.path
    )


@pytest.mark.parametrize("index", [0, 600])
def test_a_receipt_is_signed_by_the_log(index: int, leaves: list[bytes], client: Client) -> None:
    answer = client.get(f"/log/receipt/{index}")
    assert answer["Content-Type"] == "application/cose"
    public = log_verifier().public
    assert check_inclusion_receipt(answer.content, leaf=leaves[index], public=public) == root_of(
        leaves
    )


def test_a_receipt_of_growth(leaves: list[bytes], client: Client) -> None:
    answer = client.get("/log/receipt/consistency?old=301")
    check_consistency_receipt(
        answer.content, old_root=root_of(leaves[:301]), new_root=root_of(leaves),
        public=log_verifier().public,
    )  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [(1, 601), (301, 601), (17, 300), (601, 601)])
def test_consistency_between_any_two_sizes(
    old: int, new: int, leaves: list[bytes], client: Client
) -> None:
    told = client.get("/log/consistency", {"old": old, "new": new}).json()
    assert b64decode(told["old"]["root"]) == root_of(leaves[:old])
    check_consistency(
        old_root=root_of(leaves[:old]), old_size=old, new_root=root_of(leaves[:new]), new_size=new,
        path=[b64decode(one) for one in told["path"]],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("proof/601", 404),
        ("proof/01", 404),
        ("proof/-1", 404),
        ("proof/999999999999999999", 404),
        ("proof/9999999999999999999999", 404),
        ("receipt/601", 404),
        ("receipt/consistency", 400),
        ("receipt/consistency?old=602", 404),
        ("consistency", 400),
        ("consistency?old=0", 400),
        ("consistency?old=1&old=2", 400),
        ("consistency?old=301&new=300", 400),
        ("consistency?old=301&new=602", 404),
        ("consistency?old=%00", 400),
        ("consistency?old=٣", 400),
        ("consistency?old=1&new=9999999999999999999999999", 400),
        ("checkpoint/300", 404),
        ("checkpoints/003", 404),
        ("checkpoints/3", 404),
        ("checkpoints/000.p/3", 404),
        ("checkpoints/../checkpoint", 404),
        ("checkpoints/x036/x028/x797/x018/x963/968", 404),
        ("checkpoints/x999/x999/x999/x999/x999/x999/999", 404),
        ("checkpoints/" + "x001/" * 1500 + "001", 404),
        ("tile/0/" + "x001/" * 1500 + "001", 404),
    ],
)
def test_what_is_not_there_is_said(
    path: str, status: int, leaves: list[bytes], client: Client
) -> None:
    answer = client.get(f"/log/{path}")
    assert answer.status_code == status
    if answer.headers.get("Cache-Control"):
        assert answer["Cache-Control"] == "no-store"


def test_every_checkpoint_is_found_from_the_newest_backwards(
    leaves: list[bytes], client: Client
) -> None:
    answer = client.get("/log/checkpoints/002")
    newest = read_page(answer.content, 2)
    assert [one.size for one in newest.checkpoints] == [601] and newest.previous == 1
    assert answer["Cache-Control"] == "public, max-age=2"  # it may still grow
    older = client.get("/log/checkpoints/001")
    assert [one.size for one in read_page(older.content, 1).checkpoints] == [301]
    assert "immutable" in older["Cache-Control"]
    oldest = read_page(client.get("/log/checkpoints/000").content, 0)
    assert [one.size for one in oldest.checkpoints] == [1] and oldest.previous is None
    assert client.get("/log/checkpoint/301").content.decode() == Checkpoint.objects.get(size=301).note  # fmt: skip


@pytest.mark.parametrize("path", ["/.well-known/pharmatrace/log.json", "/log/log.json"])
def test_the_log_describes_itself(path: str, leaves: list[bytes], client: Client) -> None:
    told = client.get(path).json()
    vkey = log_verifier().vkey()
    assert told["origin"] == log_verifier().name
    assert told["keys"][0]["vkey"] == vkey and f"log {vkey}\n" in told["policy"]


def test_before_the_log_was_opened_there_is_nothing(client: Client) -> None:
    for path in ("proof/0", "receipt/0", "log.json", "checkpoints/000", "consistency?old=1"):
        assert client.get(f"/log/{path}").status_code == 404, path


def test_bundles_of_entries_are_compressed_for_who_takes_it(
    leaves: list[bytes], client: Client
) -> None:
    plain = client.get("/log/tile/entries/000")
    packed = client.get("/log/tile/entries/000", headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert packed["Content-Encoding"] == "gzip" and packed["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.content) == plain.content
    for accepted in ("identity", "gzip;q=0", "br"):
        answer = client.get("/log/tile/entries/000", headers={"Accept-Encoding": accepted})
        assert "Content-Encoding" not in answer and answer.content == plain.content


def test_the_checkpoint_is_not_sent_twice(leaves: list[bytes], client: Client) -> None:
    first = client.get("/log/checkpoint")
    again = client.get("/log/checkpoint", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and not again.content
    for name in ("Cache-Control", "ETag", "Access-Control-Allow-Origin"):
        assert again[name] == first[name]


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000", "proof/0", "receipt/0", "proof/999"])
def test_pages_of_other_sites_may_ask(path: str, leaves: list[bytes], client: Client) -> None:
    answer = client.get(f"/log/{path}")
    assert answer["Access-Control-Allow-Origin"] == "*"
    asked = client.options(f"/log/{path}")
    assert asked.status_code == 204
    assert asked["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert client.post(f"/log/{path}").status_code == 405
    assert not answer.cookies


def test_a_checkpoint_from_before_receipts_has_none(leaves: list[bytes], client: Client) -> None:
    from tests.session_database import triggers_off

    with triggers_off():
        Checkpoint.objects.filter(size=601).update(root_signature=None)
    assert client.get("/log/receipt/0").status_code == 404
    append_some(1, start=900)
    seal(at=NOON)
    assert client.get("/log/receipt/0").status_code == 200


def test_the_receipts_key_is_the_logs(leaves: list[bytes], client: Client) -> None:
    told: Any = json.loads(client.get("/log/log.json").content)
    assert "receipts" in told["keys"][0]["use"]
