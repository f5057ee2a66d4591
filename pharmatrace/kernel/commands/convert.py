"""convert: an EPCIS file in another form, on standard output. Every event keeps its hash.

Exit status 0, or 1 with the faults when the file is wrong or the other form has no place for what
it says, 2 when it cannot be opened.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from pharmatrace.kernel.commands.check import place_of
from pharmatrace.kernel.epcis.files import FORMS, read_file, write_file
from pharmatrace.kernel.refusal import Refused

NAME = "convert"
HELP = "convert an EPCIS file to JSON-LD, XML 2.0 or XML 1.2"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="an EPCIS document, JSON-LD or XML")
    parser.add_argument("--to", choices=FORMS, required=True, help="the form to write")


def run(arguments: argparse.Namespace) -> int:
    try:
        document = read_file(Path(arguments.file))
        written = write_file(document, arguments.to, created_at=datetime.now(UTC))
    except OSError as error:
        print(f"cannot convert: {error}", file=sys.stderr)
        return 2
    except Refused as refused:
        for fault in refused.refusals:
            print(
                f"{arguments.file}{place_of(fault)}: {fault.sentence} [{fault.code}]",
                file=sys.stderr,
            )
        return 1
    sys.stdout.flush()
    sys.stdout.buffer.write(written)
    sys.stdout.buffer.flush()
    return 0
