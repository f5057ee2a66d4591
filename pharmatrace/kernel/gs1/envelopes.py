"""Messages in the envelope of ISO/IEC 15434: `[)>` RS, then formats, each closed by RS, then EOT.

Format 05 holds GS1 elements, format 06 ASC MH10 data identifiers (IFA PPN). Scanners drop the end
of the envelope more often than not; its absence is no fault.
"""

from __future__ import annotations

from pharmatrace.kernel.gs1.element_strings import GS, Elements, read_element_string
from pharmatrace.kernel.gs1.ifa import read_fields

HEADER = "[)>\x1e"
_RS, _EOT = "\x1e", "\x04"


def read_envelope(text: str, offset: int = 0) -> Elements:
    """The elements of every format in `text`, which starts with `HEADER`; `offset` is where it
    starts in the scan. Problems: those of the formats, `envelope_format`, `envelope_empty`."""
    found = Elements()
    place = offset + len(HEADER)
    for part in text[len(HEADER) :].rstrip(_EOT).split(_RS):
        if part:
            _read_format(found, part, place)
        place += len(part) + 1
    if not found.values and not found.problems:
        found.report(
            "envelope_empty", "The code announces data and holds none.", place=offset + len(HEADER)
        )
    return found


def _read_format(found: Elements, part: str, place: int) -> None:
    number, separator, body = part[:2], part[2:3], part[3:]
    readers = {"05": read_element_string, "06": read_fields}
    if number not in readers or separator != GS:
        found.report(
            "envelope_format",
            f"The code holds data in format {number!r}; formats 05 (GS1) and 06 (IFA) can be read.",
            value=part,
            place=place,
        )
        return
    found.take_over(readers[number](body, place + 3))
