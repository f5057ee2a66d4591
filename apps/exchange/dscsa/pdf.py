"""Transaction information and statement on paper: A4 or Letter, every serial listed, pages numbered.

The lines are made twice, once to count the pages, and never all held; a page that is full is packed away.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, NamedTuple
from urllib.parse import unquote

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from apps.exchange.dscsa.information import (
    STATEMENTS,
    Line,
    TransactionInformation,
    address_of,
    local,
)
from apps.parties.models import Organisation
from pharmatrace.printable import printable

PAPERS = {"a4": A4, "letter": LETTER}
MARGIN, LEADING, SIZE = 18 * mm, 12.5, 9
BOLD, PLAIN, CODE = "Helvetica-Bold", "Helvetica", "Courier"
COLUMNS = 3  # of serials
NOT_RECORDED = "not recorded"


class Row(NamedTuple):
    """One line of print: pieces of text with how far right each begins, as a share of the width."""

    pieces: tuple[tuple[float, str], ...] = ()
    font: str = PLAIN
    size: float = SIZE


def write_pdf(
    told: TransactionInformation, target: BinaryIO, *, paper: str = "a4", at: datetime
) -> int:
    """Writes the document to `target`; returns how many pages it has. `paper` is one of PAPERS."""
    width, height = PAPERS[paper]
    capacity = int((height - 2 * MARGIN) / LEADING) - 2  # the foot takes two
    room = width - 2 * MARGIN
    pages = max(1, -(-sum(1 for _ in rows(told, room)) // capacity))
    canvas = Canvas(target, pagesize=(width, height), pageCompression=1, invariant=1)
    canvas.setTitle(f"Transaction information {told.shipment.reference}".strip())
    canvas.setAuthor(printable(told.shipment.sender.name))
    number, left = 1, capacity
    for row in rows(told, room):
        if not left:
            _foot(canvas, number, pages, at)
            canvas.showPage()
            number, left = number + 1, capacity
        _print(canvas, row, y=height - MARGIN - (capacity - left + 1) * LEADING, room=room)
        left -= 1
    _foot(canvas, number, pages, at)
    canvas.showPage()
    canvas.save()
    return pages


def rows(told: TransactionInformation, room: float) -> Iterator[Row]:
    """Everything that is printed, line by line."""
    shipment = told.shipment
    yield Row(((0, "Transaction Information and Transaction Statement"),), BOLD, 13)
    yield Row(((0, "Drug Supply Chain Security Act, 21 USC 360eee(26) and (27)"),))
    yield Row()
    yield from _fact("Transaction date", told.date.isoformat(), room)
    yield from _fact("Shipped", local(shipment.first).isoformat(timespec="minutes"), room)
    yield from _fact("Delivery", shipment.reference.split(":")[-1] or "without a number", room)
    yield from _party("From", shipment.sender, room)
    yield from _party("To", shipment.receiver, room)
    for line in told.lines:
        yield Row()
        yield from _line(line, room)
    yield Row()
    yield from _statement(told, room)


def _party(word: str, one: Organisation, room: float) -> Iterator[Row]:
    yield from _fact(word, f"{one.name} (GLN {one.gln})", room)
    yield from _fact("", address_of(one) or f"address {NOT_RECORDED}, {one.country}", room)


def _line(line: Line, room: float) -> Iterator[Row]:
    product = line.batch.product
    yield from _wrapped(f"{product.name} {product.strength}".strip(), room, BOLD, 10)
    yield from _fact("NDC", line.ndc or NOT_RECORDED, room)
    yield from _fact("GTIN", product.gtin, room)
    yield from _fact("Strength", product.strength or NOT_RECORDED, room)
    yield from _fact("Dosage form", product.form or NOT_RECORDED, room)
    yield from _fact("Container size", product.pack_size or NOT_RECORDED, room)
    yield from _fact("Number of containers", f"{line.count:,}", room)
    yield from _fact("Lot", f"{line.batch.lot}, expires {line.batch.expiry.isoformat()}", room)
    yield Row(((0, "Serial numbers"),), BOLD)
    for first in range(0, line.count, COLUMNS):
        portion = line.paths[first : first + COLUMNS]
        yield Row(
            tuple((n / COLUMNS, unquote(path.split("/")[-1])) for n, path in enumerate(portion)),
            CODE,
        )


def _statement(told: TransactionInformation, room: float) -> Iterator[Row]:
    yield Row(((0, "Transaction statement"),), BOLD, 10)
    name = told.shipment.sender.name
    yield from _wrapped(f"{name}, the entity transferring ownership in this transaction,", room)
    for letter, sentence in STATEMENTS:
        yield from _fact(f"({letter})", sentence, room, indent=0.05)
    made = told.statement
    yield from _wrapped(
        f"Affirmed for {name} by {made.affirmed_by or 'a person who left'} on "
        f"{made.affirmed_at.isoformat(timespec='minutes')}."
        if made.affirmed_at
        else f"NOT AFFIRMED: {name} has not made this statement about this shipment.",
        room,
        BOLD,
    )


def _fact(word: str, text: str, room: float, *, indent: float = 0.22) -> Iterator[Row]:
    for n, piece in enumerate(_split(text, room * (1 - indent), PLAIN, SIZE)):
        yield Row(((0, word if n == 0 else ""), (indent, piece)))


def _wrapped(text: str, room: float, font: str = PLAIN, size: float = SIZE) -> Iterator[Row]:
    return (Row(((0, piece),), font, size) for piece in _split(text, room, font, size))


def _split(text: str, room: float, font: str, size: float) -> Iterator[str]:
    """`text` in pieces that fit; a word that is wider than the paper is cut."""
    line = ""
    for word in printable(text).split():
        while stringWidth(word, font, size) > room:
            cut = max(1, int(len(word) * room / stringWidth(word, font, size)))
            if line:
                yield line
                line = ""
            yield word[:cut]
            word = word[cut:]
        longer = f"{line} {word}".strip()
        if stringWidth(longer, font, size) > room:
            yield line
            longer = word
        line = longer
    yield line


def _print(canvas: Canvas, row: Row, *, y: float, room: float) -> None:
    canvas.setFont(row.font, row.size)
    for share, text in row.pieces:
        canvas.drawString(MARGIN + share * room, y, printable(text))


def _foot(canvas: Canvas, number: int, pages: int, at: datetime) -> None:
    canvas.setFont(PLAIN, 8)
    canvas.drawString(MARGIN, MARGIN / 2, f"Written {at.isoformat(timespec='minutes')}")
    canvas.drawRightString(canvas._pagesize[0] - MARGIN, MARGIN / 2, f"Page {number} of {pages}")
