"""XML that means harm, and XML that is only large: refused quickly, or read in bounded memory."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pharmatrace.kernel.epcis.xml_reading import document_hashes_xml, read_document_xml
from pharmatrace.kernel.refusal import Refused

ROOT = Path(__file__).parents[3]
START = (
    '<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" '
    'creationDate="2026-11-20T21:00:00Z"><EPCISBody><EventList>'
)
END = "</EventList></EPCISBody></epcis:EPCISDocument>"

LAUGHS = "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 30))
DANGERS = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY lol0 "lol">{LAUGHS}]>{START}&lol29;{END}',
    "external entity": f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{START}&e;{END}',
    "parameter entity": f'<!DOCTYPE x [<!ENTITY % e SYSTEM "http://x.example/">%e;]>{START}{END}',
    "external DTD": f'<!DOCTYPE x SYSTEM "http://x.example/x.dtd">{START}{END}',
    "public DTD": f'<!DOCTYPE x PUBLIC "x" "http://x.example/x.dtd">{START}{END}',
    "empty internal subset": f"<!DOCTYPE x []>{START}{END}",
}
BROKEN = {
    "undeclared entity": f"<!DOCTYPE x>{START}&e;{END}",
    "deep nesting": START + "<a>" * 1_000_000,
    "endless tag": START + "<a " + 'a="' + "x" * 5_000_000,
    "endless text": START + "<ObjectEvent>" + "x" * 5_000_000,
    "endless event": START + "<ObjectEvent><epcList>" + "<epc/>" * 400_000,
    "many attributes": START + "<a " + " ".join(f'a{n}=""' for n in range(400_000)),
    "a prefix for every element": START
    + "".join(f"<a xmlns:p{n}='urn:x:{n}'>" for n in range(60))
    + '<b xmlns:q="urn:q:y"/>' * 200_000,
    "endless comment": START + "<!--" + "x" * 5_000_000,
    "unbound prefix": START + "<x:a/>" + END,
    "cut off": START,
    "empty": "",
    "not XML": "{}",
    "two roots": START + END + START + END,
}


@pytest.mark.parametrize("danger", DANGERS)
def test_document_types_and_entities_are_refused_with_their_place(danger):
    with pytest.raises(Refused) as refused:
        list(read_document_xml(DANGERS[danger].encode()))
    assert refused.value.codes == ("xml_forbidden",)
    assert refused.value.refusals[0].data["line"] == 1


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_or_without_end_is_refused_quickly(name):
    started = time.process_time()
    for read in (read_document_xml, document_hashes_xml):
        with pytest.raises(Refused) as refused:
            list(read(BROKEN[name].encode()))
        assert set(refused.value.codes) <= {"document_invalid", "xml_forbidden"}
        assert refused.value.refusals[0].data["line"] >= 1
    assert time.process_time() - started < 10


def test_a_bare_doctype_does_no_harm():
    assert list(read_document_xml(f"<!DOCTYPE project>{START}{END}".encode())) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings_of_xml_are_read(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{START}{END}'
    assert list(read_document_xml(text.encode(encoding))) == []


def test_an_unknown_encoding_is_refused():
    with pytest.raises(Refused):
        list(read_document_xml(f'<?xml version="1.0" encoding="klingon"?>{START}{END}'.encode()))


def test_the_source_is_read_in_pieces():
    class Pieces(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1) -> bytes:
            assert size and size > 0
            self.largest = max(self.largest, size)
            return super().read(size)

    source = Pieces((START + END).encode())
    assert list(read_document_xml(source)) == []
    assert source.largest < 1_000_000


MEASURE = """
import io, resource, sys
from pharmatrace.kernel.epcis.xml_reading import read_document_xml
EPCS = "".join(f"<epc>urn:epc:id:sgtin:0614141.107346.{n}</epc>" for n in range(8))
EVENT = ("<ObjectEvent><eventTime>2026-11-20T21:00:00Z</eventTime>"
    "<eventTimeZoneOffset>+00:00</eventTimeZoneOffset><epcList>" + EPCS + "</epcList>"
    "<action>OBSERVE</action><bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep></ObjectEvent>\\n").encode()
START, END = sys.argv[1].encode(), sys.argv[2].encode()
class Stream(io.RawIOBase):
    left, buffer = int(sys.argv[3]) // len(EVENT), START
    def read(self, size=-1):
        while len(self.buffer) < size and self.left:
            count = min(self.left, 200)
            self.buffer, self.left = self.buffer + EVENT * count, self.left - count
            if not self.left:
                self.buffer += END
        piece, self.buffer = self.buffer[:size], self.buffer[size:]
        return piece
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
list(read_document_xml(START + EVENT + END))
before, peak, events, kept = resident(), 0, 0, []
for _, event in read_document_xml(Stream()):
    events += event.type == "ObjectEvent"
    if sys.argv[4] == "keep":
        kept.append(event)
    if events % 500 == 0:
        peak = max(peak, resident())
print(events, len(EVENT), peak - before)
"""


def read_generated(size: int, kept: str) -> tuple[int, int, int]:
    """How many events were read, how long one is, and by how many bytes memory grew."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, START, END, str(size), kept],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    events, length, growth = map(int, done.stdout.split())
    return events, length, growth


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is measured in /proc")
def test_thirty_megabytes_of_events_are_read_in_little_memory():
    size = 30_000_000
    events, length, growth = read_generated(size, "let go")
    print(f"{size} bytes, {events} events: memory grew by {growth / 1e6:.1f} MB")
    assert events == size // length
    assert growth < 100_000_000
    # The measure sees it when events are kept.
    assert read_generated(10_000_000, "keep")[2] > 2 * growth
