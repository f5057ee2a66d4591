"""Asking witnesses: published when enough agree, older and honest until then, loud when one disagrees."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from apps.anchors.models import Anchor
from apps.ledger import guard
from apps.ledger.audits import audit
from apps.ledger.models import AskedWitness, Checkpoint, Cosignature, Publication, WitnessAlarm
from apps.ledger.selectors import (
    entries_of,
    latest_checkpoint,
    log_verifier,
    newest_signed,
    published_size,
    signed_size,
)
from apps.ledger.services import open_log, seal
from apps.ledger.tasks import ask_for_cosignatures
from apps.ledger.witnessing.asking import ask_witnesses
from apps.ledger.witnessing.client import NoReply, Reply
from apps.ledger.witnessing.lateness import troubles, unpublished
from apps.ledger.witnessing.policy_file import PolicyFault, witness_policy
from pharmatrace.kernel.tlog.cosignature import Cosigner
from pharmatrace.kernel.tlog.note import signature_line, split_note
from pharmatrace.kernel.tlog.witness_protocol import SIZE_TYPE
from pharmatrace.witness.keys import WitnessKeys, make_keys
from tests.ledger.statements import NOON, append_some
from tests.ledger.witnesses import (
    Answer,
    liar,
    same_log_elsewhere,
    start_again,
    write_policy,
)
from tests.witness.programs import Program, witness

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture(scope="module")
def liars_keys(tmp_path_factory: pytest.TempPathFactory) -> WitnessKeys:
    return make_keys(tmp_path_factory.mktemp("liar"), "liar.example")


@pytest.fixture
def opened(db: None) -> None:
    """A log of one entry, published."""
    open_log(at=NOON)


@pytest.fixture
def programs(opened: None, tmp_path: Path) -> Iterator[dict[str, Program]]:
    """Two real witnesses that know the log."""
    vkey = log_verifier().vkey()
    with (
        witness(tmp_path / "w1", "--log", vkey, name="w1.example") as one,
        witness(tmp_path / "w2", "--log", vkey, name="w2.example") as two,
    ):
        yield {"w1": one, "w2": two}


@pytest.fixture
def both(programs: dict[str, Program], settings: Any, tmp_path: Path) -> dict[str, Program]:
    named = {
        name: (make_keys(p.folder / "keys", f"{name}.example"), p.url)
        for name, p in programs.items()
    }
    write_policy(settings, tmp_path, named, "all")
    return programs


def grown(count: int, *, start: int = 0) -> Checkpoint:
    append_some(count, start=start)
    signed = seal(at=NOON)
    assert signed is not None
    return signed


def later(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_a_checkpoint_is_published_when_both_have_cosigned(both: dict[str, Program]) -> None:
    signed = grown(4)
    assert (published_size(), signed_size()) == (1, 5)
    published = ask_witnesses(clock=NOW)
    assert published is not None and published.size == 5
    newest = latest_checkpoint()
    assert newest is not None and newest.note.startswith(signed.note)
    witness_policy().check(newest.note, logs=[log_verifier()])
    assert newest.note.count("\n— w") == 2
    assert Client().get("/log/checkpoint").content.decode() == newest.note
    assert Checkpoint.objects.get(size=5).note == signed.note
    assert set(AskedWitness.objects.values_list("size", flat=True)) == {5}


def test_only_the_newest_is_asked_about_and_told_to_the_anchors(both: dict[str, Program]) -> None:
    for start in (0, 100, 200):
        grown(3, start=start)
    ask_for_cosignatures()
    assert list(Publication.objects.order_by("checkpoint_id").values_list("checkpoint_id", flat=True)) == [1, 10]  # fmt: skip
    assert list(Anchor.objects.order_by("checkpoint_id").values_list("checkpoint_id", flat=True)) == [1, 10]  # fmt: skip
    assert ask_witnesses(clock=NOW) is None
    grown(3, start=300)
    ask_for_cosignatures()
    assert published_size() == 13


def test_while_one_is_dead_readers_keep_the_older_one(
    both: dict[str, Program], settings: Any
) -> None:
    both["w2"].process.kill()
    both["w2"].process.wait()
    ids = append_some(4)
    seal(at=NOON)
    assert ask_witnesses(clock=NOW) is None
    assert (published_size(), signed_size()) == (1, 5)
    assert Client().get("/log/checkpoint").content.decode().split("\n")[1] == "1"
    assert Client().get("/log/tile/entries/000.p/5").status_code == 404
    state = entries_of(ids)[ids[0]]
    assert (state.index, state.size, state.sealed_at) == (1, None, None)
    row = AskedWitness.objects.get(url=both["w2"].url)
    assert row.failures == 1 and "does not answer" in row.problem
    late = unpublished(now=NOON + timedelta(seconds=90))
    assert late is not None and late.too_long and "for 90 s" in str(late)
    told = troubles(now=NOON + timedelta(seconds=90))
    assert len(told) == 2 and both["w2"].url in told[1]
    assert troubles(now=NOON + timedelta(seconds=9)) == []


def test_one_that_comes_back_is_asked_when_its_pause_is_over(
    both: dict[str, Program], settings: Any, tmp_path: Path
) -> None:
    both["w2"].process.kill()
    both["w2"].process.wait()
    port = both["w2"].port
    grown(4)
    ask_witnesses(clock=NOW)
    with witness(tmp_path / "w2", "--port", str(port), name="w2.example"):
        assert ask_witnesses(clock=NOW) is None
        assert published_size() == 1
        published = ask_witnesses(clock=lambda: later(3))
    assert published is not None and published_size() == 5
    assert AskedWitness.objects.get(url=both["w2"].url).failures == 0


def test_the_pause_doubles_up_to_five_minutes(both: dict[str, Program]) -> None:
    for program in both.values():
        program.process.kill()
        program.process.wait()
    grown(4)
    pauses, at = [], NOON
    for _ in range(11):
        ask_witnesses(clock=lambda at=at: at)  # type: ignore[misc]
        row = AskedWitness.objects.get(url=both["w1"].url)
        pauses.append((row.ask_again_at - at).total_seconds())
        at = row.ask_again_at
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


def test_one_request_brings_both_kinds_of_cosignature(
    programs: dict[str, Program], settings: Any, tmp_path: Path
) -> None:
    keys = make_keys(tmp_path / "w1" / "keys", "w1.example")
    small, large = keys.vkeys()
    url = programs["w1"].url
    policy = tmp_path / "policy.txt"
    policy.write_text(
        f"log {log_verifier().vkey()}\nwitness small {small} {url}\nwitness large {large} {url[:-1]}\n"
        "group w1 all small large\nquorum w1\n"
    )
    settings.WITNESS_POLICY_FILE = str(policy)
    grown(4)
    ask_for_cosignatures()
    newest = latest_checkpoint()
    assert newest is not None and newest.size == 5
    assert sorted(len(one.signature) for one in split_note(newest.note)[1]) == [64, 72, 2428]
    assert Cosignature.objects.count() == 2


def policy_of_a_liar(
    settings: Any, folder: Path, keys: WitnessKeys, url: str, quorum: str = "all"
) -> None:
    write_policy(settings, folder, {"liar": (keys, url)}, quorum)


def cosigned(body: bytes, *, by: Any, of: str | None = None) -> bytes:
    text, _ = split_note(body.partition(b"\n\n")[2])
    return signature_line(of or text, by).encode()


STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def lies(keys: WitnessKeys) -> dict[str, Any]:
    now = int(datetime.now(UTC).timestamp())

    def honest(at: int) -> Cosigner:
        return Cosigner("liar.example", keys.ed25519, at)

    return {
        "a wrong signature": lambda body: cosigned(body, by=honest(now), of="other\n"),
        "another key": lambda body: cosigned(body, by=Cosigner("liar.example", STRANGER, now)),
        "another name": lambda body: cosigned(body, by=Cosigner("x.example", keys.ed25519, now)),
        "a cosignature without time": lambda body: cosigned(body, by=honest(0)),
        "a cosignature from the future": lambda body: cosigned(body, by=honest(now + 900)),
        "nothing": lambda _: b"",
        "a word": lambda _: b"ok",
        "no text": lambda _: b"\xff\0\xff",
        "a million lines": lambda _: b"\xe2\x80\x94 a AAAAAAAA\n" * 3000,
        "a note instead of lines": lambda body: body.partition(b"\n\n")[2],
    }


@pytest.mark.parametrize("lie", [
    "a wrong signature", "another key", "another name", "a cosignature without time",
    "a cosignature from the future", "nothing", "a word", "no text", "a million lines",
    "a note instead of lines",
])  # fmt: skip
def test_a_lie_is_not_stored_and_told(
    lie: str, opened: None, settings: Any, tmp_path: Path, liars_keys: WitnessKeys
) -> None:
    make = lies(liars_keys)[lie]
    with liar(lambda _, __, body: (200, {}, make(body))) as server:
        policy_of_a_liar(settings, tmp_path, liars_keys, server.url)
        grown(4)
        assert ask_witnesses(clock=NOW) is None
    assert not Cosignature.objects.exists() and published_size() == 1
    row = AskedWitness.objects.get()
    assert row.failures == 1 and row.problem
    assert not WitnessAlarm.objects.exists()


@pytest.mark.parametrize("status", [301, 302, 400, 403, 404, 429, 500, 503])
def test_any_other_status_is_a_failure_and_no_redirect_is_followed(
    status: int, opened: None, settings: Any, tmp_path: Path, liars_keys: WitnessKeys
) -> None:
    with liar(lambda *_: (status, {"Location": "/elsewhere"}, b"")) as server:
        policy_of_a_liar(settings, tmp_path, liars_keys, server.url)
        grown(4)
        ask_witnesses(clock=NOW)
        assert [path for _, path, _ in server.asked] == ["/add-checkpoint"]
    assert AskedWitness.objects.get().failures == 1


def test_one_that_never_answers_holds_nobody_up(
    programs: dict[str, Program], settings: Any, tmp_path: Path, liars_keys: WitnessKeys
) -> None:
    settings.WITNESS_SECONDS = 0.3
    over = threading.Event()

    def never(*_: object) -> Answer:
        over.wait(20)
        return 200, {}, b""

    with liar(never) as server:
        good = make_keys(tmp_path / "w1" / "keys", "w1.example"), programs["w1"].url
        write_policy(settings, tmp_path, {"w1": good, "slow": (liars_keys, server.url)}, "any")
        grown(4)
        published = ask_witnesses(clock=NOW)
        over.set()
    assert published is not None and published.size == 5


def test_one_that_is_slow_alone_fails_in_time(
    opened: None, settings: Any, tmp_path: Path, liars_keys: WitnessKeys
) -> None:
    settings.WITNESS_SECONDS = 0.3
    over = threading.Event()

    def never(*_: object) -> Answer:
        over.wait(20)
        return 200, {}, b""

    with liar(never) as server:
        policy_of_a_liar(settings, tmp_path, liars_keys, server.url)
        grown(4)
        assert ask_witnesses(clock=NOW) is None
        over.set()
    assert "answer" in AskedWitness.objects.get().problem


def test_one_that_drips_its_answer_holds_one_thread(
    opened: None, settings: Any, tmp_path: Path, liars_keys: WitnessKeys, monkeypatch: Any
) -> None:
    settings.WITNESS_SECONDS = 0.1
    over, sent = threading.Event(), []

    def drips(url: str, body: bytes, *, seconds: float) -> Reply:
        sent.append(url)
        over.wait(20)
        raise NoReply("it does not answer")

    monkeypatch.setattr("apps.ledger.witnessing.client.post", drips)
    policy_of_a_liar(settings, tmp_path, liars_keys, "http://127.0.0.1:1/")
    grown(4)
    for seconds in (0, 10, 100):
        ask_witnesses(clock=lambda seconds=seconds: later(seconds))  # type: ignore[misc]
    over.set()
    assert len(sent) == 1
    row = AskedWitness.objects.get()
    assert row.failures == 1 and "in time" in row.problem


def test_a_size_we_did_not_remember_is_asked_from_once(both: dict[str, Program]) -> None:
    grown(4)
    ask_for_cosignatures()
    AskedWitness.objects.update(size=0)
    grown(4, start=100)
    ask_for_cosignatures()
    assert published_size() == 9


def test_one_that_changes_its_mind_is_asked_twice_and_no_more(
    opened: None, settings: Any, tmp_path: Path, liars_keys: WitnessKeys
) -> None:
    with liar(lambda *_: (409, {"Content-Type": SIZE_TYPE}, b"3\n")) as server:
        policy_of_a_liar(settings, tmp_path, liars_keys, server.url)
        grown(4)
        ask_witnesses(clock=NOW)
        assert [body.partition(b"\n")[0] for _, _, body in server.asked] == [b"old 0", b"old 3"]
    assert "another size" in AskedWitness.objects.get().problem
    assert not WitnessAlarm.objects.exists()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (SIZE_TYPE, b""),
        (SIZE_TYPE, b"3"),
        (SIZE_TYPE, b"many\n"),
        (SIZE_TYPE, b"-3\n"),
        ("text/plain", b"3\n"),
        ("text/html", b"<h1>conflict</h1>"),
    ],
)
def test_a_conflict_without_a_size_is_an_alarm(
    content_type: str,
    body: bytes,
    opened: None,
    settings: Any,
    tmp_path: Path,
    liars_keys: WitnessKeys,
) -> None:
    with liar(lambda *_: (409, {"Content-Type": content_type}, body)) as server:
        policy_of_a_liar(settings, tmp_path, liars_keys, server.url)
        grown(4)
        with capture_logs() as said:
            ask_witnesses(clock=NOW)
    assert WitnessAlarm.objects.get().kind == "unexplained"
    assert [one["log_level"] for one in said if one["event"] == "witness_alarm"] == ["error"]
    assert grown(4, start=50)  # nothing is proven: sealing goes on


def test_a_size_from_the_future_is_an_alarm_and_stops_the_sealer_until_it_is_settled(
    opened: None, settings: Any, tmp_path: Path, liars_keys: WitnessKeys
) -> None:
    with liar(lambda *_: (409, {"Content-Type": SIZE_TYPE}, b"900\n")) as server:
        policy_of_a_liar(settings, tmp_path, liars_keys, server.url)
        grown(4)
        for seconds in (0, 10, 100):
            ask_witnesses(clock=lambda seconds=seconds: later(seconds))  # type: ignore[misc]
        alarm = WitnessAlarm.objects.get()
        assert (alarm.kind, alarm.size, alarm.root) == ("ahead", 900, None)
        append_some(1, start=50)
        with pytest.raises(guard.Behind, match=f"alarm {alarm.id}, see manage.py witnesses"):
            seal(at=NOON)
        told = StringIO()
        with pytest.raises(SystemExit):
            call_command("witnesses", stdout=told)
        assert f"TROUBLE  Alarm {alarm.id}: The witness {server.url} says" in told.getvalue()
        call_command(
            "witnesses", "settle", str(alarm.id), "--because", "it was a test", stdout=told
        )
        with pytest.raises(CommandError):
            call_command("witnesses", "settle", str(alarm.id), "--because", "twice")
        assert seal(at=NOON) is not None
        ask_witnesses(clock=lambda: later(1000))
    assert WitnessAlarm.objects.filter(settled_at__isnull=True).count() == 0


def test_two_histories_for_two_witnesses_are_found(both: dict[str, Program]) -> None:
    """Somebody with the log's key has shown the second witness another tree of four entries."""
    other = same_log_elsewhere(log_verifier().name)
    assert both["w2"].post(other.request(0, 4))[0] == 200
    signed = grown(4)
    with capture_logs() as said:
        assert ask_witnesses(clock=NOW) is None
    assert published_size() == 1 < signed.size
    alarm = WitnessAlarm.objects.get()
    assert (alarm.kind, alarm.size, bytes(alarm.root or b"")) == ("other_history", 4, other.root(4))
    assert alarm.note.startswith(other.note(4))
    assert any(one["event"] == "witness_alarm" for one in said)
    append_some(1, start=50)
    with pytest.raises(guard.Behind, match="another tree of 4 entries"):
        seal(at=NOON)


