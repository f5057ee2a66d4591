"""A PDF, page by page, as octets to send (ISO 32000-1). In memory stays where each object begins, and nothing else.

Pages come as content streams. The page tree has two levels, so that a hundred thousand pages open at once.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Iterator

from apps.labels.lettering import BOLD, MM, PLAIN

FONTS = {PLAIN: "F1", BOLD: "F2"}
_CATALOG, _PAGES, _FONT_1, _FONT_2, _INFO = 1, 2, 3, 4, 5
_TO_A_NODE = 512  # pages


class _Objects:
    """Numbers objects, and remembers where each begins."""

    def __init__(self) -> None:
        self.at = 0
        self.offsets = array("Q", [0] * (_INFO + 1))

    def reserve(self) -> int:
        self.offsets.append(0)
        return len(self.offsets) - 1

    def text(self, content: bytes) -> bytes:
        self.at += len(content)
        return content

    def body(self, number: int, content: bytes) -> bytes:
        self.offsets[number] = self.at
        return self.text(b"%d 0 obj\n%b\nendobj\n" % (number, content))


def write_pdf(
    pages: Iterable[bytes], *, width: float, height: float, title: str
) -> Iterator[bytes]:
    """The document in pieces, one a page. `width` and `height` of every page in millimetres."""
    objects = _Objects()
    yield objects.text(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    yield objects.body(_CATALOG, b"<</Type/Catalog/Pages 2 0 R>>")
    for number, font in ((_FONT_1, PLAIN), (_FONT_2, BOLD)):
        yield objects.body(
            number,
            b"<</Type/Font/Subtype/Type1/BaseFont/%b/Encoding/WinAnsiEncoding>>" % font.encode(),
        )
    yield objects.body(_INFO, b"<</Title%b/Producer(PharmaTrace)>>" % pdf_string(title))
    nodes: list[tuple[int, int]] = []  # object, how many pages below
    node, kids = objects.reserve(), array("L")
    for content in pages:
        if len(kids) == _TO_A_NODE:
            yield objects.body(node, _node(kids))
            nodes.append((node, len(kids)))
            node, kids = objects.reserve(), array("L")
        stream, page = objects.reserve(), objects.reserve()
        packed = zlib.compress(content, 6)
        yield objects.body(
            stream,
            b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed),
        ) + objects.body(page, _page(node, stream, width, height))
        kids.append(page)
    yield objects.body(node, _node(kids))
    nodes.append((node, len(kids)))
    yield objects.body(_PAGES, _root(nodes))
    yield _end(objects)


def _page(node: int, stream: int, width: float, height: float) -> bytes:
    return (
        b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.3f %.3f]/Contents %d 0 R"
        b"/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>>>"
    ) % (node, width * MM, height * MM, stream)


def _node(kids: Iterable[int]) -> bytes:
    found = list(kids)
    refs = b" ".join(b"%d 0 R" % number for number in found)
    return b"<</Type/Pages/Parent 2 0 R/Count %d/Kids[%b]>>" % (len(found), refs)


def _root(nodes: list[tuple[int, int]]) -> bytes:
    refs = b" ".join(b"%d 0 R" % number for number, _ in nodes)
    return b"<</Type/Pages/Count %d/Kids[%b]>>" % (sum(count for _, count in nodes), refs)


def _end(objects: _Objects) -> bytes:
    size, start = len(objects.offsets), objects.at
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in objects.offsets[1:])
    return (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R/Info 5 0 R>>\n"
        b"startxref\n%d\n%%%%EOF\n"
    ) % (size, rows, size, start)


def pdf_string(text: str) -> bytes:
    """`text` as a literal string in WinAnsi; whoever calls has made it printable."""
    raw = text.encode("cp1252", "replace")
    for sign in (b"\\", b"(", b")"):
        raw = raw.replace(sign, b"\\" + sign)
    return b"(" + raw.replace(b"\n", b" ").replace(b"\r", b" ") + b")"
