"""The log in shards: turned at any point, served for ever, audited through all of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.utils import IntegrityError
from django.test import Client

from apps.anchors.journal.backend import journal
from apps.ledger import guard
from apps.ledger.audits import audit
from apps.ledger.exporting.export import export
from apps.ledger.exporting.targets import Folder
from apps.ledger.log_keys import log_keys, log_verifier
from apps.ledger.models import Checkpoint, Entry, Head, Pending, Publication, Shard
from apps.ledger.selectors import consistency, inclusion, latest_checkpoint, roots
from apps.ledger.services import open_log, seal, turn_log
from apps.ledger.services.run_audit import run_audit
from apps.ledger.services.turn_log import next_vkey
from apps.ledger.shards import shards
from apps.ledger.tasks import _turned, seal_pending
from apps.ledger.witnessing.asking import ask_witnesses
from pharmatrace.kernel.__main__ import main as kernel
from pharmatrace.kernel.refusal import Refused
from pharmatrace.kernel.tlog.checkpoint import parse_checkpoint
from pharmatrace.kernel.tlog.note import open_note
from pharmatrace.kernel.tlog.proofs import check_consistency, check_inclusion
from pharmatrace.kernel.tlog.tree import root_of
from pharmatrace.witness.keys import make_keys
from tests.ledger.statements import NOON, append_some
from tests.ledger.test_killed_anywhere import at_every_step
from tests.ledger.test_published_files import audit as audit_files
from tests.ledger.witnesses import liar, write_policy
from tests.witness.programs import witness

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2027, 1, 1, 0, 0, 5, tzinfo=UTC)


def year(settings: Any, number: int = 2027) -> str:
    return f"{settings.LOG_ORIGIN}/{number}"


def sealed(count: int, start: int = 0) -> None:
    append_some(count, start=start)
    seal(at=NOON)


@pytest.fixture
def turned(settings: Any) -> str:
    """300 entries and the genesis in the first shard, 700 and a genesis in the next."""
    sealed(300)
    turn_log(origin=year(settings), at=NEW_YEAR)
    sealed(700, start=1_000)
    return year(settings)


def whole() -> None:
    """No gap, no duplicate, no fork, in any shard; the journal knows nothing else."""
    found = list(Entry.objects.order_by("index").values_list("index", "leaf", "statement_id"))
    head = Head.objects.get()
    assert [index for index, _, _ in found] == list(range(head.size))
    assert len({statement for _, _, statement in found}) == head.size
    leaves = [bytes(leaf) for _, leaf, _ in found]
    for checkpoint in Checkpoint.objects.all():
        assert bytes(checkpoint.root) == root_of(leaves[checkpoint.first : checkpoint.size])
    assert bytes(head.root) == root_of(leaves[head.first :])
    assert list(audit()) == []


def test_a_turn_seals_what_waits_and_goes_on_from_the_final_checkpoint(settings: Any) -> None:
    open_log(at=NOON)
    append_some(5)
    signed = turn_log(origin=year(settings), at=NEW_YEAR)
    assert signed is not None and (signed.size, signed.first, signed.tree_size) == (7, 6, 1)
    old, new = shards()
    assert (old.first, old.end, old.prefix) == (0, 6, "")
    assert (new.first, new.end, new.prefix, new.origin) == (6, None, "2027/", year(settings))
    final = Publication.objects.get(checkpoint=6)
    told = parse_checkpoint(open_note(final.note, [log_verifier(6)]).text)
    assert (told.origin, told.size) == (settings.LOG_ORIGIN, 6)
    told = parse_checkpoint(open_note(signed.note, [log_verifier(7)]).text)
    assert (told.origin, told.size) == (year(settings), 1)
    assert not Pending.objects.exists()
    whole()


def test_it_is_the_same_key_under_another_name_so_no_signature_is_good_for_two_shards(
    turned: str, settings: Any
) -> None:
    old, new = log_keys(first=0).newest, log_keys().newest
    assert old.public == new.public and old.key_id != new.key_id
    assert (old.name, new.name) == (settings.LOG_ORIGIN, turned)


def test_called_again_it_does_nothing(turned: str) -> None:
    size = Head.objects.get().size
    assert turn_log(origin=turned, at=NEW_YEAR) is None
    assert Head.objects.get().size == size and Shard.objects.count() == 2


def test_a_shard_that_ended_does_not_come_back(turned: str, settings: Any) -> None:
    turn_log(origin=year(settings, 2028), at=NEW_YEAR)
    with pytest.raises(Refused) as refused:
        turn_log(origin=turned, at=NEW_YEAR)
    assert refused.value.codes == ("origin_known",)
    with pytest.raises(Refused) as refused:
        turn_log(origin="two words", at=NEW_YEAR)
    assert refused.value.codes == ("origin",)


def test_three_shards_are_whole(turned: str, settings: Any) -> None:
    turn_log(origin=year(settings, 2028), at=NEW_YEAR)
    sealed(3, start=5_000)
    assert [one.first for one in shards()] == [0, 301, 1002]
    whole()


@pytest.mark.django_db(transaction=True)
def test_killed_before_any_step_of_a_turn(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    open_log(at=NOON)
    append_some(3)

    def sound() -> None:
        whole()
        assert Shard.objects.count() == 1 + (Head.objects.get().origin == year(settings))
        notes = dict(Checkpoint.objects.values_list("size", "note"))
        assert all(notes[line.reach] == line.note for line in journal().lines())

    def turn() -> None:
        turn_log(origin=year(settings), at=NEW_YEAR)

    places = at_every_step(turn, sound, monkeypatch)
    assert {"COMMIT", "COPY"} <= set(places)
    assert [one.origin for one in shards()] == [settings.LOG_ORIGIN, year(settings)]
    assert Head.objects.get().size == 5 and Publication.objects.filter(checkpoint=5).exists()


def test_the_database_refuses_a_second_shard_that_runs(turned: str) -> None:
    with pytest.raises(IntegrityError, match="published checkpoint"):
        Shard.objects.create(number=2, name=2, origin="x", first=500, opened_at=NEW_YEAR)


def test_the_database_refuses_a_head_that_leaves_its_shard(turned: str) -> None:
    with pytest.raises(IntegrityError, match="only grows"), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET origin = 'x', size = size + 1")


def test_proofs_are_of_one_shard(turned: str) -> None:
    newest = latest_checkpoint()
    assert newest is not None and newest.tree_size == 701
    path = inclusion(600, newest.size, first=newest.first)
    leaf = bytes(Entry.objects.get(index=600).leaf)
    check_inclusion(root=bytes(newest.root), size=701, index=299, leaf=leaf, path=path)
    old_root, new_root = roots(302, 1002, first=301)
    check_consistency(
        old_root=old_root, old_size=1, new_root=new_root, new_size=701,
        path=consistency(302, 1002, first=301),
    )  # fmt: skip
    with pytest.raises(ValueError, match="older shard"):
        inclusion(5, newest.size, first=newest.first)
    with pytest.raises(ValueError, match="older shard"):
        consistency(301, newest.size, first=newest.first)
    with pytest.raises(
        LookupError
    ):  # who forgets the shard gets nothing rather than something wrong
        inclusion(5, newest.size)


def test_each_is_served_at_an_address_of_its_own(turned: str, settings: Any) -> None:
    client = Client()
    old, new = client.get("/log/checkpoint"), client.get("/log/2027/checkpoint")
    assert parse_checkpoint(old.content.decode().split("\n\n")[0] + "\n").size == 301
    told = parse_checkpoint(new.content.decode().split("\n\n")[0] + "\n")
    assert (told.origin, told.size) == (turned, 701)
    assert old["ETag"] == '"301"' and new["ETag"] == '"701"'
    assert client.get("/log/tile/entries/001.p/45").status_code == 200
    assert client.get("/log/tile/entries/001.p/46").status_code == 404
    genesis = bytes(Entry.objects.get(index=301).data)
    assert client.get("/log/2027/tile/entries/000").content[2:36] == genesis
    assert client.get("/log/2027/tile/1/000.p/2").status_code == 200
    assert client.get("/log/2027/key").content.decode().strip() == log_verifier(1002).vkey()
    assert client.get("/log/2026/checkpoint").status_code == 404
    assert client.get("/log/0/checkpoint").status_code == 404
    assert client.get("/log/2027/proof/700").status_code == 200
    assert client.get("/log/2027/proof/701").status_code == 404
    assert client.get("/log/2027/receipt/700").status_code == 200
    assert client.get("/log/2027/consistency?old=5").json()["new"]["size"] == 701
    assert client.get("/log/2027/checkpoint/701").content == new.content
    assert client.get("/log/2027/checkpoint/301").status_code == 404
    assert client.get("/log/2027/anchors/newest").status_code == 404
    assert client.get("/log/2027/anchors/701").json()["size"] == 701
    shards_told = client.get("/log/log.json").json()["shards"]
    assert [(one["origin"], one["first"], one["size"]) for one in shards_told] == [
        (settings.LOG_ORIGIN, 0, 301),
        (turned, 301, None),
    ]
    for index in (5, 301, 600):
        assert client.get(f"/ledger/entry/{index}/").status_code == 200
    for size in (301, 302, 1002):
        assert client.get(f"/ledger/checkpoint/{size}/").status_code == 200
    assert client.get("/ledger/growth/?old=302&new=1002").status_code == 200
    assert client.get("/ledger/growth/?old=301&new=1002").status_code == 404


def test_files_of_an_old_shard_stay_as_they_are(settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    sealed(300)
    export(Folder(folder))

    def there() -> dict[str, tuple[bytes, int]]:
        return {
            str(file.relative_to(folder)): (file.read_bytes(), file.stat().st_ino)
            for file in folder.rglob("*")
            if file.is_file() and not str(file.relative_to(folder)).startswith("2027/")
        }

    before = there()
    turn_log(origin=year(settings), at=NEW_YEAR)
    sealed(700, start=1_000)
    told = export(Folder(folder))
    assert told is not None and told.size == 1002
    after = there()
    assert before.keys() == after.keys()
    for path, (content, inode) in before.items():
        if path != "log.json":  # which now names the next shard
            assert after[path][0] == content, path
        if path.startswith("tile/"):
            assert after[path][1] == inode, path
    answer = audit_files(folder, "--log-key", log_verifier(1).vkey())
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.count("Everything fits.") == 2 and "/2027: 701 entries" in answer.stdout
    sealed(10, start=9_000)
    export(Folder(folder))
    answer = audit_files(folder, "--json")
    assert [one["entries"] for one in json.loads(answer.stdout)["shards"]] == [0, 10]


def test_the_audit_of_the_files_names_a_shard_that_goes_on_from_another(
    turned: str, tmp_path: Path
) -> None:
    folder = tmp_path / "log"
    export(Folder(folder))
    early = Checkpoint.objects.filter(first=0).order_by("size").first()
    assert early is not None
    (folder / "checkpoint").write_text(early.note)  # as if the old shard had ended there
    answer = audit_files(folder)
    assert answer.returncode == 1
    assert "It does not go on from the shard before" in answer.stdout


def test_the_audit_of_the_files_names_a_shard_that_is_served_no_more(
    turned: str, tmp_path: Path
) -> None:
    """As long as nobody drops the list of shards, a log that ends with an older one is not whole."""
    folder = tmp_path / "log"
    export(Folder(folder))
    for _ in range(2):
        assert audit_files(folder).returncode == 0
    described = json.loads((folder / "log.json").read_bytes())
    (folder / "log.json").write_text(json.dumps(described | {"shards": described["shards"][:1]}))
    told = f"{turned}, which followed it, is not there: the log was rolled back"
    for _ in range(2):
        answer = audit_files(folder)
        assert answer.returncode == 1 and told in answer.stdout, answer.stdout
    assert audit_files(folder, "--from-start").returncode == 0  # it knows of nothing then
    (folder / "log.json").write_text(json.dumps(described))
    assert audit_files(folder).returncode == 0


def test_a_later_shard_is_audited_by_itself_too(
    turned: str, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "log"
    turn_log(origin=year(settings, 2028), at=NEW_YEAR)
    export(Folder(folder))
    for part in (folder, folder / "2027", folder):
        assert kernel(["audit", str(part)]) == 0


def test_the_audit_names_what_is_wrong_in_either_shard(turned: str) -> None:
    assert run_audit(since_last=False, at=NOON, now=lambda: NOON).all_is_well
    sealed(300, start=9_000)
    assert run_audit(since_last=True, at=NOON, now=lambda: NOON).all_is_well
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER append_only")
        cursor.execute("ALTER TABLE ledger_tile DISABLE TRIGGER append_only")
        cursor.execute('UPDATE ledger_entry SET leaf = data WHERE "index" IN (7, 340)')
        cursor.execute('UPDATE ledger_tile SET root = data WHERE "first" = 301 AND "index" = 1')
    places = {finding.place for _, finding in audit()}
    assert {"entry 7", "entry 340", "shard 2027, tile 0/1"} <= places


def test_the_audit_names_a_shard_whose_genesis_goes_on_from_something_else(turned: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_checkpoint DISABLE TRIGGER append_only")
        cursor.execute("UPDATE ledger_checkpoint SET root = data FROM ledger_entry"
                       ' WHERE size = 301 AND "index" = 0')  # fmt: skip
    assert "shard 2027" in {finding.place for _, finding in audit()}


def test_the_guard_knows_what_was_told_of_any_shard(turned: str, settings: Any) -> None:
    head = Head.objects.get()
    places = {one.origin: (one.first, one.end) for one in shards()}
    known: list[guard.Evidence] = []

    def check() -> None:
        for one in known:
            guard._check_against(
                one, origin=head.origin, size=head.size, places=places,
                root_at=lambda size: bytes(Checkpoint.objects.get(size=size).root),
            )  # fmt: skip

    final = bytes(Checkpoint.objects.get(size=301).root)
    known = [guard.Evidence("It", settings.LOG_ORIGIN, 301, final)]
    check()
    for bad in (
        guard.Evidence("It", settings.LOG_ORIGIN, 302, None),  # more than the shard ended with
        guard.Evidence("It", settings.LOG_ORIGIN, 301, bytes(32)),
        guard.Evidence("It", turned, 702, None),
        guard.Evidence("It", "another", 1, None),
    ):
        known = [bad]
        with pytest.raises(guard.Behind):
            check()


def test_a_backup_from_before_the_turn_is_not_sealed(settings: Any) -> None:
    """The journal knows the shard that the database does not."""
    sealed(3)
    with pytest.raises(guard.Behind, match="2027"):
        guard._check_against(
            guard.Evidence("The journal", year(settings), 1, None),
            origin=settings.LOG_ORIGIN, size=4, root_at=lambda _: b"",
            places={settings.LOG_ORIGIN: (0, None)},
        )  # fmt: skip


def test_the_first_sealing_of_a_year_turns_where_the_settings_say_so(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_log(at=NOON)
    append_some(2)
    monkeypatch.setattr("apps.ledger.tasks.timezone.now", lambda: NEW_YEAR)
    seal_pending()
    assert Shard.objects.count() == 1
    settings.LOG_SHARDS = "yearly"
    append_some(2, start=50)
    seal_pending()
    seal_pending()
    assert [one.origin for one in shards()] == [settings.LOG_ORIGIN, year(settings)]
    whole()


def test_the_key_changes_in_a_later_shard(turned: str, settings: Any) -> None:
    call_command("rotate_log_key", yes=True, stdout=StringIO())
    sealed(2, start=9_000)
    turn_log(origin=year(settings, 2028), at=NEW_YEAR)
    sealed(2, start=9_100)
    keys = [log_keys(first=one.first) for one in shards()]
    assert [len(one.all) for one in keys] == [1, 2, 1]
    assert keys[1].newest.public == keys[2].first.public != keys[0].first.public
    whole()


def test_the_command(settings: Any) -> None:
    sealed(3)
    out = StringIO()
    call_command("turn_log", origin=year(settings), show=True, stdout=out)
    assert out.getvalue().split() == [year(settings), next_vkey(year(settings))]
    assert Shard.objects.count() == 1
    call_command("turn_log", origin=year(settings), yes=True, stdout=out)
    assert "/log/2027/" in out.getvalue() and Shard.objects.count() == 2
    call_command("turn_log", origin=year(settings), yes=True, stdout=out)
    assert "runs already" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("turn_log", origin=settings.LOG_ORIGIN, yes=True, stdout=out)


def test_while_too_few_witnesses_cosign_nothing_is_turned(settings: Any, tmp_path: Path) -> None:
    """The old shard ends with a published checkpoint; what waits at New Year waits a little, and then goes on."""
    sealed(3)
    keys = make_keys(tmp_path / "keys", "w1.example")
    with liar(lambda *_: (500, {}, b"")) as silent:
        write_policy(settings, tmp_path, {"w1": (keys, silent.url)}, "all")
        append_some(2, start=50)
        with pytest.raises(Refused) as refused:
            turn_log(origin=year(settings), at=NEW_YEAR)
        assert refused.value.codes == ("not_published",)
        assert Shard.objects.count() == 1 and Head.objects.get().size == 6
        settings.LOG_SHARDS = "yearly"
        append_some(2, start=70)
        signed = Checkpoint.objects.get(size=6).signed_at
        assert not _turned(signed + timedelta(seconds=1))
        assert _turned(signed + timedelta(seconds=settings.WITNESS_LATE_SECONDS + 1))
    assert Shard.objects.count() == 1


def test_a_witness_cosigns_both_shards_each_under_its_origin(settings: Any, tmp_path: Path) -> None:
    sealed(3)
    origin = year(settings)
    known = ["--log", log_verifier().vkey(), "--log", next_vkey(origin)]
    with witness(tmp_path / "w1", *known, name="w1.example") as program:
        keys = make_keys(program.folder / "keys", "w1.example")
        write_policy(settings, tmp_path, {"w1": (keys, program.url)}, "all")
        append_some(2, start=50)
        turn_log(origin=origin, at=NEW_YEAR)
        append_some(5, start=70)
        seal(at=NEW_YEAR)
        while ask_witnesses(clock=lambda: NEW_YEAR, everyone=True):
            pass
    for first, size in ((0, 6), (6, 12)):
        newest = latest_checkpoint(first=first)
        assert newest is not None and newest.size == size
        assert "— w1.example " in newest.note
    assert list(audit()) == []