def test_a_longer_history_elsewhere_is_found_and_proven(both: dict[str, Program]) -> None:
    other = same_log_elsewhere(log_verifier().name)
    assert both["w2"].post(other.request(0, 40))[0] == 200
    grown(4)
    ask_witnesses(clock=NOW)
    alarm = WitnessAlarm.objects.get()
    assert (alarm.kind, alarm.size, bytes(alarm.root or b"")) == ("ahead", 40, other.root(40))
    append_some(1, start=50)
    with pytest.raises(guard.Behind, match="restored backup"):
        seal(at=NOON)


def test_a_restored_backup_is_found_before_the_first_sealing(
    both: dict[str, Program], settings: Any
) -> None:
    grown(4)
    ask_for_cosignatures()
    backup = transaction.savepoint()
    grown(20, start=100)
    ask_for_cosignatures()
    assert published_size() == 25
    transaction.savepoint_rollback(backup)
    Path(settings.JOURNAL_FILE).unlink()  # lost with the machine: only the witnesses know
    start_again()
    append_some(1, start=200)
    with pytest.raises(guard.Behind, match="knows a published checkpoint of 25"):
        seal(at=NOON)
    assert signed_size() == 5
    start_again()


def test_the_first_sealing_does_not_wait_for_witnesses_that_are_dead(
    both: dict[str, Program], settings: Any
) -> None:
    settings.WITNESS_SECONDS = 0.3
    for program in both.values():
        program.process.kill()
        program.process.wait()
    start_again()
    assert grown(4).size == 5
    start_again()


