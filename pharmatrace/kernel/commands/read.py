"""read: what scans say, one JSON string per line of standard input, one JSON object per line out.

`elements` by application identifier (in format 06 by data identifier), `gtin`, `serial`, `lot`,
`expiry` (a day, ISO 8601), `sscc`, `product_code` (GTIN or PPN), `source`, and `problems`: what is wrong with
the scan, each with code, sentence and place (characters from the start of the scan). What a
well-formed code lacks is under `lacks`. Exit status 2 when a line holds no JSON string.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from pharmatrace.kernel.gs1.read import NOT_A_FAULT, Reading, read
from pharmatrace.kernel.refusal import Refusal

NAME = "read"
HELP = "read scans: JSON strings in, one per line; JSON objects out"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def reader(arguments: argparse.Namespace) -> Callable[[str], Reading]:
    """What turns one scan into a reading, as the arguments ask for it."""
    return read


def run(arguments: argparse.Namespace) -> int:
    read_one = reader(arguments)
    status = 0
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        try:
            text = json.loads(line)
        except ValueError:
            text = None
        if isinstance(text, str):
            answer = as_json(read_one(text))
        else:
            refusal = Refusal("not_a_json_string", "The line does not hold one JSON string.")
            answer, status = {"problems": [refusal_as_json(refusal)]}, 2
        print(json.dumps(answer, ensure_ascii=True), flush=True)
    return status


def as_json(reading: Reading) -> dict[str, Any]:
    """A reading as one JSON object."""
    return {
        "elements": reading.elements,
        "gtin": reading.gtin,
        "serial": reading.serial,
        "lot": reading.lot,
        "expiry": reading.expiry.isoformat() if reading.expiry else None,
        "problems": [refusal_as_json(one) for one in reading.faults],
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
