"""The commands of `python -m pharmatrace.kernel`: an exit status of 0, 1 or 2, whatever comes."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path

from pharmatrace.kernel.__main__ import main
from tests.fuzz.epcis_readers import _all_seeds
from tests.fuzz.evidence_readers import _BUNDLES
from tests.fuzz.gs1_readers import _scan_seeds
from tests.fuzz.reader import Reader, text_of

_FILE = Path(tempfile.gettempdir()) / "pharmatrace-fuzzed-file"


def check_commands(data: bytes) -> None:
    """The first octet chooses the command."""
    number, rest = (data[0] if data else 0) % 9, data[1:]
    if number < 3:
        _check_read(rest, (), ("--calibrate", json.dumps(text_of(rest[:300])[:200])), number)
        return
    argument = text_of(rest).encode("utf-8", "replace").decode().replace("\0", "") or "x"
    if number == 3:
        _run(["link", "--", argument])
    elif number == 4:
        _run(["epc", "--gcp-length", str(len(rest) % 14), "--", argument])
    else:
        _FILE.write_bytes(rest)
        name = str(_FILE)
        _run((["check", name], ["hash", name], ["convert", name, "--to", ("json", "xml", "xml12")[len(rest) % 3]],
              ["verify", name, "--json"])[number - 5])  # fmt: skip


def _check_read(data: bytes, plain: tuple[str, ...], learned: tuple[str, ...], number: int) -> None:
    """As many answers as there are lines with something in them, each of them one JSON object."""
    status, out = _run(["read", *(learned if number == 2 else plain)], data)
    if number == 2 and status == 1:
        return
    lines = [line for line in data.split(b"\n") if line.strip()]
    answers = [json.loads(line) for line in out.splitlines()]
    assert len(answers) == len(lines), (lines, answers)
    assert all(isinstance(answer, dict) and "problems" in answer for answer in answers)


def _run(arguments: list[str], data: bytes = b"") -> tuple[int, str]:
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    stdin = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(data), "utf-8")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(arguments)
    finally:
        sys.stdin = stdin
    out.flush()
    err.flush()
    told = err.buffer.getvalue().decode()
    assert status in (0, 1, 2), status
    assert "Traceback" not in told, told
    return status, out.buffer.getvalue().decode()


def _seeds(folder: Path) -> list[bytes]:
    scans = [b"\x00" + json.dumps(text_of(scan)).encode() + b"\n" for scan in _scan_seeds(folder)]
    links = [b"\x03" + scan for scan in _scan_seeds(folder)[:20]]
    documents = [bytes((5 + n % 3,)) + data for n, data in enumerate(_all_seeds(folder))]
    return [*scans, *links, *documents, b"\x08" + _BUNDLES[-1].read_bytes()]


COMMAND_READERS = (
    Reader("commands", check_commands, _seeds, ("\n", '"', "\\u0000", "]d2", "\x1d")),
)
