"""A list of scans as people give it: one code per line, whatever the scanner made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pharmatrace.kernel.gs1.identifiers import ID_STEM, Sgtin, Sscc
from pharmatrace.kernel.gs1.read import Reading, read
from pharmatrace.kernel.refusal import Refusal

# Our own short form, as refusals and tables show it, so that what was copied can be pasted.
_PATH = re.compile(r"(?:01/\d{14}/21/.+|00/\d{18})", re.ASCII)

# `(01) 0952… (21) AB12`: the blanks are for the eye, and no GS1 element has any.
_GAP = re.compile(r"(?<=\))[ \u00a0]+|[ \u00a0]+(?=\()")


@dataclass(slots=True)
class Scans:
    """`packages` in the order they were scanned, each once. Problems carry `row`."""

    packages: list[Sgtin | Sscc] = field(default_factory=list)
    problems: list[Refusal] = field(default_factory=list)
    repeats: int = 0

    @property
    def uris(self) -> list[str]:
        return [package.uri for package in self.packages]

    @property
    def paths(self) -> list[str]:
        return [package.path for package in self.packages]


def read_scan(text: str) -> Reading:
    """One scan. Like the kernel's `read`, and our own paths and labels too, as pages show them. Never raises."""
    body = text.strip()
    if body.startswith("("):
        text = _GAP.sub("", body)
    return read(ID_STEM + body if _PATH.fullmatch(body) else text)


def read_scans(text: str) -> Scans:
    """Every line of `text`; empty lines are passed over, repeats are counted and left out."""
    scans = Scans()
    seen: set[str] = set()
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not line.strip():
            continue
        reading = read_scan(line)
        package = reading.identity
        if package is None:
            scans.problems.append(_at_row(reading, number))
        elif package.path in seen:
            scans.repeats += 1
        else:
            seen.add(package.path)
            scans.packages.append(package)
    return scans


def _at_row(reading: Reading, number: int) -> Refusal:
    problem = reading.problem or Refusal("unreadable", "This names no single package.")
    return Refusal(
        problem.code, f"Line {number}: {problem.sentence}", {**problem.data, "row": number}
    )
