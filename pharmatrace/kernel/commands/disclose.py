"""disclose: pass on less of a bundle than you were given, with proof.

Writes a smaller bundle to standard output, or to the file named with --output. Exit status 0 when it is written, 1
when what is left would not verify (or the bundle did not), 2 when there is no readable bundle or it has nothing of the
name that is asked for, 3 when it is written and not to be relied on, which it says: a key was reported stolen.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pharmatrace.kernel.evidence.bundle import BundleError, read_bundle, write_bundle
from pharmatrace.kernel.evidence.verdict import verify_bundle
from pharmatrace.kernel.evidence.withholding import NothingOfThatName, withhold

NAME = "disclose"
HELP = "write a smaller bundle that shows only some facts and still verifies"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", help="the bundle's file, or - for standard input")
    parser.add_argument(
        "--only",
        metavar="NAME[,NAME…]",
        action="append",
        required=True,
        help="names of the facts to show (may be given several times)",
    )
    parser.add_argument(
        "--events",
        metavar="INDEX[,INDEX…]",
        action="append",
        help="show them of these entries of the log alone (may be given several times)",
    )
    parser.add_argument(
        "--without-signatures", action="store_true", help="hide who signed the events"
    )
    parser.add_argument("--output", metavar="FILE", help="where to write, instead of to the screen")


def run(arguments: argparse.Namespace) -> int:
    try:
        bundle = read_bundle(_read(arguments.bundle))
        less = withhold(
            bundle,
            only=_names(arguments.only),
            events=_indexes(arguments.events),
            signatures=not arguments.without_signatures,
        )
    except (OSError, BundleError, NothingOfThatName, ValueError) as fault:
        print(f"cannot disclose: {fault}", file=sys.stderr)
        return 2
    file = write_bundle(less)
    verdict = verify_bundle(file)
    for check in verdict.failed[:1]:
        print(f"does not verify: {check.name}: {check.sentence}", file=sys.stderr)
        return 1
    if arguments.output:
        Path(arguments.output).write_bytes(file)
    else:
        sys.stdout.write(file.decode())
    for check in verdict.doubted:
        print(f"not to be relied on: {check.sentence} ({check.place})", file=sys.stderr)
    return 3 if verdict.doubted else 0


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _names(given: Sequence[str]) -> list[str]:
    return [name for text in given for name in text.split(",") if name]


def _indexes(given: Sequence[str] | None) -> list[int] | None:
    """Raises ValueError."""
    return None if given is None else [index for text in given for index in _numbers(text)]


def _numbers(text: str) -> list[int]:
    if not all(part.isascii() and part.isdigit() and len(part) < 20 for part in text.split(",")):
        raise ValueError(f"--events takes whole numbers, not {text!r}")
    return [int(part) for part in text.split(",")]
