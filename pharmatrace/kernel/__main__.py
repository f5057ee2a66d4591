"""`python -m pharmatrace.kernel <command>`: the kernel's formats and mathematics, offline."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from pharmatrace.kernel.commands import (
    audit,
    check,
    convert,
    disclose,
    epc,
    hash,
    link,
    read,
    verify,
)

COMMANDS = (verify, disclose, audit, read, link, epc, check, hash, convert)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status; wrong usage is status 2."""
    parser = argparse.ArgumentParser(prog="python -m pharmatrace.kernel", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in COMMANDS:
        subparser = commands.add_parser(command.NAME, help=command.HELP, description=command.HELP)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    arguments = parser.parse_args(argv)
    return int(arguments.run(arguments))


def run() -> int:
    """`main` for a shell: output is UTF-8, and whoever stops reading it is no fault (status 1)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still in the buffer must not be written when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


if __name__ == "__main__":
    sys.exit(run())
