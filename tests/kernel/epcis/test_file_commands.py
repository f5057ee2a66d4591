"""`check`, `hash` and `convert` on the command line: exit status, places, and no Django anywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pharmatrace.kernel.__main__ import main
from pharmatrace.kernel.epcis.event_hash import document_hashes
from tests.kernel.epcis.shipments import packing, shipment

ROOT = Path(__file__).resolve().parents[3]
HEAD = {
    "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-11-20T21:00:00.000Z",
}


@pytest.fixture
def file(tmp_path):
    def write(content: object, name: str = "events.jsonld") -> str:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return write


def document(*events: dict) -> dict:
    return {**HEAD, "epcisBody": {"eventList": list(events)}}


def test_a_good_file_is_ok(file, capsys):
    assert main(["check", file(document(shipment(), packing()))]) == 0
    assert capsys.readouterr().out.endswith("events.jsonld: ok\n")


def test_every_fault_is_one_line_with_its_place(file, capsys):
    bad = file(document(shipment(), packing(action="GO", eventTime="now")))
    good = file(document(shipment()), "good.json")
    assert main(["check", bad, good]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        f"{bad}#/epcisBody/eventList/1/action",
        f"{bad}#/epcisBody/eventList/1/eventTime",
        good,
    ]
    assert lines[0].endswith("[value_invalid]")


@pytest.mark.parametrize("text", ["", "{", "[]", "5", '{"type":"EPCISDocument"}', "<a", "<a/>"])
def test_what_is_no_epcis_is_status_1(file, text, capsys):
    path = file(text)
    assert main(["check", path]) == 1
    assert path in capsys.readouterr().out


@pytest.mark.parametrize("command", [["check"], ["hash"], ["convert", "--to", "json"]])
def test_a_file_that_is_not_there_is_status_2(command, capsys):
    assert main([*command, "no-such-file"]) == 2
    assert "cannot" in capsys.readouterr().err


def test_hashes_are_one_per_line_in_order(file, capsys):
    whole = document(shipment(), packing())
    assert main(["hash", file(whole)]) == 0
    assert capsys.readouterr().out.splitlines() == document_hashes(whole)
    assert main(["hash", "--prehash", file(whole)]) == 0
    assert [line[:23] for line in capsys.readouterr().out.splitlines()] == [
        "eventType=ObjectEventev", "eventType=AggregationEv",
    ]  # fmt: skip


@pytest.mark.parametrize("content", [5, {"epcisBody": 7}, [1], {"epcisBody": {"eventList": [{}]}},
                                     {"epcisBody": {"queryResults": 1}}, "not JSON",
                                     "<html/>", '<a xmlns="urn:x"><EPCISBody/></a>'])  # fmt: skip
def test_what_holds_no_events_cannot_be_hashed(file, content, capsys):
    assert main(["hash", file(content)]) == 1
    assert "[document_invalid]" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["json", "xml", "xml12"])
def test_a_converted_file_keeps_its_hashes(file, form, capsysbinary):
    source = file(document(shipment(), packing()))
    assert main(["convert", source, "--to", form]) == 0
    converted = file(capsysbinary.readouterr().out.decode(), f"converted.{form}")
    assert main(["check", converted]) == 0
    capsysbinary.readouterr()
    main(["hash", source])
    expected = capsysbinary.readouterr().out
    assert main(["hash", converted]) == 0
    assert capsysbinary.readouterr().out == expected


def test_what_cannot_be_converted_is_said_with_its_place(file, capsys):
    assert main(["convert", file(document(shipment(action="GO"))), "--to", "xml"]) == 1
    assert "#/epcisBody/eventList/0/action: " in capsys.readouterr().err


def test_the_commands_need_no_django(file):
    code = (
        "import sys; from pharmatrace.kernel.__main__ import main; status = main(sys.argv[1:]);"
        "sys.exit(status or ('django' in sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "convert", file(document(shipment())), "--to", "xml"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(b"<?xml")
