"""The watched folder: only what is complete is taken, once, and acknowledged when the workers are done."""

from __future__ import annotations

import json
import os
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from apps.custody.models import CustodyEvent
from apps.exchange.intake import watching
from apps.exchange.intake.inboxes import Inbox, add_inbox, inboxes_in
from apps.exchange.intake.watching import SETTLE, Watch
from apps.exchange.intake.work import Work
from apps.jobs.models import Job
from apps.jobs.services import run_one_step
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import START
from tests.exchange.intake.files import as_json, as_xml
from tests.exchange.intake.test_epcis_files import commissionings

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(tmp_path: Path, mia: Any, batch: Any) -> Inbox:
    return add_inbox(root=tmp_path / "inbox", gln=mia.organisation.gln, email=mia.user.email)


class Clock:
    def __init__(self) -> None:
        self.now = START + timedelta(hours=2)

    def later(self, by: timedelta = SETTLE) -> Any:
        self.now += by
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def put(inbox: Inbox, name: str, content: bytes) -> Path:
    path = inbox.incoming / name
    path.write_bytes(content)
    return path


def look(watch: Watch, clock: Clock, times: int = 1) -> None:
    """Looks, with time enough between for a file to settle, and workers at work."""
    for _ in range(times):
        watch.look(at=clock.later())
        while run_one_step(at=clock.now):
            pass


def acks(inbox: Inbox) -> dict[str, Any]:
    return {path.name: json.loads(path.read_bytes()) for path in inbox.acks.iterdir()}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_taken_recorded_acknowledged_and_put_away(
    inbox: Inbox, mia: Any, clock: Clock
) -> None:
    content = as_json(commissionings(mia, 3))
    put(inbox, "day.json", content)
    watch = Watch(inbox)
    look(watch, clock, 3)
    ack = acks(inbox)["day.json.ack.json"]
    assert (ack["totals"], ack["file"], ack["by"]) == ({"accepted": 3}, "day.json", mia.user.email)
    assert CustodyEvent.objects.count() == 3
    (kept,) = inbox.done.iterdir()
    assert kept.name == f"{ack['id'][:8]}_day.json"
    assert kept.read_bytes() == content
    assert names(inbox.incoming) == names(inbox.working) == []
    assert not list(Work("x").folder.parent.iterdir())


def test_what_is_refused_is_put_into_failed_with_its_reason(inbox: Inbox, clock: Clock) -> None:
    put(inbox, "holiday.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 100)
    look(Watch(inbox), clock, 2)
    assert acks(inbox)["holiday.jpg.ack.json"]["reasons"][0]["code"] == "format_unknown"
    assert len(names(inbox.failed)) == 1
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "name", ["a.json.part", "a.tmp", "A.FILEPART", ".a.json", "a.json.partial"]
)
def test_names_of_unfinished_uploads_are_left_alone(
    inbox: Inbox, mia: Any, clock: Clock, name: str
) -> None:
    path = put(inbox, name, as_json(commissionings(mia, 1)))
    look(Watch(inbox), clock, 3)
    assert path.exists()
    path.rename(inbox.incoming / "a.json")
    look(Watch(inbox), clock)
    assert not acks(inbox)


def test_a_file_that_still_grows_is_left_alone(inbox: Inbox, mia: Any, clock: Clock) -> None:
    content = as_json(commissionings(mia, 2))
    path = put(inbox, "slow.json", content[:500])
    watch = Watch(inbox)
    look(watch, clock)
    path.write_bytes(content[:900])
    look(watch, clock)
    watch.look(at=clock.later(SETTLE / 2))
    assert path.exists()
    path.write_bytes(content)
    look(watch, clock)
    assert path.exists()
    look(watch, clock, 2)
    assert acks(inbox)["slow.json.ack.json"]["totals"] == {"accepted": 2}


