"""`python -m pharmatrace.witness`: the witness without Django."""

from __future__ import annotations

import argparse
import sys

from pharmatrace.witness.command import HELP, CannotWitness, add_arguments, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pharmatrace.witness", description=HELP)
    add_arguments(parser)
    try:
        run(parser.parse_args(), say=lambda line: print(line, flush=True))
    except CannotWitness as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