class Killed(BaseException):
    """Stands for a process that ends here: nothing may catch it."""


STEPS = [
    "claim", "consistency", "judge", "record_cosignatures", "publish_if_met", "lines_below",
    "make_public",
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_a_step_and_resumed(
    step: str, when: str, both: dict[str, Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    grown(4)
    ask_for_cosignatures()
    grown(4, start=100)
    module = import_module("apps.ledger.witnessing.asking")
    real = getattr(module, step)

    def dies(*args: Any, **named: Any) -> Any:
        if when == "after":
            real(*args, **named)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(module, step, dies)
        with pytest.raises(Killed):
            ask_witnesses(clock=NOW)
    for thread in threading.enumerate():  # they would have ended with the process
        if thread.name.startswith("witness "):
            thread.join(10)
    for _ in range(2):
        ask_witnesses(clock=lambda: later(60))
    published = list(Publication.objects.order_by("checkpoint_id"))
    assert [one.checkpoint_id for one in published] == [1, 5, 9]
    for one in published[1:]:
        witness_policy().check(one.note, logs=[log_verifier()])
    assert Cosignature.objects.count() == 4 and not WitnessAlarm.objects.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"quorum none", "line 1: the line does not end"),
        (b"witness w nonsense\nquorum w\n", "line 1"),
        (None, "cannot be read"),
    ],
)
def test_a_policy_that_cannot_be_followed_stops_publication_and_not_sealing(
    text: bytes | None, sentence: str, opened: None, settings: Any, tmp_path: Path
) -> None:
    path = tmp_path / "policy.txt"
    if text is not None:
        path.write_bytes(text)
    settings.WITNESS_POLICY_FILE = str(path)
    with capture_logs() as said:
        grown(4)
        ask_for_cosignatures()
    assert sentence in str([one for one in said if one["event"] == "publication_stopped"])
    assert (published_size(), signed_size()) == (1, 5)
    assert sentence in troubles(now=NOON)[0]
    path.write_bytes(b"quorum none\n")
    ask_for_cosignatures()
    assert published_size() == 5


