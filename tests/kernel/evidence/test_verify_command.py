"""`python -m pharmatrace.kernel verify`: exit status, sentences, and no Django anywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from pharmatrace.kernel.__main__ import main

ROOT = Path(__file__).resolve().parents[3]
BUNDLES = ROOT / "tests" / "vectors" / "bundles"
GOOD = BUNDLES / "good-regulator.json"


def test_a_good_bundle_is_status_0_and_says_what_it_checked_and_what_not(capsys):
    assert main(["verify", str(GOOD)]) == 0
    said = capsys.readouterr().out
    assert "ok   checkpoint:" in said
    assert "Not checked:" in said
    assert "HOLDS" in said


def test_the_last_line_names_the_log_key_until_it_is_confirmed(capsys):
    vkey = json.loads(GOOD.read_text())["log"]["vkey"]
    assert main(["verify", str(GOOD)]) == 0
    assert (
        capsys.readouterr()
        .out.splitlines()[-1]
        .startswith(f"HOLDS for the log key {vkey}, which you have not confirmed")
    )
    assert main(["verify", str(GOOD), "--log-key", vkey]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("HOLDS: nothing fails")


def test_a_witness_is_given_by_its_key(capsys):
    (witness,) = json.loads(GOOD.read_text())["log"]["witnesses"]
    assert main(["verify", str(GOOD)]) == 0
    assert "--   cosignature" in capsys.readouterr().out
    assert main(["verify", str(GOOD), "--witness", witness]) == 0
    assert "ok   cosignature" in capsys.readouterr().out
    assert main(["verify", str(GOOD), "--witness", "nonsense"]) == 2


def test_a_policy_is_given_as_a_file(capsys, tmp_path):
    document = json.loads(GOOD.read_text())
    (witness,) = document["log"]["witnesses"]
    policy = tmp_path / "policy.txt"
    policy.write_text(f"log {document['log']['vkey']}\nwitness w {witness}\nquorum w\n")
    assert main(["verify", str(GOOD), "--policy", str(policy)]) == 0
    said = capsys.readouterr().out
    assert "ok   policy: your policy is met: cosigned by w" in said
    assert said.splitlines()[-1].startswith("HOLDS: nothing fails")
    policy.write_text("quorum w\n")
    assert main(["verify", str(GOOD), "--policy", str(policy)]) == 2
    assert "line 1: 'w' is no witness or group" in capsys.readouterr().err
    assert main(["verify", str(GOOD), "--policy", str(tmp_path / "none")]) == 2


def test_a_statement_from_the_future_fails(capsys):
    with time_machine.travel(datetime(2023, 1, 1, tzinfo=UTC)):
        assert main(["verify", str(GOOD)]) == 1
    assert "FAIL time" in capsys.readouterr().out


def test_a_broken_bundle_is_status_1_and_says_which_part(capsys):
    assert main(["verify", str(BUNDLES / "broken-altered-fact-value.json")]) == 1
    said = capsys.readouterr().out
    assert "FAIL fact: the fact 'lot' is not one of this event (/events/0/facts/8)" in said
    assert "DOES NOT HOLD" in said


@pytest.mark.parametrize("name", ["no-such-file.json", "make.py"])
def test_an_unreadable_bundle_is_status_2(name, capsys):
    assert main(["verify", str(BUNDLES.parent / name)]) == 2
    assert "cannot verify" in capsys.readouterr().err


def test_a_log_key_that_is_none_is_status_2(capsys):
    assert main(["verify", str(GOOD), "--log-key", "nonsense"]) == 2
    assert "cannot verify" in capsys.readouterr().err


def test_the_verdict_as_json(capsys):
    vkey = json.loads(GOOD.read_text())["log"]["vkey"]
    assert main(["verify", str(GOOD), "--json", "--log-key", vkey]) == 0
    verdict = json.loads(capsys.readouterr().out)
    assert verdict["holds"] is True
    assert verdict["unconfirmed_log_key"] is None
    assert {"name", "place", "outcome", "sentence"} == set(verdict["checks"][0])


def test_it_runs_as_a_program_without_django():
    program = (
        "import sys; sys.modules['django'] = None\n"
        "from pharmatrace.kernel.__main__ import main\n"
        f"sys.exit(main(['verify', {str(GOOD)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env={}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_what_rests_on_a_stolen_key_ends_with_a_status_of_its_own(capsys):
    bundles = Path(__file__).resolve().parents[2] / "vectors" / "bundles"
    assert main(["verify", str(bundles / "doubted-signed-with-stolen-key.json")]) == 3
    said = capsys.readouterr().out
    assert "NOT TO BE RELIED ON" in said and "!!!" in said
    assert main(["verify", "--json", str(bundles / "good-erased.json")]) == 0
    assert '"doubted": false' in capsys.readouterr().out
