"""Whatever byte of a downloaded bundle changes, the verifier says which part fails; and the page notices
when what lies in the tables is no longer what was signed."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.anchors.journal.file import Journal, Line
from apps.catalog.models import Batch
from apps.custody import selectors as custody
from apps.custody.models import Package
from apps.ledger.selectors import latest_checkpoint
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.evidence.verdict import verify_bundle
from pharmatrace.kernel.tlog.checkpoint import Checkpoint
from pharmatrace.kernel.tlog.note import Signer, sign_note, split_note
from tests.custody.goods import GTIN, Goods, package, uri
from tests.session_database import triggers_off
from tests.verify.test_evidence import ADDRESS, download

pytestmark = pytest.mark.django_db

Place = tuple[str | int, ...]


def strings(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, (*place, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from strings(inner, (*place, at))
    elif isinstance(value, str):
        yield place, value


def changed(text: str) -> str:
    """One bit of what the text stands for is another."""
    side, colon, body = (
        text.rpartition(":") if text.startswith(("left:", "right:")) else ("", "", text)
    )
    try:
        raw = bytearray(base64.b64decode(body, validate=True))
        if len(raw) < 16:
            raise ValueError
    except ValueError:
        return text[:-1] + ("x" if text[-1:] != "x" else "y")
    raw[len(raw) // 2] ^= 1
    return side + colon + base64.b64encode(raw).decode()


def put(document: Any, place: Place, value: Any) -> Any:
    out = copy.deepcopy(document)
    inner = out
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return out


@pytest.mark.parametrize("who", ["stranger", "rosa"])
def test_no_string_of_a_bundle_can_change(
    who: str, sold: Goods, request: pytest.FixtureRequest
) -> None:
    asker = request.getfixturevalue(who)
    document = json.loads(download(getattr(asker, "client", asker)))
    for place, text in strings(document):
        if place == ("format",):
            continue  # then it is no bundle at all, which is another answer
        if who == "rosa" and place[0] in ("genesis", "keys"):
            continue  # of the same form as the stranger's
        verdict = verify_bundle(json.dumps(put(document, place, changed(text))))
        assert not verdict.holds, place
        # The part that fails is named: the changed place lies in it, or it rests on the changed place.
        assert any(_concerns(check.place, place) for check in verdict.failed), (
            place,
            verdict.failed,
        )


def _concerns(pointer: str, place: Place) -> bool:
    named = [part for part in pointer.split("/") if part]
    parts = [str(part) for part in place]
    if not named or parts[: len(named)] == named or named[: len(parts)] == parts:
        return True
    if parts[0] in ("events", "keys"):  # a fact's event, or the statements that rest on a key
        return named[:2] == parts[:2] or parts[0] == "keys"
    return parts[0] in ("package", "log", "genesis", "checkpoint", "anchors")


@pytest.mark.parametrize("number", ["index", "type"])
def test_no_number_of_a_bundle_can_change(number: str, sold: Goods, stranger: Client) -> None:
    document = json.loads(download(stranger))
    for at, event in enumerate(document["events"]):
        bad = put(document, ("events", at, number), event[number] + 1)
        verdict = verify_bundle(json.dumps(bad))
        assert any(check.place.startswith("/events") for check in verdict.failed), at


@pytest.mark.parametrize("at", range(3))
def test_no_event_of_the_pack_can_be_left_out(at: int, sold: Goods, stranger: Client) -> None:
    document = json.loads(download(stranger))
    own = [i for i, event in enumerate(document["events"])
           if any(fact["name"] == "package" for fact in event["facts"])]  # fmt: skip
    del document["events"][own[at]]
    verdict = verify_bundle(json.dumps(document))
    if at < len(own) - 1:
        assert "chain" in {check.name for check in verdict.failed}
    else:  # the newest one: said, because a bundle cannot know what came after it
        assert "completeness" in {check.name for check in verdict.unchecked}


def sql(statement: str, *parameters: Any) -> Callable[[], None]:
    def go() -> None:
        with triggers_off(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            assert cursor.rowcount > 0

    return go


FLIP = "set_byte({0}, 5, get_byte({0}, 5) # 1)"


@pytest.mark.parametrize(
    ("table", "column", "failed"),
    [
        ("ledger_statement", "leaves", "signature"),
        ("ledger_statement", "cose", "signature"),
        ("ledger_statementsecret", "secret", "facts"),
        ("ledger_entry", "leaf", "inclusion"),
    ],
)
def test_the_page_notices_changed_bytes(
    table: str, column: str, failed: str, sold: Goods, stranger: Client
) -> None:
    sql(f"UPDATE {table} SET {column} = {FLIP.format(column)}")()
    answer = stranger.get(f"/01/{GTIN}/21/S0?format=json").json()
    assert answer["verdict"]["code"] == "record_broken"
    assert failed in {check["name"] for check in answer["checks"] if check["state"] == "failed"}
    assert stranger.get(ADDRESS).status_code in (409, 503)


def test_the_page_notices_a_changed_expiry(sold: Goods, stranger: Client, batch: Batch) -> None:
    Batch.objects.update(expiry=batch.expiry.replace(year=2031))
    assert code(stranger) == "record_broken"


def test_the_page_notices_a_changed_state(sold: Goods, stranger: Client) -> None:
    Package.objects.filter(id=package(uri("S0")).id).update(status="supplied")
    assert code(stranger) == "record_broken"


@pytest.mark.parametrize("rows", ["custody_packageevent", "ledger_statement WHERE type = 1"])
def test_the_page_notices_a_lost_history(rows: str, sold: Goods, stranger: Client) -> None:
    sql(f"DELETE FROM {rows}")()
    assert code(stranger) == "record_broken"
    assert stranger.get(ADDRESS).status_code in (409, 503)


def test_the_page_notices_another_head(sold: Goods, stranger: Client) -> None:
    Package.objects.filter(id=package(uri("S0")).id).update(head=bytes(32))
    assert code(stranger) == "record_broken"


def test_the_page_notices_a_forged_checkpoint(sold: Goods, stranger: Client) -> None:
    sql("UPDATE ledger_publication SET note = replace(note, E'\\n\\n', E'\\nmore\\n\\n')")()
    assert code(stranger) == "record_broken"


def test_the_page_notices_a_cut_journal(sold: Goods, stranger: Client, settings: Any) -> None:
    lines = settings.JOURNAL_FILE.read_bytes().splitlines(keepends=True)
    settings.JOURNAL_FILE.write_bytes(b"".join(lines[:-1]))
    assert code(stranger) == "record_broken"


def test_a_journal_on_another_machine_says_nothing(
    sold: Goods, stranger: Client, settings: Any
) -> None:
    settings.JOURNAL_FILE.unlink()
    answer = stranger.get(f"/01/{GTIN}/21/S0?format=json").json()
    assert answer["verdict"]["code"] == "in_order"
    assert {c["name"]: c["state"] for c in answer["checks"]}["anchor"] == "unchecked"


def anchor_seen_by(stranger: Client) -> str:
    answer = stranger.get(f"/01/{GTIN}/21/S0?format=json").json()
    return str({c["name"]: c["state"] for c in answer["checks"]}["anchor"])


def with_a_journal_of_its_own(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *lines: Line
) -> None:
    """What a second machine sees, which seals at times and so has a journal of its own."""
    settings.JOURNAL_FILE = tmp_path / "second machine" / "checkpoints.jsonl"
    monkeypatch.setattr("socket.gethostname", lambda: "second")
    for line in lines:
        Journal(settings.JOURNAL_FILE).append(line)


def test_a_second_machine_has_a_journal_of_its_own(
    sold: Goods, stranger: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = Journal(settings.JOURNAL_FILE).tail()[-2]
    with_a_journal_of_its_own(settings, tmp_path, monkeypatch, older)
    assert anchor_seen_by(stranger) == "unchecked"
    assert code(stranger) == "in_order"


def test_any_journal_that_knows_another_tree_of_that_size_contradicts(
    sold: Goods, stranger: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = Journal(settings.JOURNAL_FILE).tail()[-1]
    told = Checkpoint(newest.origin, newest.size, bytes(32)).text()
    note = sign_note(told, [Signer.from_seed(newest.origin, bytes(32))])
    other = Line(newest.size, bytes(32), note, newest.at)
    with_a_journal_of_its_own(settings, tmp_path, monkeypatch, other)
    assert anchor_seen_by(stranger) == "failed"


def test_the_page_needs_no_private_key(sold: Goods, stranger: Client, settings: Any) -> None:
    settings.LOG_KEY_FILE.unlink()
    assert code(stranger) == "in_order"
    assert stranger.get(f"/verify/evidence/01/{GTIN}/21/S0").status_code == 200


def test_the_page_notices_a_checkpoint_signed_with_another_key(
    sold: Goods, stranger: Client
) -> None:
    newest = latest_checkpoint()
    assert newest is not None
    note = newest.note
    forged = sign_note(split_note(note)[0], [Signer.from_seed(note.split("\n")[0], bytes(32))])
    sql("UPDATE ledger_publication SET note = %s", forged)()
    assert code(stranger) == "record_broken"


def test_an_event_between_two_queries_is_no_forgery(
    sold: Goods, petra: Any, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = custody.history
    moments = iter([lambda: sold.do(Kind.DISPENSE, petra, [uri("S0")]).raise_refused()])

    def late(package_id: Any) -> Any:
        next(moments, lambda: None)()
        return history(package_id)

    monkeypatch.setattr(custody, "history", late)
    assert code(stranger) == "dispensed"


def code(client: Client) -> str:
    return str(client.get(f"/01/{GTIN}/21/S0?format=json").json()["verdict"]["code"])
