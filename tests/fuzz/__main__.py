"""Fuzzes readers, each in a process of its own that may not grow nor hang.

    python -m tests.fuzz [READER …] [--seconds N] [--engine atheris|plain] [--seed N]

Exit status 1 when a reader broke one of its laws, hung, or took more memory than it may. What broke it
is kept under `--keep` (default: the folder `pharmatrace-fuzz` of the temporary files). With atheris, which guides the
mutations by what code they reach and has to be installed by whoever wants it, more is found; without,
the same mutations are made blindly.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.plain_engine import broken_in
from tests.fuzz.readers import READERS


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__.split("\n")[0]
    )
    parser.add_argument(
        "readers", nargs="*", metavar="READER", help=f"some of {', '.join(READERS)}"
    )
    parser.add_argument("--seconds", type=int, default=60, help="for each reader")
    parser.add_argument("--engine", choices=("atheris", "plain"), default="plain")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()) / "pharmatrace-fuzz"
    )
    arguments = parser.parse_args()
    unknown = set(arguments.readers) - set(READERS)
    if unknown:
        parser.error(f"no reader {', '.join(sorted(unknown))}")
    failed = []
    for name in arguments.readers or READERS:
        kept = arguments.keep / name
        kept.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", f"tests.fuzz.{arguments.engine}_engine", name, str(arguments.seconds),
                   str(arguments.seed), str(kept)]  # fmt: skip
        if subprocess.run(command, check=False).returncode or broken_in(kept):
            failed.append(name)
    for name in failed:
        print(f"{name}: broken; see {arguments.keep / name}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
