"""Whether a file is a PDF that may be shown to the public: whole, readable by everybody, and without anything that
acts by itself. Pure.

A reader of PDF does not have to run what a file asks for, and browsers mostly refuse; but what a manufacturer puts
before patients should not even ask. The file is not interpreted: its names are looked for, in the open parts and in
every compressed stream, with the `#xx` of escaped names undone (ISO 32000-1 §7.3.5).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from pharmatrace.kernel.refusal import Refused

MOST_OCTETS = 8 * 1024 * 1024
MOST_INFLATED = 64 * 1024 * 1024
MOST_STREAMS = 20_000  # a leaflet of a hundred pages with pictures has some hundreds
_AT_ONCE = 64 * 1024  # octets given to the inflater: what lies behind a stream is not copied for it

ACTS = {
    b"JavaScript": "a script (JavaScript)",
    b"Launch": "an action that starts a program",
    b"ImportData": "an action that imports data",
    b"SubmitForm": "a form that sends data away",
    b"GoToE": "a jump into an attached file",
    b"EmbeddedFile": "an attached file",
    b"EmbeddedFiles": "attached files",
    b"RichMedia": "embedded media",
    b"Rendition": "embedded media",
    b"XFA": "a dynamic form (XFA)",
}
"""What is refused, by its name in the file (ISO 32000-1 §12.6.4, §7.11.4, §12.7.8)."""

_NAME = re.compile(rb"/([A-Za-z0-9#]+)")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_FLATE = frozenset({b"FlateDecode", b"Fl"})
_OTHER_PACKING = frozenset(
    {b"LZWDecode", b"ASCIIHexDecode", b"ASCII85Decode", b"RunLengthDecode", b"Crypt"}
)
_SHORT = frozenset({b"AHx", b"A85", b"LZW", b"RL"})  # too short to be told from a picture's octets


def check_leaflet_pdf(octets: bytes) -> None:
    """Raises Refused: `leaflet_size`, `leaflet_not_pdf`, `leaflet_encrypted`, `leaflet_acts`, `leaflet_packed`."""
    if not 0 < len(octets) <= MOST_OCTETS:
        raise _refused(
            "leaflet_size",
            f"A leaflet has at most {MOST_OCTETS // 1024 // 1024} MB; this file has more, or nothing.",
        )
    if not octets.startswith(b"%PDF-") or b"%%EOF" not in octets[-1024:]:
        raise _refused("leaflet_not_pdf", "This is not a whole PDF file.")
    names = set(_names(octets))
    if b"Encrypt" in names:
        raise _refused(
            "leaflet_encrypted",
            "This PDF is encrypted. Save it without a password, so that everybody can read it.",
        )
    for part in _inflated(octets):
        names |= set(_names(part))
    found = [ACTS[name] for name in ACTS if name in names]
    if found:
        raise _refused(
            "leaflet_acts",
            f"This PDF holds {', '.join(found)}. A leaflet is only read: save it without.",
        )
    if b"ObjStm" in names and names & _OTHER_PACKING:
        raise _packed()
    if b"Page" not in names:
        raise _refused("leaflet_not_pdf", "This PDF has no page.")


def _names(part: bytes) -> Iterator[bytes]:
    for found in _NAME.findall(part):
        yield (
            _ESCAPED.sub(lambda digits: bytes([int(digits[1], 16)]), found)
            if b"#" in found
            else found
        )


def _inflated(octets: bytes) -> Iterator[bytes]:
    """The content of each stream that is packed by Deflate. Object streams that are packed in any other way, or not
    well, hide objects from us and are refused."""
    left, view = MOST_INFLATED, memoryview(octets)
    for number, start in enumerate(_STREAM.finditer(octets)):
        if number == MOST_STREAMS:
            raise _packed()
        behind = max(0, start.start() - 4096)
        opens = octets.rfind(b" obj", behind, start.start())
        told = set(_names(octets[max(opens, behind) : start.start()]))
        hides = b"ObjStm" in told
        if hides and not told.isdisjoint(_OTHER_PACKING | _SHORT):
            raise _packed()
        part = _inflate(view[start.end() :], most=left + 1)
        if part is None:  # a picture, or not packed: its names were seen in the open
            if hides and told & _FLATE:
                raise _packed()
            continue
        left -= len(part)
        if left < 0:
            raise _refused("leaflet_packed", "This PDF unpacks to more than a leaflet can hold.")
        yield part


def _inflate(view: memoryview, *, most: int) -> bytes | None:
    """At most so many octets; None where it does not unpack. The checksum is passed over, as readers of PDF do."""
    if len(view) < 2 or view[0] & 15 != 8 or (view[0] << 8 | view[1]) % 31:
        return None
    unpack, found, size, at = zlib.decompressobj(-15), [], 0, 2
    try:
        while not unpack.eof and size < most and at < len(view):
            piece: bytes | memoryview = view[at : at + _AT_ONCE]
            at += _AT_ONCE
            while piece and not unpack.eof and size < most:
                found.append(unpack.decompress(piece, most - size))
                size += len(found[-1])
                piece = unpack.unconsumed_tail
    except zlib.error:
        return None
    return b"".join(found)


def _packed() -> Refused:
    return _refused(
        "leaflet_packed",
        "This PDF is packed in a way that cannot be looked into. Save it again.",
    )


def _refused(code: str, sentence: str) -> Refused:
    return Refused.one(code, sentence, field="pdf")
