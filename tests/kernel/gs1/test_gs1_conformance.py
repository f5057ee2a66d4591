"""The public GS1 vectors. Each suite prints passed of total; what does not pass is listed by name,
and a listed case that passes after all fails the test, so the lists stay true."""

from __future__ import annotations

import json
from pathlib import Path

from pharmatrace.kernel.gs1.application_identifiers import AIS
from pharmatrace.kernel.gs1.digital_link import open_link
from pharmatrace.kernel.gs1.epc_urn import uri_from_urn
from pharmatrace.kernel.gs1.read import Reading, read
from pharmatrace.kernel.refusal import Refused

# IFA codes (PPN, format 06) are read from issue 3 on.
EMVS_LATER = {"ValidPpn"}
# AI 89 does not exist; the parser these rows come from takes any number for an AI.
LINKS_WRONG = {"https://example.com/01/9520123456788?99=XYZ&89=ABC123"}
# TDS 2.0 annex A wants these signs percent-encoded, in the URN or in the link that is expected.
URNS_NOT_ENCODED = {
    "urn:epc:id:cpi:6282274.234748947/.94304",
    "urn:epc:idpat:cpi:858588503943.4/38.*",
    "urn:epc:id:gdti:124757.578484.!",
    'urn:epc:id:ginc:48493047.38473!""%/%&\'()*+,-.:=',
    "urn:epc:id:grai:123456789012..!\"%&'()*+,-.",
    "urn:epc:id:itip:467348.6589384.38.44.!\"%&'()*+,-./1:;<=>=",
    "urn:epc:class:lgtin:2345678901.123.!\"%&'()*+,-./19:;<=>",
    "urn:epc:class:lgtin:4384738478.734.8484892%",
    "urn:epc:id:sgtin:234567.1890123./19:;<=>?AZ_az",
    "urn:epc:id:upui:787587.5483743.19:;<=>?AZ_az",
}
# A pattern for CPIs with an empty reference: TDS 2.0 §6.3.9 asks for at least one character.
URNS_WRONG = {"urn:epc:idpat:cpi:164759476414..*"}
# Settings of the engine that we do not have: shortened GTINs are always welcome in links, as is a
# slash at the end; a zone in an IPv6 address is none of our business.
ENGINE_STRICTER = {
    "https://[fe80::1%25lo]/01/12312312312333",
    "https://a/01/2112345678900",
    "https://a/01/416000336108",
    "https://a/01/02345673",
    "https://a/8004/9520614141234567?01=2112345678900",
    "https://a/8004/9520614141234567?01=02345673",
    "https://a/stem/00/006141411234567890/",
}
# Symbols without GS1 data, UPC prefixes and composite symbols.
SCANS_LATER = {
    "]Q1TESTING", "]Q1\\^TESTING", "]d1", "]d1^TESTING", "]J0TESTING", "]J0\\^TESTING",
    "]E0123456789012", "]E402345673|]e099COMPOSITE\x1d98XYZ",
}  # fmt: skip
# Without its first separator this is an element string too, for us.
ELEMENTS_LENIENT = {"991234"}


def test_emvs_pack_scans(conformance):
    def good(row):
        reading, right = read(row["input"]), row["helper"].endswith("NoErrors")
        if right != (not _faults(reading)):
            return False
        if right and row["expect_elements"]:
            return reading.elements == row["expect_elements"]
        if right and row["expect_pack"]:
            pack = row["expect_pack"]
            return (reading.gtin, reading.serial, reading.lot) == (
                pack["ProductCode"], pack["SerialNumber"], pack["BatchIdentifier"]
            )  # fmt: skip
        return True

    _score("emvs-barcodes", conformance / "emvs-barcodes/emvs-barcode-vectors.jsonl", "name",
           good, EMVS_LATER)  # fmt: skip


def test_digital_link_parser(conformance):
    def good(row):
        found = open_link(row["dl_uri"])[1]
        if not row["should_succeed"]:
            return bool(found.problems)
        return not found.problems and found.values == json.loads(row["json_unsorted"])

    _score("digital-link-parse", conformance / "digital-link-parse/dl-parse-vectors.jsonl",
           "dl_uri", good, LINKS_WRONG)  # fmt: skip


def test_urns_to_digital_links(conformance):
    def good(row):
        try:
            return uri_from_urn(row["input"]) == row.get("expect")
        except Refused:
            return bool(row.get("expect_error"))

    rows = conformance / "urn-digital-link/urn-dl-vectors.jsonl"
    _score("urn-digital-link, from URN", rows, "input", good, URNS_NOT_ENCODED | URNS_WRONG,
           lambda row: row["input"].startswith("urn:"))  # fmt: skip


def test_syntax_engine_element_strings_and_scans(conformance):
    fields = {"parseAIdata": "bracketed_ai", "processAIdata": "data_str",
              "ProcessScanData": "scan_data"}  # fmt: skip

    def text(row):
        raw = row[fields[row["suite"]]]
        return raw.replace("^", "\x1d") if row["suite"] == "processAIdata" else raw

    def good(row):
        return row["should_succeed"] == (not _faults(read(text(row))))

    _score("gs1-syntax, elements", conformance / "gs1-syntax/vectors.jsonl", text, good,
           SCANS_LATER | ELEMENTS_LENIENT,
           lambda row: row["suite"] in fields and "should_succeed" in row)  # fmt: skip


def test_syntax_engine_links(conformance):
    def good(row):
        return row["should_succeed"] == (not open_link(row["dl_uri"])[1].problems)

    _score("gs1-syntax, links", conformance / "gs1-syntax/vectors.jsonl", "dl_uri", good,
           ENGINE_STRICTER, lambda row: row["suite"] == "parseDLuri")  # fmt: skip


def test_our_table_of_application_identifiers_is_the_dictionary(conformance):
    source = conformance / "gs1-syntax-dictionary/gs1-syntax-dictionary.txt"
    lines = [line for line in source.read_text().splitlines() if line[:1].isdigit()]
    expected = {}
    for line in lines:
        fields, _, title = line.partition("#")
        first, _, last = fields.split()[0].partition("-")
        for number in range(int(first), int(last or first) + 1):
            expected[str(number).zfill(len(first))] = (title.strip(), "*" in fields.split()[1])
    assert {ai: (entry.title, entry.predefined) for ai, entry in AIS.items()} == expected


def _faults(reading: Reading) -> list[str]:
    """What the vectors count as an error: a missing serial number is no error of syntax."""
    return [problem.code for problem in reading.problems if problem.code != "serial_missing"]


def _score(suite: str, path: Path, name, good, exceptions: set[str], chosen=lambda row: True):
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if chosen(row)]
    assert rows
    label = name if callable(name) else lambda row: row[name]
    failed = {label(row) for row in rows if not good(row)}
    passed = sum(label(row) not in failed for row in rows)
    print(f"{suite}: {passed} of {len(rows)}, {len(failed & exceptions)} known exceptions")
    assert failed == exceptions
