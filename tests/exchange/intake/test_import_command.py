"""`manage.py import`: several files, whose they are, where the acknowledgements go, and what it ends with."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.exchange.intake import importing
from apps.exchange.intake.work import Work
from apps.jobs.models import Job
from tests.exchange.intake.files import as_json
from tests.exchange.intake.test_epcis_files import commissionings

pytestmark = pytest.mark.django_db


def run(who: Any, *arguments: Any) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    mine = ["--as", who.user.email, "--organisation", who.organisation.gln]
    try:
        call_command("import", *map(str, arguments), *mine, stdout=out, stderr=err)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_one_file_that_is_not_there_does_not_stop_the_others(
    mia: Any, batch: Any, tmp_path: Path
) -> None:
    good, link = tmp_path / "good", tmp_path / "link"
    good.write_bytes(as_json(commissionings(mia, 2)))
    link.symlink_to(good)
    status, out, err = run(mia, tmp_path / "missing", link, tmp_path, good)
    assert status == 1
    assert out == f"good: 2 accepted ({good}.ack.json)\n"
    assert [line.partition(": ")[0] for line in err.splitlines()] == [
        str(tmp_path / "missing"), str(link), str(tmp_path),
    ]  # fmt: skip


def test_acknowledgements_go_where_they_are_wanted(mia: Any, batch: Any, tmp_path: Path) -> None:
    path, folder = tmp_path / "a", tmp_path / "acks"
    folder.mkdir()
    path.write_bytes(as_json(commissionings(mia, 1)))
    assert run(mia, path, "--ack", folder)[0] == 0
    assert [one.name for one in folder.iterdir()] == ["a.ack.json"]
    assert not (tmp_path / "a.ack.json").exists()


def test_nobody_imports_for_others_or_with_a_role_that_only_looks(
    mia: Any, dan: Any, tmp_path: Path
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"{}")
    given = ["--organisation", mia.organisation.gln]
    with pytest.raises(CommandError, match="no member"):
        call_command("import", str(path), "--as", dan.user.email, *given)
    mia.membership.role = "viewer"
    mia.membership.save()
    with pytest.raises(CommandError, match="not record"):
        call_command("import", str(path), "--as", mia.user.email, *given)
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_a_command_that_was_interrupted_goes_on_with_the_same_job(
    mia: Any, batch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(as_json(commissionings(mia, 2)))
    with monkeypatch.context() as patch:
        patch.setattr(importing, "run_one_step", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(mia, path)
    job = Job.objects.get()
    assert run(mia, path)[0] == 0
    job.refresh_from_db()
    assert (job.state, Job.objects.count()) == (Job.State.DONE, 1)
    assert json.loads((tmp_path / "a.ack.json").read_bytes())["id"] == str(job.pk)


def interrupted(**_: Any) -> bool:
    raise KeyboardInterrupt


def test_an_acknowledgement_that_could_not_be_written_is_written_later(
    mia: Any, batch: Any, tmp_path: Path
) -> None:
    path, folder = tmp_path / "a", tmp_path / "acks"
    path.write_bytes(as_json(commissionings(mia, 2)))
    assert run(mia, path, "--ack", folder)[0] == 1  # there is no such folder
    folder.mkdir()
    assert run(mia, path, "--ack", folder)[0] == 0
    assert json.loads((folder / "a.ack.json").read_bytes())["totals"] == {"accepted": 2}
    assert Job.objects.count() == 1
    assert not list(Work("x").folder.parent.iterdir())
