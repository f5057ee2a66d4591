"""check: say everything that is wrong with EPCIS files, each fault with its place.

One line per fault: file, place (JSON Pointer, or line and column), sentence and code. Exit status 0
when nothing is wrong, 1 when something is, 2 when a file cannot be opened.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pharmatrace.kernel.epcis.files import faults_of
from pharmatrace.kernel.refusal import Refusal

NAME = "check"
HELP = "check EPCIS files (JSON-LD and XML): exit 1 and the faults with their places"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="EPCIS documents")


def run(arguments: argparse.Namespace) -> int:
    status = 0
    for name in arguments.files:
        try:
            faults = 0
            for fault in faults_of(Path(name)):
                faults += 1
                print(f"{name}{place_of(fault)}: {fault.sentence} [{fault.code}]")
        except BrokenPipeError:
            raise
        except OSError as error:
            print(f"cannot check: {error}", file=sys.stderr)
            return 2
        if not faults:
            print(f"{name}: ok")
        status = status or int(faults > 0)
    return status


def place_of(fault: Refusal) -> str:
    """`#/epcisBody/…` for JSON, `:line:column` for XML, as the file is pointed into."""
    if "line" in fault.data:
        return f":{fault.data['line']}:{fault.data.get('column', 0)}"
    return f"#{fault.data['pointer']}" if fault.data.get("pointer") else ""
