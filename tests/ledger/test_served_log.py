"""/log/ is C2SP tlog-tiles, byte for byte."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.ledger.models import Entry
from apps.ledger.selectors import log_verifier
from apps.ledger.services import seal
from pharmatrace.kernel.tlog.checkpoint import parse_checkpoint
from pharmatrace.kernel.tlog.note import open_note
from pharmatrace.kernel.tlog.tiles import decode_entries, tiles_for
from pharmatrace.kernel.tlog.tree import leaf_hash, root_of
from tests.ledger.statements import NOON, append_some

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaves() -> list[bytes]:
    """Of a published log of 601 entries."""
    append_some(600)
    seal(at=NOON)
    return [bytes(leaf) for leaf in Entry.objects.order_by("index").values_list("leaf", flat=True)]


def test_the_checkpoint_is_a_note_of_the_log(leaves: list[bytes], client: Client) -> None:
    answer = client.get("/log/checkpoint")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=2"
    told = parse_checkpoint(open_note(answer.content, [log_verifier()]).text)
    assert (told.size, told.root) == (601, root_of(leaves))


def test_before_the_log_was_opened_there_is_nothing(client: Client) -> None:
    assert client.get("/log/checkpoint").status_code == 404
    assert client.get("/log/tile/0/000").status_code == 404
    assert client.get("/log/key").status_code == 404


def test_the_key_is_published_for_who_pins_it(leaves: list[bytes], client: Client) -> None:
    answer = client.get("/log/key")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode() == log_verifier().vkey() + "\n"


@pytest.mark.parametrize(
    ("path", "start", "stop"),
    [
        ("tile/0/000", 0, 256),
        ("tile/0/001", 256, 512),
        ("tile/0/002.p/89", 512, 601),
        ("tile/0/002.p/1", 512, 513),
        ("tile/0/000.p/17", 0, 17),  # of a tile that is full by now
    ],
)
def test_level_0_is_leaf_hashes(
    path: str, start: int, stop: int, leaves: list[bytes], client: Client
) -> None:
    answer = client.get(f"/log/{path}")
    assert answer.content == b"".join(leaves[start:stop])
    assert answer["Content-Type"] == "application/octet-stream"
    assert "immutable" in answer["Cache-Control"] and "max-age=31536000" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer and answer["Access-Control-Allow-Origin"] == "*"


def test_level_1_is_roots_of_full_tiles(leaves: list[bytes], client: Client) -> None:
    roots = root_of(leaves[:256]) + root_of(leaves[256:512])
    assert client.get("/log/tile/1/000.p/2").content == roots


def test_entries_hash_to_the_leaves(leaves: list[bytes], client: Client) -> None:
    full = decode_entries(client.get("/log/tile/entries/001").content)
    part = decode_entries(client.get("/log/tile/entries/002.p/89").content)
    assert [leaf_hash(entry) for entry in full + part] == leaves[256:]
    assert {len(entry) for entry in full} == {34}


def test_every_tile_of_the_size_is_there(leaves: list[bytes], client: Client) -> None:
    assert {client.get(f"/log/{tile.path}").status_code for tile in tiles_for(601)} == {200}


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/002", "tile/0/002.p/90", "tile/0/003.p/1", "tile/1/000", "tile/1/000.p/3",
        "tile/2/000.p/1", "tile/entries/002", "tile/entries/002.p/90", "tile/63/000.p/1",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ],
)  # fmt: skip
def test_what_is_not_published_is_not_there(path: str, leaves: list[bytes], client: Client) -> None:
    answer = client.get(f"/log/{path}")
    assert answer.status_code == 404
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "tile/00/000", "tile/0/0", "tile/0/0000", "tile/0/x000/000", "tile/0/000.p/0",
        "tile/0/000.p/256", "tile/0/000.p/017", "tile/0/000.p/", "tile/64/000", "tile/-1/000",
        "tile/0/000/", "tile/0//000", "tile/entries/0", "tile/entries/x000/001", "tile/0/٠٠٠",
    ],
)  # fmt: skip
def test_a_tile_has_one_address_only(path: str, leaves: list[bytes], client: Client) -> None:
    assert client.get(f"/log/{path}").status_code == 404


def test_what_is_sealed_and_not_yet_signed_is_not_served(
    leaves: list[bytes], client: Client, monkeypatch: Any
) -> None:
    from importlib import import_module

    monkeypatch.setattr(
        import_module("apps.ledger.services.seal"), "publish", lambda *_, **__: None
    )
    append_some(5, start=5000)
    seal(at=NOON)
    assert Entry.objects.count() == 606
    assert client.get("/log/tile/0/002.p/90").status_code == 404


@pytest.mark.parametrize(
    "path", ["tile/0/001", "tile/0/002.p/89", "tile/entries/001", "tile/1/000.p/2"]
)
def test_a_tile_costs_two_queries(
    path: str, leaves: list[bytes], client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):
        assert client.get(f"/log/{path}").status_code == 200


def test_the_log_is_read_only(leaves: list[bytes], client: Client) -> None:
    assert client.post("/log/checkpoint").status_code == 405
    assert client.head("/log/checkpoint").status_code == 200
