from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from pharmatrace.kernel.__main__ import main
from tests.kernel.gs1.wedges import data_set

SCAN = "]d2" + "0104012345111118" + "21Sn-42\x1d10LOT1\x1d17271031"


def run(monkeypatch, capsys, arguments, *scans):
    lines = "".join(json.dumps(scan) + "\n" for scan in scans).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
    status = main(["read", *arguments])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("spelling", [str, json.dumps, lambda text: text.replace("\0", "\\u0000")])
def test_scans_are_read_as_the_calibrated_scanner_types_them(
    conformance, monkeypatch, capsys, spelling
):
    data = data_set(conformance)
    dutch = data["layouts"]["Dutch"]
    scans = [dutch[f"Barcode{truth['n']}"] for truth in data["expected"]]
    arguments = ["--calibrate", spelling(dutch["Baseline"])]
    status, answers = run(monkeypatch, capsys, arguments, *scans)
    assert status == 0
    assert [answer["serial"] for answer in answers] == [one["serial"] for one in data["expected"]]
    assert all(not answer["problems"] for answer in answers)


def test_a_reference_code_whose_nul_was_dropped_on_the_command_line(conformance):
    """A process cannot be given NUL as an argument; shells drop it."""
    data = data_set(conformance)
    layout = data["layouts"]["Portuguese"]
    answer = subprocess.run(
        [sys.executable, "-m", "pharmatrace.kernel", "read",
         "--calibrate", layout["Baseline"].replace("\0", "")],
        input=json.dumps(layout["Barcode6"]), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(answer.stdout)["serial"] == data["expected"][5]["serial"]


def test_what_is_no_reference_code_is_told(monkeypatch, capsys):
    assert run(monkeypatch, capsys, ["--calibrate", "hello"], SCAN) == (1, [])


def test_without_calibration_faults_are_repaired_and_named_or_refused(monkeypatch, capsys):
    status, (good, caps, shouted) = run(
        monkeypatch, capsys, [], SCAN, SCAN.swapcase(), SCAN.upper()
    )
    assert status == 0
    assert (good["serial"], good["problems"], good["repaired"]) == ("Sn-42", [], [])
    assert (caps["serial"], caps["problems"]) == ("Sn-42", [])
    assert [fault["code"] for fault in caps["repaired"]] == ["caps_lock"]
    assert (shouted["serial"], shouted["elements"], shouted["repaired"]) == (None, {}, [])
    assert [fault["code"] for fault in shouted["problems"]] == ["caps_lock"]
