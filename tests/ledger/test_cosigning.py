"""This installation as a witness: `/witness/` with signatures only, and a row that never goes back."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction
from django.http import HttpResponse
from django.test import Client

from apps.ledger.cosigning.installation_keys import installation_keys
from apps.ledger.cosigning.logs import add_log, remove_log
from apps.ledger.cosigning.store import DatabaseStore
from apps.ledger.models import WitnessedLog, WitnessedLogKey
from apps.parties.models import User
from pharmatrace.kernel.tlog.note import open_note
from pharmatrace.kernel.tlog.verifier_keys import parse_witness_key
from pharmatrace.kernel.tlog.witness_protocol import MAX_REQUEST, SIZE_TYPE, origin_hash
from tests.ledger.statements import NOON
from tests.witness.growing_log import GrowingLog
from tests.witness.racing import race

LOG = GrowingLog()


@pytest.fixture
def known(db: None) -> None:
    add_log(vkey=LOG.vkey, at=NOON)


def post(body: bytes) -> HttpResponse:
    client = Client(enforce_csrf_checks=True)
    return client.post("/witness/add-checkpoint", body, content_type="text/plain")


def test_a_checkpoint_is_cosigned_with_both_keys_and_no_cookie(known: None) -> None:
    answer = post(LOG.request(0, 5))
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    witness = [parse_witness_key(vkey) for vkey in installation_keys().vkeys()]
    opened = open_note(LOG.note(5) + answer.content.decode(), [LOG.signer.verifier, *witness])
    assert len(opened.verified) == 3
    kept = Client().get(f"/witness/{origin_hash(LOG.origin)}/checkpoint")
    assert kept.content.decode() == LOG.note(5) + answer.content.decode()
    assert Client().get("/witness/keys").content.decode().split() == [key.vkey() for key in witness]


def test_the_name_of_the_witness_is_the_sites(known: None, settings: Any) -> None:
    assert installation_keys().name == f"{settings.SITE_URL.partition('://')[2]}/witness"


def test_a_conflict_names_the_size(known: None) -> None:
    post(LOG.request(0, 5))
    answer = post(LOG.request(3, 9))
    assert (answer.status_code, answer["Content-Type"], answer.content) == (409, SIZE_TYPE, b"5\n")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"old 0\n\n\0", 400),
        (b"\xff" * 100, 400),
        (LOG.request(0, 5) + b"x" * MAX_REQUEST, 413),
        (GrowingLog("stan.example").request(0, 5), 404),
        (GrowingLog(seed=bytes(31) + b"\1").request(0, 5), 403),
        (LOG.request(0, 5).replace(b"old 0", b"old 0\n" + b"A" * 43 + b"="), 422),
    ],
)
def test_what_must_be_refused_is(body: bytes, status: int, known: None) -> None:
    assert post(body).status_code == status
    assert WitnessedLog.objects.get().note == ""


@pytest.mark.parametrize("address", ["add-checkpoint", "add-key"])
@pytest.mark.parametrize("length", ["9" * 5_000, "-1", "1e3", "٣"])
def test_a_length_that_is_none_is_too_long(address: str, length: str, known: None) -> None:
    answer = Client().generic("POST", f"/witness/{address}", b"x", CONTENT_LENGTH=length)
    assert answer.status_code == 413


def test_only_posts_are_taken_and_nothing_was_cosigned_yet(known: None) -> None:
    assert Client().get("/witness/add-checkpoint").status_code == 405
    for hash in (origin_hash(LOG.origin), "0" * 64, "0" * 63, "A" * 64):
        assert Client().get(f"/witness/{hash}/checkpoint").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_eight_threads_never_make_it_go_back() -> None:
    add_log(vkey=LOG.vkey, at=NOON)
    assert len(race(DatabaseStore, installation_keys(), done=connections.close_all)) > 1


@pytest.mark.parametrize("change", ["size = 4", "root = '\\x00'", "origin = 'x'"])
def test_the_database_refuses_to_go_back(change: str, known: None) -> None:
    post(LOG.request(0, 5))
    with (
        pytest.raises(IntegrityError, match="never goes back"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE ledger_witnessedlog SET {change}")


def test_a_log_that_was_removed_is_unknown_and_not_forgotten(known: None) -> None:
    post(LOG.request(0, 5))
    assert remove_log(origin=LOG.origin) and not remove_log(origin=LOG.origin)
    assert post(LOG.request(5, 6)).status_code == 404
    add_log(vkey=LOG.vkey, at=NOON)
    assert post(LOG.request(0, 6)).content == b"5\n"


def test_without_keys_it_says_so_and_cosigns_nothing(
    known: None, settings: Any, tmp_path: Path
) -> None:
    settings.SELF_CONTAINED = False
    settings.WITNESS_KEY_FOLDER = tmp_path / "none"
    assert post(LOG.request(0, 5)).status_code == 503
    assert Client().get("/witness/keys").status_code == 404
    told = StringIO()
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("witness_log", "keys")
    call_command("witness_log", "keys", "--make", stdout=told)
    assert len(told.getvalue().split()) == 2
    assert post(LOG.request(0, 5)).status_code == 200


@pytest.mark.django_db
def test_logs_are_added_listed_and_removed_by_command() -> None:
    told = StringIO()
    call_command("witness_log", "add", "another.example/2026", LOG.vkey, stdout=told)
    call_command("witness_log", "list", stdout=told)
    assert f"another.example/2026  0 entries  {LOG.vkey}" in told.getvalue()
    call_command("witness_log", "remove", "another.example/2026", stdout=told)
    call_command("witness_log", "list", stdout=told)
    assert "no key" in told.getvalue()
    for wrong in (["remove", "another.example/2026"], ["add", "x", "nonsense"]):
        with pytest.raises(CommandError):
            call_command("witness_log", *wrong)


@pytest.mark.django_db
def test_logs_are_added_and_removed_in_the_admin() -> None:
    admin = Client()
    staff = User.objects.create_superuser(email="root@example.org", password="x", name="Root")
    admin.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    address = "/admin/ledger/witnessedlogkey/"
    wrong = admin.post(f"{address}add/", {"vkey": "nonsense", "origin": ""})
    assert "verifier key" in wrong.content.decode() and not WitnessedLogKey.objects.exists()
    for _ in range(2):
        added = admin.post(f"{address}add/", {"vkey": LOG.vkey, "origin": ""})
        assert added.status_code == 302, added.content
    key = WitnessedLogKey.objects.get()
    for page in (address, "/admin/ledger/witnessedlog/", "/admin/ledger/askedwitness/"):
        assert admin.get(page).status_code == 200
    assert admin.get("/admin/ledger/witnessalarm/").status_code == 200
    admin.post(f"{address}{key.pk}/delete/", {"post": "yes"})
    assert not WitnessedLogKey.objects.exists()
    assert WitnessedLog.objects.get().origin == LOG.origin
