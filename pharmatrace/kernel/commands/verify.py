"""verify: check an evidence bundle, or the archive of a case file, offline; say what was checked and what was not.

Exit status 0 when everything that was checked holds, 1 when something fails, 2 when there is no
readable bundle, or a given key or policy is none, 3 when nothing fails and it is not to be relied on: something
was signed with a key that was reported stolen.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from pharmatrace.kernel.casefile.archive import MAGIC, NotACase
from pharmatrace.kernel.casefile.verdict import verify_case
from pharmatrace.kernel.commands.anchor_arguments import add_anchor_arguments, anchor_trust
from pharmatrace.kernel.evidence.bundle import NotABundle
from pharmatrace.kernel.evidence.verdict import Check, Outcome, Verdict, verify_bundle
from pharmatrace.kernel.tlog.note import NoteError
from pharmatrace.kernel.tlog.policy import Policy
from pharmatrace.kernel.tlog.policy_reading import PolicyError, parse_policy

NAME = "verify"
HELP = "check an evidence bundle or a case file, with no network and no database"

_MARKS = {
    Outcome.HOLDS: "ok  ",
    Outcome.FAILS: "FAIL",
    Outcome.DOUBTED: "!!! ",
    Outcome.NOT_CHECKED: "--  ",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", help="the file of the bundle or case, or - for standard input")
    parser.add_argument(
        "--log-key",
        metavar="VKEY",
        help="the log's verifier key, as published; several of one log with spaces between",
    )
    parser.add_argument(
        "--witness",
        metavar="VKEY",
        action="append",
        default=[],
        help="the verifier key of a witness that must have cosigned (may be given several times)",
    )
    parser.add_argument(
        "--policy",
        metavar="FILE",
        help="your policy (C2SP tlog-policy): the logs you know, and how many of which witnesses must have cosigned",
    )
    add_anchor_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")


def run(arguments: argparse.Namespace) -> int:
    try:
        verdict = _verdict(arguments)
    except (OSError, ValueError, NotABundle, NotACase, NoteError, PolicyError) as fault:
        print(f"cannot verify: {fault}", file=sys.stderr)
        return 2
    print(_as_json(verdict) if arguments.json else _as_text(verdict))
    return 1 if verdict.failed else 3 if verdict.doubted else 0


def _verdict(arguments: argparse.Namespace) -> Verdict:
    data, now, trust = _read(arguments.bundle), datetime.now(UTC), anchor_trust(arguments)
    if data.startswith(MAGIC):
        if arguments.witness or arguments.policy:
            raise ValueError("witnesses and policies are checked of a bundle: unpack it first")
        return verify_case(
            io.BytesIO(data), log_vkey=arguments.log_key, now=now, anchor_trust=trust
        )
    return verify_bundle(
        data,
        log_vkey=arguments.log_key,
        witness_vkeys=arguments.witness,
        policy=_policy(arguments.policy),
        now=now,
        anchor_trust=trust,
    )


def _policy(name: str | None) -> Policy | None:
    return None if name is None else parse_policy(Path(name).read_bytes())


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _as_text(verdict: Verdict) -> str:
    lines = [_line(check) for check in verdict.checks if check.outcome is not Outcome.NOT_CHECKED]
    if verdict.unchecked:
        lines += ["", "Not checked:", *(_line(check) for check in verdict.unchecked)]
    if verdict.failed:
        end = f"DOES NOT HOLD: {len(verdict.failed)} checks fail."
    elif verdict.doubted:
        end = (
            f"NOT TO BE RELIED ON: nothing fails, and {len(verdict.doubted)} of what it rests on may be a"
            " thief's."
        )
    elif verdict.unconfirmed_log_key:
        end = (
            f"HOLDS for the log key {verdict.unconfirmed_log_key}, which you have not confirmed:"
            " whoever made this file may have made that log. Compare the key with the published one"
            f" (--log-key). {len(verdict.unchecked)} things could not be checked."
        )
    else:
        end = f"HOLDS: nothing fails; {len(verdict.unchecked)} things could not be checked."
    return "\n".join([*lines, "", end])


def _line(check: Check) -> str:
    place = f" ({check.place})" if check.place else ""
    return f"{_MARKS[check.outcome]} {check.name}: {check.sentence}{place}"


def _as_json(verdict: Verdict) -> str:
    checks = [
        {
            "name": check.name,
            "place": check.place,
            "outcome": str(check.outcome),
            "sentence": check.sentence,
        }
        for check in verdict.checks
    ]
    document = {
        "holds": verdict.holds,
        "doubted": bool(verdict.doubted),
        "unconfirmed_log_key": verdict.unconfirmed_log_key,
        "checks": checks,
    }
    return json.dumps(document, ensure_ascii=False, indent=1)
