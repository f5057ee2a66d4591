"""The commands among other programs: pipes that close, lines without end, octets that are no text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kernel.epcis.shipments import shipment

ROOT = Path(__file__).resolve().parents[3]
SCAN = json.dumps("]d2010952123454321321A1\x1d17261231").encode()


def run(*arguments: str | bytes, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "pharmatrace.kernel", *arguments]
    return subprocess.run(command, input=given, capture_output=True, cwd=ROOT, check=False)


def test_a_line_that_is_no_json_string_is_answered_and_the_next_one_is_read():
    done = run("read", given=b"{\n\xff\xfe\n\n" + SCAN + b"\n5\n" + SCAN)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("serial") for answer in answers] == [None, None, "A1", None, "A1"]
    assert answers[0]["problems"][0]["code"] == "not_a_json_string"
    assert done.returncode == 2


def test_a_line_longer_than_any_code_is_one_answer():
    done = run("read", given=b'"' + b"0" * 3_000_000 + b'"\n' + SCAN + b"\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("serial") for answer in answers] == [None, "A1"]


@pytest.mark.parametrize("command", ["check", "hash"])
def test_whoever_stops_reading_ends_the_command_without_a_word(command, tmp_path):
    file = tmp_path / "events.json"
    file.write_text(json.dumps([shipment()] * 10))
    files = [str(file)] * 300
    process = subprocess.Popen(
        [sys.executable, "-m", "pharmatrace.kernel", command, *files],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    process.stdout.close()
    told = process.stderr.read()
    assert process.wait() == 1
    assert b"Traceback" not in told and b"Broken pipe" not in told


def test_octets_that_are_no_text_are_refused():
    done = run("link", "-", given=b"\xff\xfe(01)09521234543213")
    assert done.returncode == 1 and b"Traceback" not in done.stderr
    assert json.loads(done.stderr.splitlines()[0])["code"] == "unreadable"
    assert run("epc", b"urn:\xff").returncode == 1


def test_every_command_explains_itself():
    names = ["verify", "read", "link", "epc", "check", "hash", "convert"]
    assert all(name.encode() in run("--help").stdout for name in names)
    for name in names:
        done = run(name, "--help")
        assert done.returncode == 0 and len(done.stdout.splitlines()) > 4


def test_wrong_usage_is_status_2():
    assert run().returncode == 2
    assert run("check").returncode == 2
    assert run("convert", "x").returncode == 2
