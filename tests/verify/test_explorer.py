"""The ledger explorer: anybody finds every checkpoint and entry, and nothing that names a pack or a party."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from apps.ledger.models import Checkpoint, Entry, Publication
from pharmatrace.kernel.tlog.base64text import to_base64
from pharmatrace.kernel.tlog.cosignature import Cosigner
from pharmatrace.kernel.tlog.note import signature_line, split_note
from tests.custody.goods import Goods, uris
from tests.desk.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def newest(sold: Goods) -> Checkpoint:
    found = Checkpoint.objects.order_by("-size").first()
    assert found
    return found


def published(size: int, root: bytes, note: str, at: Any) -> None:
    made = Checkpoint.objects.create(size=size, root=root, note=note, signed_at=at)
    Publication.objects.create(checkpoint=made, note=note, published_at=at)


def test_checkpoints_stand_with_size_time_and_anchor(newest: Checkpoint, stranger: Client) -> None:
    response = stranger.get("/ledger/")
    page = text(response)
    assert f"Entries {newest.size}" in page
    assert "journal" in page
    assert not response.cookies
    for size in Checkpoint.objects.values_list("size", flat=True):
        assert stranger.get(f"/ledger/checkpoint/{size}/").status_code == 200


def test_one_entry_is_no_entries(newest: Checkpoint, stranger: Client) -> None:
    if not Checkpoint.objects.filter(size=1).exists():
        published(1, b"\x01" * 32, newest.note, newest.signed_at)
    for language, words in (("en", "Checkpoint of 1 entry"), ("de", "Prüfpunkt mit 1 Eintrag")):
        page = text(stranger.get(f"/ledger/checkpoint/1/?lang={language}"))
        assert words in page
        assert not re.search(r"\b1 (entries|Einträge)", page)


def test_links_of_the_explorer_keep_the_language(newest: Checkpoint, stranger: Client) -> None:
    address = f"/ledger/growth/?old=1&new={newest.size}"
    for one in ("/ledger/", f"/ledger/checkpoint/{newest.size}/", "/ledger/entry/2/", address):
        page = stranger.get(f"{one}{'&' if '?' in one else '?'}lang=fr").content.decode()
        led = re.findall(r'href="(/(?:ledger|verify|login)/[^"]*)"', page)
        assert len(led) > 5
        assert [to for to in led if "lang=" not in to] == []
        asked = re.findall(r'<form class="form" action="/ledger/[^>]*>\s*(<input[^>]*>)', page)
        assert set(asked) <= {'<input type="hidden" name="lang" value="fr">'}


def test_witnesses_are_those_in_the_note(newest: Checkpoint, stranger: Client) -> None:

    witness = Cosigner("witness.example/w1", Ed25519PrivateKey.generate(), 1_700_000_000)
    line = signature_line(split_note(newest.note)[0], witness)
    size = newest.size + 1000  # a row of the log is never changed, so another one
    published(size, bytes(32), newest.note + line, newest.signed_at)
    page = text(stranger.get(f"/ledger/checkpoint/{size}/"))
    assert "witness.example/w1" in page
    assert witness.key_id.hex() in page
    assert "14 Nov 2023, 22:13 UTC" in page
    assert "witness.example/w1" in text(stranger.get("/ledger/"))


def test_an_entry_stands_with_its_bytes_and_its_proofs(
    newest: Checkpoint, stranger: Client
) -> None:
    for entry in Entry.objects.order_by("index"):
        response = stranger.get(f"/ledger/entry/{entry.index}/")
        page = response.content.decode()
        assert bytes(entry.data).hex() in page
        assert bytes(entry.leaf).hex() in page
        for link in (f"/log/proof/{entry.index}", f"/log/receipt/{entry.index}"):
            assert link in page
            assert stranger.get(link).status_code == 200


def test_nothing_names_a_pack_or_a_party(
    newest: Checkpoint, stranger: Client, mia: Any, dan: Any, petra: Any
) -> None:
    addresses = ["/ledger/", f"/ledger/checkpoint/{newest.size}/"]
    addresses += [f"/ledger/entry/{index}/" for index in range(newest.size)]
    for address in addresses:
        page = stranger.get(address).content.decode()
        for person in (mia, dan, petra):
            assert person.organisation.gln not in page
            assert str(person.organisation.id) not in page
        assert "/21/" not in page


def test_what_is_looked_up_is_found(newest: Checkpoint, stranger: Client) -> None:
    entry = Entry.objects.get(index=3)
    data, root = bytes(entry.data), bytes(newest.root)
    for asked in (data.hex(), data[2:].hex(), to_base64(data[2:]), f" {data.hex().upper()} "):
        assert stranger.get("/ledger/", {"q": asked})["Location"] == "/ledger/entry/3/"
    for asked in (root.hex(), to_base64(root)):
        location = stranger.get("/ledger/", {"q": asked})["Location"]
        assert location == f"/ledger/checkpoint/{newest.size}/"
    location = stranger.get("/ledger/", {"q": str(newest.size)})["Location"]
    assert location == f"/ledger/checkpoint/{newest.size}/"
    both = Checkpoint.objects.exclude(size=newest.size).order_by("-size").first()
    assert both
    page = text(stranger.get("/ledger/", {"q": str(both.size)}))
    assert f"Entry {both.size}" in page
    assert f"Checkpoint of {both.size} entr" in page


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("99999999", 404),
        ("0" * 64, 404),
        ("00" * 34, 400),
        ("hello", 400),
        ("<script>", 400),
        ("\x00", 400),
        ("９", 400),
        ("9" * 19, 400),
        ("ab" * 5000, 400),
        ("\ud800", 400),
    ],
)
def test_what_is_not_there_is_said(
    newest: Checkpoint, stranger: Client, asked: str, status: int
) -> None:
    query = asked.encode("utf-8", "surrogatepass")
    response = stranger.get("/ledger/", {"q": query})
    assert response.status_code == status
    assert "<script>" not in response.content.decode()


def test_two_checkpoints_are_shown_to_be_of_one_history(
    newest: Checkpoint, stranger: Client
) -> None:
    sizes = sorted(Checkpoint.objects.filter(size__gt=0).values_list("size", flat=True))
    assert len(sizes) > 1
    for old in sizes:
        page = text(stranger.get("/ledger/growth/", {"old": newest.size, "new": old}))
        assert "This server says that the one grew from the other" in page
        shown = json.loads(stranger.get(f"/log/consistency?old={old}&new={newest.size}").content)
        for digest in shown["path"]:
            assert digest in page


def test_a_history_that_was_rewritten_is_said_to_be(newest: Checkpoint, stranger: Client) -> None:
    size = newest.size - 1
    assert not Checkpoint.objects.filter(size=size).exists()
    published(size, b"\x01" * 32, newest.note, newest.signed_at)
    page = text(stranger.get("/ledger/growth/", {"old": size, "new": newest.size}))
    assert "These two do not fit together" in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"old": "1"}, 400),
        ({"old": "0", "new": "1"}, 400),
        ({"old": "x", "new": "1"}, 400),
        ({"old": "9" * 40, "new": "1"}, 400),
        ({"old": "7777777", "new": "8888888"}, 404),
    ],
)
def test_sizes_that_are_none(
    newest: Checkpoint, stranger: Client, query: dict[str, str], status: int
) -> None:
    assert stranger.get("/ledger/growth/", query).status_code == status


def test_absent_things_are_absent(newest: Checkpoint, stranger: Client) -> None:
    for address in ("/ledger/entry/999999/", "/ledger/checkpoint/999999/", "/ledger/entry/01/"):
        assert stranger.get(address).status_code == 404
    assert stranger.post("/ledger/").status_code == 405


def test_before_the_log_was_opened(db: None, stranger: Client) -> None:
    assert "no checkpoint yet" in text(stranger.get("/ledger/"))
    assert stranger.get("/ledger/entry/0/").status_code == 404


def test_the_list_pages_and_costs_the_same_however_long(
    sold: Goods, mia: Any, sealed: Callable[[], None], stranger: Client, django_assert_num_queries: Any
) -> None:  # fmt: skip
    # the page with its publications, its anchors, the newest, the key, the shards
    for size in (None, 3000):
        if size:
            note, at = Checkpoint.objects.values_list("note", "signed_at").first() or ("", None)
            made = [
                Checkpoint(size=2000 + n, root=n.to_bytes(32, "big"), note=note, signed_at=at)
                for n in range(size)
            ]
            Checkpoint.objects.bulk_create(made)
            Publication.objects.bulk_create(
                Publication(checkpoint=one, note=note, published_at=at) for one in made
            )
        with django_assert_num_queries(5):
            response = stranger.get("/ledger/")
    rows = re.findall(r"/ledger/checkpoint/(\d+)/", response.content.decode())
    assert rows[0] == "4999"
    assert len(rows) == 50
    older = stranger.get("/ledger/", {"before": rows[-1]}).content.decode()
    assert re.findall(r"/ledger/checkpoint/(\d+)/", older)[0] == str(int(rows[-1]) - 1)


def test_what_an_entry_a_checkpoint_and_a_comparison_cost(
    sold: Goods, newest: Checkpoint, stranger: Client, django_assert_max_num_queries: Any
) -> None:
    smaller = Checkpoint.objects.filter(size__gt=0).order_by("size").first()
    assert smaller
    for address, most in (
        ("/ledger/entry/2/", 9),
        (f"/ledger/checkpoint/{newest.size}/", 6),
        (f"/ledger/growth/?old={smaller.size}&new={newest.size}", 10),
        (f"/ledger/?q={uris(1)[0]}", 1),
    ):
        with django_assert_max_num_queries(most):
            stranger.get(address)