def test_a_link_is_refused_and_what_it_points_to_is_not_read(
    inbox: Inbox, mia: Any, clock: Clock, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.json"
    secret.write_bytes(as_json(commissionings(mia, 1)))
    (inbox.incoming / "link.json").symlink_to(secret)
    look(Watch(inbox), clock, 2)
    ack = acks(inbox)["link.json.ack.json"]
    assert (ack["reasons"][0]["code"], ack["sha256"]) == ("not_a_file", None)
    assert secret.exists()
    assert not CustodyEvent.objects.exists()


def test_a_pipe_does_not_stop_the_watcher(inbox: Inbox, clock: Clock) -> None:
    os.mkfifo(inbox.incoming / "pipe")
    look(Watch(inbox), clock, 2)
    assert acks(inbox)["pipe.ack.json"]["reasons"][0]["code"] == "not_a_file"


def test_folders_inside_are_not_looked_into(inbox: Inbox, clock: Clock) -> None:
    (inbox.incoming / "more").mkdir()
    put(inbox, "more/a.json", b"{}")
    look(Watch(inbox), clock, 2)
    assert not acks(inbox)


def test_a_folder_that_became_a_link_is_not_used(
    inbox: Inbox, clock: Clock, tmp_path: Path
) -> None:
    inbox.acks.rmdir()
    inbox.acks.symlink_to(tmp_path)
    with pytest.raises(Refused, match="is a link"):
        Watch(inbox).look(at=clock.later())


def test_two_watchers_take_a_file_once(inbox: Inbox, mia: Any, clock: Clock) -> None:
    put(inbox, "a.json", as_json(commissionings(mia, 2)))
    one, other = Watch(inbox), Watch(inbox)
    one.look(at=clock.now)
    other.look(at=clock.now)
    assert (
        list(one._complete(at=clock.later())) == list(other._complete(at=clock.now)) == ["a.json"]
    )
    one._claim("a.json")
    other._claim("a.json")
    assert len(names(inbox.working)) == 1
    look(one, clock)
    look(other, clock)
    assert [ack["totals"] for ack in acks(inbox).values()] == [{"accepted": 2}]


def test_what_one_watcher_holds_the_other_leaves_alone(
    inbox: Inbox, mia: Any, clock: Clock
) -> None:
    put(inbox, "a.json", as_json(commissionings(mia, 1)))
    Watch(inbox)._claim("a.json")
    (claim,) = names(inbox.working)
    with Work(f"inbox-{claim}").held():
        assert Watch(inbox).look(at=clock.now) == 1
        assert not Job.objects.exists()
    assert Watch(inbox).look(at=clock.now) == 1
    assert Job.objects.count() == 1


def test_the_same_name_again_keeps_both_acknowledgements(
    inbox: Inbox, mia: Any, clock: Clock
) -> None:
    watch, events = Watch(inbox), commissionings(mia, 2)
    for each in events:
        put(inbox, "day.json", as_json([each]))
        look(watch, clock, 3)
    found = acks(inbox)
    assert len(found) == len(names(inbox.done)) == 2
    (name,) = found.keys() - {"day.json.ack.json"}
    assert name == f"day.json.{found[name]['id'][:8]}.ack.json"


@pytest.mark.parametrize(
    "moment",
    ["begin", "write_manifest", "_job", "enqueue", "acknowledge", "rename", "remove"],
)
def test_killed_at_any_moment_it_comes_to_the_same_end(
    inbox: Inbox, mia: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The moment right after the named step; what is in memory is lost."""
    from apps.exchange.intake import beginning

    class Killed(BaseException):
        pass

    def deadly(step: Any) -> Any:
        def run(*args: Any, **how: Any) -> Any:
            step(*args, **how)
            raise Killed

        return run

    places = {
        "begin": (watching, "begin"),
        "write_manifest": (Work, "write_manifest"),
        "_job": (beginning, "_job"),
        "enqueue": (beginning, "enqueue"),
        "acknowledge": (watching, "acknowledge"),
        "rename": (watching, "sync_folder"),
        "remove": (Work, "remove"),
    }
    put(inbox, "a.xml", as_xml(commissionings(mia, 3)))
    with monkeypatch.context() as patch:
        where, name = places[moment]
        patch.setattr(where, name, deadly(getattr(where, name)))
        with pytest.raises(Killed):
            look(Watch(inbox), clock, 4)
    look(Watch(inbox), clock, 4)
    (ack,) = acks(inbox).values()
    assert ack["totals"] == {"accepted": 3}
    assert CustodyEvent.objects.count() == 3
    assert names(inbox.incoming) == names(inbox.working) == []
    assert len(names(inbox.done)) == 1
    assert not list(Work("x").folder.parent.iterdir())


def test_a_fault_with_one_file_does_not_stop_the_others(
    inbox: Inbox, mia: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    begin = watching.begin

    def faulty(**how: Any) -> Any:
        if how["name"] == "bad.json":
            raise RuntimeError("a fault of ours")
        return begin(**how)

    monkeypatch.setattr(watching, "begin", faulty)
    put(inbox, "bad.json", b"{}")
    put(inbox, "good.json", as_json(commissionings(mia, 1)))
    look(Watch(inbox), clock, 3)
    assert list(acks(inbox)) == ["good.json.ack.json"]


def test_names_in_other_alphabets_and_none(inbox: Inbox, mia: Any, clock: Clock) -> None:
    content = as_json(commissionings(mia, 1))
    odd = ["größe ü.json", "a\nb.json", "=cmd.json", "x" * 240]
    for name in odd:
        put(inbox, name, content)
    Path(os.fsdecode(os.fsencode(inbox.incoming) + b"/\xff\xfe.json")).write_bytes(content)
    look(Watch(inbox), clock, 4)
    assert {ack["file"] for ack in acks(inbox).values()} == {*odd, "��.json"}
    assert names(inbox.working) == []


def test_nothing_is_claimed_while_nobody_may_record_it(
    inbox: Inbox, mia: Any, clock: Clock
) -> None:
    path = put(inbox, "a.json", as_json(commissionings(mia, 1)))
    mia.membership.role = "viewer"
    mia.membership.save()
    watch = Watch(inbox)
    for _ in range(2):
        with pytest.raises(Refused, match="may look, not record"):
            watch.look(at=clock.later())
    assert path.exists()


def test_folders_are_set_up_once_and_changed_later(tmp_path: Path, mia: Any, batch: Any) -> None:
    root = tmp_path / "inbox"
    made = add_inbox(root=root, gln=mia.organisation.gln, email=mia.user.email)
    assert names(made.folder) == ["ack", "done", "failed", "in", "working"]
    assert stat.S_IMODE(made.working.stat().st_mode) == 0o700
    add_inbox(root=root, gln=mia.organisation.gln, email=mia.user.email, zone="Europe/Lisbon")
    assert [(one.gln, one.zone) for one in inboxes_in(root)] == [
        (mia.organisation.gln, "Europe/Lisbon")
    ]
    for wrong in ({"gln": "../../etc"}, {"email": "nobody@example.org"}, {"zone": "Mars/North"}):
        given: dict[str, Any] = {"gln": mia.organisation.gln, "email": mia.user.email, **wrong}
        with pytest.raises(Refused):
            add_inbox(root=root, **given)


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", '{"../../etc": {"as": "a@b"}}', '{"5601000000011": {}}',
        '{"5601000000011": {"as": 1}}', '{"5601000000011": {"as": "a@b", "zoen": "UTC"}}',
    ],
)  # fmt: skip
def test_wrong_settings_are_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "folders.json").write_text(text)
    with pytest.raises(Refused) as refused:
        list(inboxes_in(tmp_path))
    assert refused.value.codes == ("inbox_settings",)
