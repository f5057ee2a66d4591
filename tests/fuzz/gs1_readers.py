"""The readers of GS1 data, and the laws they must obey whatever comes."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from pharmatrace.kernel.commands.read import as_json
from pharmatrace.kernel.gs1.application_identifiers import AIS
from pharmatrace.kernel.gs1.calibration import Calibration, calibrate
from pharmatrace.kernel.gs1.digital_link import NAMES, open_link
from pharmatrace.kernel.gs1.element_strings import (
    GS,
    read_bracketed,
    read_element_string,
    write_bracketed,
    write_element_string,
)
from pharmatrace.kernel.gs1.epc_of_link import Prefixes
from pharmatrace.kernel.gs1.epc_translation import translate
from pharmatrace.kernel.gs1.epc_urn import uri_from_urn
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.gs1.link_writing import write_link
from pharmatrace.kernel.gs1.normal_form import normal_uri
from pharmatrace.kernel.gs1.read import Reading, read
from pharmatrace.kernel.gs1.reference_code import REFERENCE
from pharmatrace.kernel.gs1.symbologies import SYMBOLOGIES
from pharmatrace.kernel.gs1.wedge_faults import Diagnosis, diagnose
from pharmatrace.kernel.refusal import Refused
from tests.fuzz.reader import Reader, check_refusal, check_refused, text_of

_SCANS = (
    "]d201095212345432132110A\x1d17261231100L", "(01)09521234543213(21)A\\(1)(17)261200(10)L1",
    "https://id.gs1.org/01/09521234543213/10/L/21/A?17=261231", "urn:epc:id:sgtin:9521234.054321.A1",
    "]E09521234543213|]e021ABC\x1d10L", "9521234543213", "395212345432100007", "]C100395212345432100007",
    "[)>\x1e06\x1d9N110375286414\x1d1TL\x1dD261200\x1dSA1\x1e\x04", "[)>\x1e05\x1d0109521234543213\x1d21A\x1e\x04",
    "]D2010952123454321321ab\x1d17261231", "0109521234543213\x1d21A{GS}10B", "]d2010952123454321321A|17261231",
    "mia.example/gtin/09521234543213/ser/A?exp=261231&linktype=gs1:pip", "]d20109521234543213235TPX\x1d22C",
)  # fmt: skip
_WORDS = (
    GS, "\x1e", "\x04", *SYMBOLOGIES, "|]e0", "[)>\x1e06\x1d", "[)>\x1e05\x1d", "9N", "1T", "D", "S", "8P",
    *sorted(AIS)[::9], "01", "10", "17", "21", "00", "414", "8003", "8010", "(01)", "(21)", "\\(",
)  # fmt: skip
_LINK_WORDS = (
    *NAMES, "/01/", "/21/", "/10/", "/00/", "/414/254/", "/8003/", "/8006/", "?17=", "&", ";", "%2f", "%2F", "%41",
    "//", ":443", "user@", "#x", "?", "linkType=all", "HTTPS://", "id.gs1.org", "xn--a", "[::1]", "=",
)  # fmt: skip
_URN_WORDS = (
    "urn:epc:id:", "urn:epc:idpat:", "urn:epc:class:", "sgtin:", "sscc:", "sgln:", "pgln:", "grai:", "giai:",
    "gsrn:", "gsrnp:", "gdti:", "cpi:", "sgcn:", "ginc:", "gsin:", "itip:", "upui:", "lgtin:", "gid:", "usdod:",
    "adi:", "bic:", "imovn:", ".*", ".", "%2F", "%2f", "%41", "urn:epc:raw:", "urn:epc:tag:sgtin-96:1.",
)  # fmt: skip


def _check_diagnosis(found: Diagnosis) -> None:
    json.dumps(as_json(found)).encode()
    _check_reading(found.reading)
    for fault in found.faults:
        check_refusal(fault)
    if found.faults and not found.repaired:
        assert found.reading.identity is None
        assert found.reading.problems


def _check_reading(reading: Reading) -> None:
    for problem in (*reading.problems, *reading.missing_partners):
        check_refusal(problem)
        assert 0 <= int(problem.data.get("place", 0)) <= max(len(reading.text), 1), problem
    faulty = {str(problem.data.get("ai")) for problem in reading.problems}
    for ai, value in (("01", reading.gtin), ("21", reading.serial), ("10", reading.lot)):
        assert value is None or ai not in faulty or reading.source == "envelope"
    if not reading.elements or reading.faults or reading.source == "envelope":
        return
    elements = dict(reading.elements)
    again = read("]d2" + write_element_string(elements)[1:])
    assert again.elements == elements or "separator_missing" in _codes(again), (elements, again)
    assert read_bracketed(write_bracketed(elements)).values == elements
    try:
        link = write_link(elements)
    except Refused as refused:
        check_refused(refused)
        return
    _, parsed = open_link(link)
    assert parsed.values == elements and not parsed.problems, (link, parsed.problems)
    path = link.partition("?")[0]
    assert normal_uri(normal_uri(path)) == normal_uri(path)


def _codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.problems}


def check_scan(data: bytes) -> None:
    text = text_of(data)
    _check_reading(read(text))
    _check_diagnosis(diagnose(text))
    _check_elements(text)


@lru_cache(maxsize=1)
def _layouts() -> tuple[Calibration, ...]:
    from tests.fuzz.reader import vectors_folder

    file = vectors_folder() / "scanner-layouts/emvs_scanner_layouts.json"
    scans = [REFERENCE, "]d1" + REFERENCE]
    if file.is_file():
        layouts = json.loads(file.read_text())["layouts"]
        scans += [codes["Baseline"] for codes in layouts.values()]
        scans += [codes["Baseline"].replace("\0", "") for codes in list(layouts.values())[::4]]
    return tuple(calibrate(scan) for scan in scans)


def check_calibrated(data: bytes) -> None:
    """The first octet chooses the layout."""
    learned = _layouts()[data[0] % len(_layouts())] if data else _layouts()[0]
    _check_diagnosis(learned.diagnose(text_of(data[1:])))


def check_calibration(data: bytes) -> None:
    """A reference code, or a stored calibration."""
    text = text_of(data)
    try:
        learned = Calibration.from_json(text) if text.startswith("{") else calibrate(text)
    except Refused as refused:
        check_refused(refused)
        return
    stored = learned.to_json()
    assert Calibration.from_json(stored) == learned
    for note in learned.notes:
        check_refusal(note)
    for scan in _SCANS[:3]:
        _check_diagnosis(learned.diagnose(scan))


def _check_elements(text: str) -> None:
    for found, write in (
        (read_element_string(text), write_element_string),
        (read_bracketed(text), write_bracketed),
    ):
        for problem in found.problems:
            check_refusal(problem)
            assert 0 <= int(str(problem.data["place"])) <= len(text), problem
        if found.problems:
            continue
        again = (read_element_string if write is write_element_string else read_bracketed)(
            write(found.values)
        )
        assert again.values == found.values, (found.values, again.values)
        assert {one.code for one in again.problems} <= {"separator_missing"}


def check_links(data: bytes) -> None:
    """Links and EPC URNs, in both directions."""
    text = text_of(data)
    stem, found = open_link(text)
    for problem in found.problems:
        check_refusal(problem)
        assert 0 <= int(str(problem.data["place"])) <= len(text), problem
    if not found.problems:
        again = write_link(found.values, stem=stem)
        assert open_link(again)[1].values == found.values, (text, again)
    normal = normal_uri(text)
    assert normal_uri(normal) == normal, (text, normal)
    for length in (None, 7):
        _check_translation(text, Prefixes(length=length))


def _check_translation(text: str, prefixes: Prefixes) -> None:
    try:
        other = translate(text, prefixes)
    except Refused as refused:
        check_refused(refused)
        return
    if not text.startswith("urn:epc:") or not other.startswith(ID_STEM):
        if other.startswith("urn:epc:id") and other != text:
            uri_from_urn(other)
        return
    # A URN becomes a link in normal form; and back, knowing the prefix, the same link again.
    assert normal_uri(other) == other, (text, other)
    length = len(text.split(":", 4)[4].split(".")[0])
    try:
        back = translate(other, Prefixes(length=length))
    except Refused as refused:
        # A URN may say piece 5 of 4, or serial 0 of a part; a link may not.
        assert ":itip:" in text or text.endswith(".0"), refused
        return
    assert translate(back) == other, (text, other, back)


def _lines(path: Path) -> list[dict]:
    return (
        [json.loads(line) for line in path.read_text().split("\n") if line]
        if path.is_file()
        else []
    )


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if len(value) > 7 else []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _strings(one)]


def _scan_seeds(folder: Path) -> list[bytes]:
    texts = list(_SCANS)
    for name in ("emvs-barcodes/*.jsonl", "gs1-syntax/*.jsonl", "digital-link-parse/*.jsonl"):
        for path in sorted(folder.glob(name)):
            texts += [text for line in _lines(path)[::7] for text in _strings(line)]
    return [text.encode("utf-8", "surrogatepass") for text in texts]


def _calibrated_seeds(folder: Path) -> list[bytes]:
    file = folder / "scanner-layouts/emvs_scanner_layouts.json"
    layouts = json.loads(file.read_text())["layouts"] if file.is_file() else {}
    found = [b"\x00" + text.encode() for text in _SCANS]
    for number, codes in enumerate(layouts.values(), start=2):
        found += [bytes((number,)) + codes[name].encode("utf-8", "surrogatepass")
                  for name in codes if name.startswith("Barcode")]  # fmt: skip
    return found


def _calibration_seeds(folder: Path) -> list[bytes]:
    found = [
        REFERENCE.encode(),
        b"]d1" + REFERENCE.encode(),
        calibrate(REFERENCE).to_json().encode(),
    ]
    file = folder / "scanner-layouts/emvs_scanner_layouts.json"
    layouts = json.loads(file.read_text())["layouts"] if file.is_file() else {}
    return found + [
        codes["Baseline"].encode("utf-8", "surrogatepass") for codes in layouts.values()
    ]


def _link_seeds(folder: Path) -> list[bytes]:
    texts = [text for text in _SCANS if "/" in text or "urn" in text]
    for name in ("urn-digital-link/*.jsonl", "digital-link-parse/*.jsonl"):
        for path in sorted(folder.glob(name)):
            texts += [text for line in _lines(path) for text in _strings(line)]
    return [text.encode("utf-8", "surrogatepass") for text in texts]


GS1_READERS = (
    Reader("scan", check_scan, _scan_seeds, _WORDS + _LINK_WORDS),
    Reader("calibrated", check_calibrated, _calibrated_seeds, _WORDS),
    Reader("calibration", check_calibration, _calibration_seeds, ("  ", " ", "\x00", "\x00´", "´")),
    Reader("links", check_links, _link_seeds, _LINK_WORDS + _URN_WORDS),
)