@pytest.mark.parametrize(
    ("witness_line", "sentence"),
    [
        ("", "cannot be met"),
        (" ftp://w.example/", "is no http"),
        (" http:///nowhere", "is no http"),
    ],
)
def test_a_quorum_that_nobody_can_be_asked_for_is_said(
    witness_line: str,
    sentence: str,
    opened: None,
    settings: Any,
    tmp_path: Path,
    liars_keys: WitnessKeys,
) -> None:
    path = tmp_path / "policy.txt"
    path.write_text(f"witness w {liars_keys.vkeys()[0]}{witness_line}\nquorum w\n")
    settings.WITNESS_POLICY_FILE = str(path)
    with pytest.raises(PolicyFault, match=sentence):
        witness_policy()


def test_a_policy_for_other_logs_is_said(opened: None, settings: Any, tmp_path: Path) -> None:
    path = tmp_path / "policy.txt"
    other = same_log_elsewhere(log_verifier().name)
    other.signer = type(other.signer).from_seed("other.example", bytes(32))
    path.write_text(f"log {other.vkey}\nquorum none\n")
    settings.WITNESS_POLICY_FILE = str(path)
    with pytest.raises(PolicyFault, match="Add the line: log"):
        ask_witnesses(clock=NOW)


def test_without_a_policy_nobody_is_asked_and_everything_is_published(opened: None) -> None:
    signed = grown(4)
    newest = latest_checkpoint()
    assert newest is not None and newest.note == signed.note
    assert not AskedWitness.objects.exists() and newest_signed() == newest


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        ("UPDATE ledger_publication SET note = replace(note, 'w1.example', 'w3.example') WHERE checkpoint_id = 5",
         "publication 5", "stored nowhere else"),
        ("UPDATE ledger_publication SET note = 'x' || note WHERE checkpoint_id = 5",
         "publication 5", "not the checkpoint that the log signed"),
        ("UPDATE ledger_cosignature SET line = (SELECT line FROM ledger_cosignature WHERE checkpoint_id = 9"
         " AND witness = 'w1.example') WHERE checkpoint_id = 5 AND witness = 'w1.example'",
         "checkpoint 5", "The cosignature of w1.example is wrong."),
    ],
)  # fmt: skip
def test_the_audit_names_what_was_changed_about_publications(
    change: str, place: str, sentence: str, both: dict[str, Program]
) -> None:
    for start in (0, 100):
        grown(4, start=start)
        ask_for_cosignatures()
    assert [finding for _, finding in audit()] == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(change)
        cursor.execute("SET session_replication_role = DEFAULT")
    told = [one.sentence for _, one in audit() if one.place == place]
    assert any(sentence in one for one in told), told
