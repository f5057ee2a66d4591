"""Scans as people give them: one, or a list with one code per line, whatever the scanner made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pharmatrace.kernel.gs1.calibration import Calibration
from pharmatrace.kernel.gs1.identifiers import ID_STEM, Sgtin, Sscc
from pharmatrace.kernel.gs1.read import Reading, read
from pharmatrace.kernel.gs1.wedge_faults import diagnose
from pharmatrace.kernel.refusal import Refusal

# Our own short form, as refusals and tables show it, so that what was copied can be pasted.
_PATH = re.compile(r"(?:01/\d{14}/21/.+|00/\d{18})", re.ASCII)
SEEN = ("camera", "photo")  # no keyboard was between the code and us
WEDGE = "wedge"  # typed by a scanner: nobody types that fast

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


def read_scan(text: str, *, calibration: Calibration | None = None, source: str = "") -> Reading:
    """One scan, with the faults of a keyboard repaired or named. Never raises.

    `calibration` is of the scanner at the device it came from, where one is known. `source` is how it came, as
    the scan box tells it ("wedge", "keys", "paste", "camera", "photo"); "" where nobody knows.
    """
    body = text.strip()
    if body.startswith("("):
        text = body = _GAP.sub("", body)
    if _PATH.fullmatch(body):
        return read(ID_STEM + body)
    if body.startswith("("):
        text = _GAP.sub("", body)
    if source in SEEN:
        return read(text)
    if calibration is None or source == "paste":
        return diagnose(text).reading
    # A scan is told from a code typed by hand by its speed, or by the AIM identifier as this scanner types it:
    # its last character is another for each kind of symbol.
    mark = calibration.prefix[:-1]
    if source == WEDGE or (mark and text.lstrip().startswith(mark)):
        return calibration.read(text)
    return diagnose(text).reading if mark else _scanned_or_typed(text, calibration)


def _scanned_or_typed(text: str, calibration: Calibration) -> Reading:
    """What a scanner types is turned back; what a hand types is not. Where both make sense and differ, nothing
    tells which it was."""
    typed, scanned = diagnose(text).reading, calibration.read(text)
    if scanned.identity is None or scanned.problems or scanned.source == "brackets":
        return typed  # no symbol holds brackets
    if typed.identity is None or typed.problems:
        return scanned
    if typed.elements == scanned.elements:
        return scanned
    fault = Refusal(
        "scanned_or_typed",
        "This means one pack if it was scanned and another if it was typed. Scan it again, into the scan box, "
        "and let the scanner send the AIM identifier.",
    )
    return Reading(text=text, source="unknown", elements={}, problems=(fault,))


def read_scans(text: str, *, calibration: Calibration | None = None) -> Scans:
    """Every line of `text`; empty lines are passed over, repeats are counted and left out."""
    scans = Scans()
    seen: set[str] = set()
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not line.strip():
            continue
        reading = read_scan(line, calibration=calibration)
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
