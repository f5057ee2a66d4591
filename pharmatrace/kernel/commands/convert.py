"""convert: an EPCIS file in another form, on standard output. Every event keeps its hash.

Exit status 0, or 1 with the faults and no output when the file is wrong or the other form has no place
for what it says, 2 when it cannot be opened. XML of any size is converted as a stream.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from pharmatrace.kernel.commands.check import place_of
from pharmatrace.kernel.epcis.conversion import convert
from pharmatrace.kernel.epcis.files import FORMS

NAME = "convert"
HELP = "convert an EPCIS file to JSON-LD, XML 2.0 or XML 1.2"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="an EPCIS document, JSON-LD or XML")
    parser.add_argument("--to", choices=FORMS, required=True, help="the form to write")


def run(arguments: argparse.Namespace) -> int:
    status = 0
    try:
        with tempfile.TemporaryFile() as written:
            faults = convert(
                Path(arguments.file), arguments.to, written, created_at=datetime.now(UTC)
            )
            for fault in faults:
                status = 1
                line = f"{arguments.file}{place_of(fault)}: {fault.sentence} [{fault.code}]"
                print(line, file=sys.stderr)
            if not status:
                sys.stdout.flush()
                written.seek(0)
                shutil.copyfileobj(written, sys.stdout.buffer)
                sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"cannot convert: {error}", file=sys.stderr)
        return 2
    return status
