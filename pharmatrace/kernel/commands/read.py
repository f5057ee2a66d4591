"""read: what scans say, one JSON string per line of standard input, one JSON object per line out.

`elements` by application identifier (in format 06 by data identifier), `gtin`, `serial`, `lot`,
`expiry` (a day, ISO 8601), `sscc`, `product_code` (GTIN or PPN), `source`, and `problems`: what is wrong with
the scan, each with code, sentence and place (characters from the start of the scan). What a
well-formed code lacks is under `lacks`; faults of the scanner's keyboard that left one reading only,
so that they could be repaired, under `repaired`; what cannot be known of an uncalibrated scanner under `caveats`. With `--calibrate` the scans are read as that scanner
types them. Exit status 2 when a line holds no JSON string, 1 when `--calibrate` is no reference code.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

from pharmatrace.kernel.commands.refusing import tell
from pharmatrace.kernel.gs1.calibration import calibrate
from pharmatrace.kernel.gs1.read import NOT_A_FAULT
from pharmatrace.kernel.gs1.wedge_faults import Diagnosis, diagnose
from pharmatrace.kernel.refusal import Refusal, Refused

_LONGEST_LINE = 1_000_000
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([01][0-9A-Fa-f]))")

NAME = "read"
HELP = "read scans: JSON strings in, one per line; JSON objects out"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--calibrate",
        metavar="STRING",
        help="what this scanner types for the reference code; later scans are read back from it",
    )


def reader(arguments: argparse.Namespace) -> Callable[[str], Diagnosis]:
    """What turns one scan into a diagnosis, as the arguments ask for it. Raises `Refused`."""
    if arguments.calibrate is None:
        return diagnose
    return calibrate(_unescaped(arguments.calibrate)).diagnose


def _unescaped(argument: str) -> str:
    """No argument of a command can hold the NUL that many keyboards send, so it may be given as a
    JSON string, or with NUL and its like written `\\u0000`."""
    try:
        text = json.loads(argument)
    except ValueError:
        text = None
    if isinstance(text, str):
        return text
    return _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), argument)


def run(arguments: argparse.Namespace) -> int:
    try:
        look = reader(arguments)
    except Refused as refused:
        return tell(refused.refusals)
    status = 0
    for line in _lines():
        if not line.strip():
            continue
        try:
            text = json.loads(line) if len(line) <= _LONGEST_LINE else None
        except (ValueError, RecursionError):
            text = None
        if isinstance(text, str):
            answer = as_json(look(text))
        else:
            refusal = Refusal("not_a_json_string", "The line does not hold one JSON string.")
            answer, status = {"problems": [refusal_as_json(refusal)]}, 2
        print(json.dumps(answer, ensure_ascii=True), flush=True)
    return status


def _lines() -> Iterator[bytes]:
    """The lines of standard input as they come; of one that is longer than any code, the beginning."""
    stream = sys.stdin.buffer
    while line := stream.readline(_LONGEST_LINE + 1):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(_LONGEST_LINE)
        yield line


def as_json(found: Diagnosis) -> dict[str, Any]:
    """A reading as one JSON object, with the faults of the keyboard that were repaired."""
    reading = found.reading
    return {
        "elements": reading.elements,
        "gtin": reading.gtin,
        "serial": reading.serial,
        "lot": reading.lot,
        "expiry": reading.expiry.isoformat() if reading.expiry else None,
        "problems": [refusal_as_json(one) for one in reading.faults],
        "repaired": [refusal_as_json(one) for one in found.faults if found.repaired],
        "caveats": [refusal_as_json(one) for one in found.caveats],
        "sscc": reading.sscc,
        "product_code": reading.product_code,
        "source": reading.source,
        "lacks": [
            refusal_as_json(one)
            for one in (*reading.problems, *reading.missing_partners)
            if one.code in NOT_A_FAULT or one in reading.missing_partners
        ],
    }


def refusal_as_json(refusal: Refusal) -> dict[str, Any]:
    """Code and sentence, and all that can be said in JSON of what caused it."""
    data = {
        name: value
        for name, value in refusal.data.items()
        if isinstance(value, str | int | None) and name not in ("code", "sentence")
    }
    return {"code": refusal.code, "sentence": refusal.sentence, **data}
