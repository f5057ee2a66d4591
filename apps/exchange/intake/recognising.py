"""What a file is, told by its content, never by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pharmatrace.kernel.refusal import Refused

Form = Literal["json", "xml", "csv", "xlsx"]
HEAD = 8192
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Letters that Windows-1252 has no character for, and controls that no text has.
_NO_TEXT = frozenset(b"\x81\x8d\x8f\x90\x9d") | frozenset(range(32)) - frozenset(
    b"\t\n\r\x1d\x1e\x1c"
)


def recognise(path: Path) -> Form:
    """Raises Refused `file_empty`, `format_unknown`, `format_old_excel`."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise Refused.one("file_empty", "The file is empty.")
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(_OLE):
        raise Refused.one(
            "format_old_excel",
            "This is a workbook of an old Excel, or one with a password; save it as .xlsx without one.",
        )
    first = _first_text(head)
    if first[:1] in ("{", "["):
        return "json"
    if first[:1] == "<":
        return "xml"
    encoding_of(path, head)
    if not any(sign in first.partition("\n")[0] for sign in ",;\t") and "act" not in first.lower():
        raise _unknown()
    return "csv"


def encoding_of(path: Path, head: bytes) -> str:
    """How a text file is encoded: by its mark, else UTF-8 if all of it is, else Windows-1252.

    Raises Refused `format_unknown` where it is none of these.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if b"\x00" in head:  # UTF-16 of Latin letters has every second octet zero
        even, odd = head[::2].count(0), head[1::2].count(0)
        if max(even, odd) * 3 > len(head) and min(even, odd) * 20 < len(head):
            return "utf-16-be" if even > odd else "utf-16-le"
        raise _unknown()
    if _is_utf8(path):
        return "utf-8"
    if _NO_TEXT.intersection(head):
        raise _unknown()
    return "cp1252"


def _is_utf8(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            while file.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _first_text(head: bytes) -> str:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return head.decode(name, "replace").lstrip("\ufeff \t\r\n")
    if head[:1] == b"\x00" or head[1:2] == b"\x00":
        return head.decode("utf-16-be" if head[:1] == b"\x00" else "utf-16-le", "replace").lstrip()
    return head.decode("utf-8", "replace").lstrip()


def _unknown() -> Refused:
    return Refused.one(
        "format_unknown",
        "This is neither EPCIS (JSON or XML) nor a table (CSV or XLSX) made from a template.",
    )
