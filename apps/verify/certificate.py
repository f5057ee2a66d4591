"""The certificate of one pack on paper: one page of what is proven, with the proof of its making as a QR code.

Everything on it comes from the public evidence: signed facts, nobody's name but the maker's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from urllib.parse import unquote

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from apps.verify.qr_evidence import QrEvidence, qr_evidence
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.evidence.bundle import Bundle
from pharmatrace.kernel.evidence.verdict import Outcome, Verdict, verify_bundle
from pharmatrace.kernel.tlog.base64text import to_base64
from pharmatrace.kernel.tlog.checkpoint import Checkpoint, parse_checkpoint
from pharmatrace.kernel.tlog.note import split_note
from pharmatrace.printable import printable

MARGIN, QR_SIZE = 18 * mm, 82 * mm
BOLD, PLAIN, CODE = "Helvetica-Bold", "Helvetica", "Courier"

CHECKED = (
    ("fact", "What is said here is what was signed: every fact fits the fingerprint that was signed."),
    ("inclusion", "The statements are entries of the public log."),
    ("checkpoint", "The log signed the state that holds them."),
    ("signature", "The maker's signature on the making of the pack is good, with a key registered before."),
    ("chain", "The statements about the pack follow on one another without a gap."),
    ("cosignature", "Independent witnesses that were known when this was made have seen that state."),
    ("anchor", "That state of the log is also written in a journal outside of the database."),
)  # fmt: skip

NOT_PROVEN = (
    "That what is in the box is what the box says, or that this paper belongs to the box: codes can be copied.",
    "Anything that happened after this was made. Scan the pack itself to see its state now.",
    "To whoever does not know the log's key: whose log this is. Compare the key with one from elsewhere.",
)


def certificate(bundle: Bundle, *, site: str, reader: str, log_vkey: str, at: datetime) -> bytes:
    """The PDF. `site` is the installation's address, `reader` that of the page which reads the code."""
    target = BytesIO()
    canvas = Canvas(target, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle("Certificate of record")
    canvas.setSubject(printable(bundle.subject))
    width, height = A4
    qr = qr_evidence(bundle, address=reader)
    column = width - 2 * MARGIN - QR_SIZE - 6 * mm
    page = _Writer(canvas, MARGIN, height - MARGIN, width - 2 * MARGIN)
    page.say("Certificate of record", BOLD, 20)
    page.say("What the public log of statements says about one pack.", PLAIN, 11)
    page.gap(4)
    top = page.y
    page.room = column
    for term, value in _facts(bundle):
        page.say(term, PLAIN, 8.5)
        page.say(value, BOLD, 11)
        page.gap(1)
    _draw(canvas, qr, x=width - MARGIN - QR_SIZE, top=top)
    page.y, page.room = min(page.y, top - QR_SIZE - 2 * mm), width - 2 * MARGIN
    verdict = verify_bundle(bundle, log_vkey=log_vkey)
    warnings = list(_warnings(bundle, verdict))
    if warnings:
        page.head("! Not to be relied on" if not verdict.holds else "! Not all of it is there")
        for sentence in warnings:
            page.item(sentence)
    page.head("What was checked when this was made")
    for sentence in _checked(verdict):
        page.item(sentence)
    page.head("What this does not prove")
    for sentence in NOT_PROVEN:
        page.item(sentence)
    page.head("How to check it")
    for sentence in _ways(site, coded=qr is not None):
        page.item(sentence)
    page.head("The log")
    for term, value in _log(bundle, log_vkey, at):
        page.say(f"{term}: {value}", CODE, 8)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _facts(bundle: Bundle) -> Iterator[tuple[str, str]]:
    event = next((one for one in bundle.events if one.fact("lot") is not None), bundle.events[0])
    path = bundle.subject.removeprefix(RESOLVER).split("/")
    identity = dict(zip(path[::2], path[1::2], strict=False))
    for term, value in (
        ("Product code (GTIN)", identity.get("01")),
        ("Serial number", unquote(identity["21"]) if "21" in identity else None),
        ("Shipping container (SSCC)", identity.get("00")),
        ("Lot", event.fact("lot")),
        ("Expiry", event.fact("expiry")),
        ("Maker", event.fact("manufacturer")),
        ("Made (time of the statement)", event.fact("time")),
        ("Statements about it", str(len(bundle.events))),
    ):
        if isinstance(value, str):
            yield term, value


def _warnings(bundle: Bundle, verdict: Verdict) -> Iterator[str]:
    """What must be read before anything else. Each sentence once."""
    said = [f"This does not hold: {check.sentence}." for check in verdict.failed]
    said += [f"{check.sentence[:1].upper()}{check.sentence[1:]}." for check in verdict.doubted]
    erased = sum(event.erased is not None for event in bundle.events)
    if erased:
        said.append(
            f"Of {erased} of the statements the words were erased; their places in the log are left."
        )
    yield from list(dict.fromkeys(said))[:4]


def _ways(site: str, *, coded: bool) -> Iterator[str]:
    if coded:
        yield f"Scan the square code. It opens {site}, and carries the proof itself: your browser checks it."
        yield "Or save the page that checks offline from there once, and give it what the code says and the key."
    else:
        yield f"Scan the pack itself. It opens {site}: fetch the whole evidence there, and your browser checks it."


def _checked(verdict: Verdict) -> Iterator[str]:
    """A sentence for each check that holds somewhere and fails nowhere."""
    failed = {check.name for check in verdict.failed}
    if any(check.name == "chain" for check in verdict.unchecked):
        failed.add("chain")  # a gap, be it one that an erasure explains
    held = {check.name for check in verdict.checks if check.outcome is Outcome.HOLDS}
    for name, sentence in CHECKED:
        if name in held - failed:
            yield sentence


def _log(bundle: Bundle, log_vkey: str, at: datetime) -> Iterator[tuple[str, str]]:
    checkpoint: Checkpoint = parse_checkpoint(split_note(bundle.checkpoint)[0])
    yield "Origin", checkpoint.origin
    yield "Entries", str(checkpoint.size)
    yield "Root", to_base64(checkpoint.root)
    yield "Entries of this pack", ", ".join(str(event.index) for event in bundle.events[:40])
    yield "Key of the log", log_vkey
    yield "Made at", f"{at:%Y-%m-%d %H:%M} UTC"


def _draw(canvas: Canvas, qr: QrEvidence | None, *, x: float, top: float) -> None:
    """The modules as rectangles, one for each run of dark ones."""
    if qr is None:
        canvas.setFont(PLAIN, 9)
        canvas.drawString(x, top - 12, "There is no code with the proof:")
        canvas.drawString(x, top - 24, "it is too large, or a code cannot say")
        canvas.drawString(x, top - 36, "what has to be said about it.")
        return
    side = QR_SIZE / len(qr.rows)
    canvas.setFont(PLAIN, 8)
    canvas.drawCentredString(
        x + QR_SIZE / 2,
        top - QR_SIZE,
        f"Proof of its making, {qr.octets} octets (QR version {qr.version})",
    )
    for number, row in enumerate(qr.rows):
        start = None
        for at, dark in enumerate([*row, False]):
            if dark and start is None:
                start = at
            elif not dark and start is not None:
                y = top - (number + 1) * side
                canvas.rect(x + start * side, y, (at - start) * side, side, stroke=0, fill=1)
                start = None


class _Writer:
    """Lines of text from the top of the page downwards."""

    def __init__(self, canvas: Canvas, x: float, y: float, room: float) -> None:
        self.canvas, self.x, self.y, self.room = canvas, x, y, room

    def say(self, text: str, font: str, size: float, indent: float = 0) -> None:
        for line in _lines(printable(text), font, size, self.room - indent):
            self.y -= size * 1.3
            self.canvas.setFont(font, size)
            self.canvas.drawString(self.x + indent, self.y, line)

    def head(self, text: str) -> None:
        self.gap(3)
        self.say(text, BOLD, 12)
        self.gap(0.5)

    def item(self, text: str) -> None:
        self.canvas.setFont(PLAIN, 10)
        self.canvas.drawString(self.x, self.y - 13, "-")
        self.say(text, PLAIN, 10, indent=4 * mm)

    def gap(self, millimetres: float) -> None:
        self.y -= millimetres * mm


def _lines(text: str, font: str, size: float, room: float) -> Iterator[str]:
    """Broken at spaces, and inside a word where it alone is too long."""
    for line in simpleSplit(text, font, size, room):
        while stringWidth(line, font, size) > room:
            fit = max(
                n for n in range(1, len(line) + 1) if stringWidth(line[:n], font, size) <= room
            )
            yield line[:fit]
            line = line[fit:]
        yield line
