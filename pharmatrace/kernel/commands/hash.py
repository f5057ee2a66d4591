"""hash: the event hash IDs of EPCIS files (CBV 2.0 §8.9), one event per line, in order.

Exit status 0, or 1 with the fault when a file holds no events, 2 when it cannot be opened.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pharmatrace.kernel.commands.check import place_of
from pharmatrace.kernel.epcis.event_hash import hash_of_prehash
from pharmatrace.kernel.epcis.files import prehashes_of
from pharmatrace.kernel.refusal import Refused

NAME = "hash"
HELP = "print the event hash ID of every event in EPCIS files, one per line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="EPCIS documents, JSON-LD or XML")
    parser.add_argument(
        "--prehash", action="store_true", help="print the string that is hashed instead"
    )


def run(arguments: argparse.Namespace) -> int:
    for name in arguments.files:
        try:
            for text in prehashes_of(Path(name)):
                print(text if arguments.prehash else hash_of_prehash(text))
        except BrokenPipeError:
            raise
        except OSError as error:
            print(f"cannot hash: {error}", file=sys.stderr)
            return 2
        except Refused as refused:
            for fault in refused.refusals:
                print(f"{name}{place_of(fault)}: {fault.sentence} [{fault.code}]", file=sys.stderr)
            return 1
    return 0
