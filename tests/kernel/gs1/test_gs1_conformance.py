"""The public GS1 vectors, suite by suite. Exceptions are explained in docs/conformance.md."""

from __future__ import annotations

import json

from pharmatrace.kernel.gs1.application_identifiers import AIS
from pharmatrace.kernel.gs1.characters import (
    escape_path,
    escape_query,
    unescape_path,
    unescape_query,
)
from pharmatrace.kernel.gs1.digital_link import open_link
from pharmatrace.kernel.gs1.element_strings import (
    GS,
    read_bracketed,
    read_element_string,
    write_bracketed,
    write_element_string,
)
from pharmatrace.kernel.gs1.epc_of_link import Prefixes
from pharmatrace.kernel.gs1.epc_translation import translate
from pharmatrace.kernel.gs1.link_writing import write_link
from pharmatrace.kernel.gs1.linters.registry import LINTERS
from pharmatrace.kernel.gs1.pairings import forbidden_pairs, missing_partners
from pharmatrace.kernel.gs1.read import read
from pharmatrace.kernel.gs1.scan_writing import write_scan
from pharmatrace.kernel.refusal import Refused
from tests.kernel.gs1.scoreboard import rows_of, score

# AI 89 does not exist; the parser these rows come from takes any number for an AI.
LINKS_WRONG = ["https://example.com/01/9520123456788?99=XYZ&89=ABC123"]
# The C engine's own test doubles: a source of company prefixes that is switched off, and rows whose
# input is the name of a macro's argument.
LINT_DOUBLES = [
    *(f"lint_couponcode.c:{line}" for line in (1433, 1441, 1449, 1457)),
    *(f"lint_gcppos1.c:{line}" for line in (169, 189, 216, 223)),
    *(f"lint_gcppos2.c:{line}" for line in (116, 150, 178, 185)),
]
# Symbols that hold plain text: the engine passes them on, a reader of packs finds nothing in them.
PLAIN_SYMBOLS = [f"src/c-lib/scandata.c:{line}" for line in (853, 855, 879, 881, 895, 897)]
# GS1 Digital Link URI Syntax 1.2 and TDS 2.0 annex A: these signs have to be percent-encoded, in what
# is given or in what is expected.
NOT_ENCODED = [
    "urn:epc:id:cpi:6282274.234748947/.94304",
    "https://id.gs1.org/8010/4748374/23748#94//8011/94304",
    "https://id.gs1.org/8010/8585885039434/38",
    "urn:epc:idpat:cpi:858588503943.4/38.*",
    "urn:epc:id:gdti:124757.578484.!",
    'https://id.gs1.org/253/93589983944438!"%&"+',
    'https://id.gs1.org/8004/3575958495850!"/%_',
    'urn:epc:id:ginc:48493047.38473!""%/%&\'()*+,-.:=',
    "urn:epc:id:grai:123456789012..!\"%&'()*+,-.",
    "https://id.gs1.org/8003/043847837483703:;<>=?AZ_az",
    "urn:epc:id:itip:467348.6589384.38.44.!\"%&'()*+,-./1:;<=>=",
    "https://id.gs1.org/8006/646734858938493844/21/!\"%&'()*+,-./1:;<=>=",
    "urn:epc:class:lgtin:2345678901.123.!\"%&'()*+,-./19:;<=>",
    "https://id.gs1.org/01/74778478489849/10//777474",
    "https://id.gs1.org/01/74778478489849/10//777474",
    "urn:epc:class:lgtin:4384738478.734.8484892%",
    "https://id.gs1.org/01/12345678901231/10/!\"%&'()*+,-./19:;<=>",
    "urn:epc:id:sgtin:234567.1890123./19:;<=>?AZ_az",
    "https://id.gs1.org/01/12345678901231/21/!\"%&'()*+,-./",
    "urn:epc:id:upui:787587.5483743.19:;<=>?AZ_az",
    "https://id.gs1.org/01/78574584574857/235/!\"%&'()*+,-./",
]
# GS1 General Specifications §7.9.1: the check digit is wrong, and a URN would make a right one of it.
WRONG_CHECK_DIGITS = [
    "https://google.com/8017/123456789012345678",
    "https://google.com/8017/645933932413121231",
    "https://id.gs1.org/8006/495892314098876544",
    "https://id.gs1.org/8006/394354903094390493",
    "https://id.gs1.org/01/59046477538590/10/2z32746",
    "https://samsung.com/de/01/12345678901234/10/9999",
    "https://id.gs1.org/01/89359443847373/235/8398439",
]
# TDS 2.0 §6.3: a part or consignment reference has at least one character; General Specifications,
# AI 8004: a GIAI has at most 30.
WRONG_LENGTHS = [
    "urn:epc:idpat:cpi:164759476414..*",
    "https://id.gs1.org/401/656987789012",
    "https://id.gs1.org/8004/42512183.SENSOR.TR-07-AVE-583:1",
]


def test_linters(conformance):
    def good(row):
        fault, text = LINTERS[row["linter"]](row["input"]), row["input"]
        if row["valid"] or fault is None:
            return row["valid"] and fault is None
        start, end = fault.start, fault.start + fault.length
        marked = f"{text[:start]}*{text[start:end]}*{text[end:]}"
        code = f"GS1_LINTER_{fault.code.upper()}"
        return (code, marked) == (row["error"], row["markup"])

    rows = rows_of(conformance / "gs1-syntax/lint-vectors.jsonl")
    score("gs1-syntax linters", rows, good, [f"src/c-lib/syntax/{one}" for one in LINT_DOUBLES])


def test_our_table_of_application_identifiers_is_the_dictionary(conformance):
    source = conformance / "gs1-syntax-dictionary/gs1-syntax-dictionary.txt"
    rows = []
    for line in source.read_text(encoding="utf-8").splitlines():
        if line[:1].isdigit():
            fields, _, title = line.partition("#")
            first, _, last = fields.split()[0].partition("-")
            for number in range(int(first), int(last or first) + 1):
                words = fields.split()[1:]
                rows.append({"ai": str(number).zfill(len(first)), "words": words, "title": title})

    def good(row):
        entry, words = AIS[row["ai"]], list(row["words"])
        flags = words.pop(0) if words[0][0] in "*?" else ""
        rules = [word for word in words if word.startswith(("req", "ex", "dlpkey"))]
        return (
            entry.title == row["title"].strip()
            and (entry.predefined, entry.attribute) == ("*" in flags, "?" in flags)
            and [_written(part) for part in entry.components]
            == [word for word in words if word not in rules]
            and [f"req={one}" for one in entry.requires]
            == [rule for rule in rules if rule.startswith("req")]
            and ",".join(entry.excludes)
            == ",".join(rule[3:] for rule in rules if rule.startswith("ex"))
            and _written_key(entry) == [rule for rule in rules if rule.startswith("dlpkey")]
        )

    score("gs1-syntax-dictionary", rows, good, name="ai")
    assert set(AIS) == {row["ai"] for row in rows}


def _written(part):
    length = part.longest if part.shortest == part.longest else f"..{part.longest}"
    text = f"{part.kind}{length}"
    return ",".join([f"[{text}]" if part.optional else text, *part.checks])


def _written_key(entry):
    if entry.qualifiers is None:
        return []
    orders = "|".join(",".join(order) for order in entry.qualifiers)
    return [f"dlpkey={orders}" if orders else "dlpkey"]


def test_bracketed_element_strings(conformance):
    def good(row):
        found = read_bracketed(row["bracketed_ai"])
        if not row["should_succeed"]:
            return bool(found.problems)
        written = write_element_string(found.values).replace(GS, "^")
        again = read_bracketed(write_bracketed(found.values)).values
        return not found.problems and written == row["expect_data_str"] and again == found.values

    score("gs1-syntax parseAIdata", _syntax(conformance, "parseAIdata"), good)


def test_element_strings_with_fnc1(conformance):
    def good(row):
        found = read_element_string(row["data_str"].replace("^", GS), first_fnc1=True)
        return row["should_succeed"] == (not found.problems)

    score("gs1-syntax processAIdata", _syntax(conformance, "processAIdata"), good)


def test_pairings(conformance):
    def good(row):
        found = read_bracketed(row["bracketed_ai"])
        asked = {
            "validateAIrequisites": missing_partners,
            "validateAImutex": forbidden_pairs,
            "validateDigSigRequiresSerialisedKey": forbidden_pairs,
        }.get(row["validation_fn"])
        wrong = list(found.problems)
        if asked:
            wrong += asked(found.values, found.places)
        return row["should_succeed"] == (not wrong)

    score("gs1-syntax validateAIs", _syntax(conformance, "validateAIs"), good)


def test_scans(conformance):
    def good(row):
        reading = read(row["scan_data"])
        if not row["should_succeed"]:
            return bool(reading.faults)
        expected = row["expect_data_str"]
        if reading.faults or not reading.elements:
            return False
        if not expected.startswith("^"):
            return True  # a link, or the digits of an EAN: told apart by the other suites
        return write_element_string(reading.elements).replace(GS, "^") == expected

    rows = _syntax(conformance, "ProcessScanData")
    score("gs1-syntax ProcessScanData", rows, good, PLAIN_SYMBOLS)


def test_links(conformance):
    def good(row):
        setting = row.get("settings", {}).get("PermitZeroSuppressedGTINinDLuris")
        found = open_link(row["dl_uri"], short_gtins=setting == "true")[1]
        if not row["should_succeed"]:
            return bool(found.problems)
        written = write_element_string(found.values).replace(GS, "^")
        return not found.problems and written == row["expect_data_str"]

    score("gs1-syntax parseDLuri", _syntax(conformance, "parseDLuri"), good)


def test_links_written(conformance):
    def good(row):
        found = read_bracketed(row["bracketed_ai"])
        stem = {"stem": row["stem"]} if row["stem"] else {}
        try:
            written = write_link(found.values, **stem)
        except Refused:
            return not row["should_succeed"]
        if found.problems:
            return not row["should_succeed"]
        return written == row["expect_dl_uri"]

    score("gs1-syntax GenerateDLuri", _syntax(conformance, "GenerateDLuri"), good)


def test_scans_written(conformance):
    def good(row):
        message, composite = row["data_str"].lstrip("\\"), ""
        escapes = len(row["data_str"]) - len(message)
        if message.startswith("^") and escapes:
            message = "\\" * (escapes - 1) + message  # the engine's way to write a plain "^"
        elif message.startswith("^") or row["symbology"] not in ("QR", "DM", "DotCode"):
            message, _, composite = message.replace("^", GS).partition("|")
        add = row.get("settings", {}).get("AddCheckDigit") == "true"
        try:
            scan = write_scan(row["symbology"], message, composite, add_check_digit=add)
        except Refused:
            return row["expect_scan_data"] is None
        return scan == row["expect_scan_data"]

    score("gs1-syntax GenerateScanData", _syntax(conformance, "GenerateScanData"), good)


def test_percent_encoding(conformance):
    def escaped(row):
        text = row["input"]
        return (escape_path(text), escape_query(text)) == (row["expect_path"], row["expect_query"])

    def unescaped(row):
        text = row["input"]
        found = unescape_path(text), unescape_query(text)
        return found == (row["expect_path"], row["expect_query"])

    score("gs1-syntax URIescape", _syntax(conformance, "URIescape"), escaped)
    score("gs1-syntax URIunescape", _syntax(conformance, "URIunescape"), unescaped)


def test_the_place_of_a_fault(conformance):
    def good(row):
        problem = read_bracketed(row["bracketed_ai"]).problems[0]
        return problem.data["place"] == row["expect_err_markup"].index("|")

    score("gs1-syntax errMarkup", _syntax(conformance, "errMarkup"), good)


def test_digital_link_parser(conformance):
    def good(row):
        found = open_link(row["dl_uri"])[1]
        if not row["should_succeed"]:
            return bool(found.problems)
        return (
            not found.problems
            and found.values == json.loads(row["json_unsorted"])
            and write_bracketed(found.values) == row["bracketed_unsorted"]
            and write_element_string(found.values).replace(GS, "^") == row["unbracketed_unsorted"]
        )

    rows = rows_of(conformance / "digital-link-parse/dl-parse-vectors.jsonl")
    score("digital-link-parse", rows, good, LINKS_WRONG, name="dl_uri")


def test_emvs_pack_scans(conformance):
    def good(row):
        reading, right = read(row["input"]), row["helper"].endswith("NoErrors")
        if right != (not reading.faults):
            return False
        if right and row["expect_elements"]:
            return reading.elements == row["expect_elements"]
        if right and row["expect_pack"]:
            pack = row["expect_pack"]
            raw = reading.elements.get("17") or reading.elements.get("D")
            return (reading.product_code, reading.serial, reading.lot, raw) == (
                pack["ProductCode"],
                pack["SerialNumber"],
                pack["BatchIdentifier"],
                pack["Expiry"],
            )
        return True

    rows = rows_of(conformance / "emvs-barcodes/emvs-barcode-vectors.jsonl")
    score("emvs-barcodes", rows, good, name="name")


def test_urns_and_digital_links(conformance):
    def good(row):
        try:
            translated = translate(row["input"], Prefixes(length=row["gcp_length"]))
        except Refused:
            return bool(row.get("expect_error"))
        return not row.get("expect_error") and translated == row["expect"]

    rows = rows_of(conformance / "urn-digital-link/urn-dl-vectors.jsonl")
    rows = [row for row in rows if not row["fn"].endswith("Vocabulary")]
    exceptions = NOT_ENCODED + WRONG_CHECK_DIGITS + WRONG_LENGTHS
    score("urn-digital-link", rows, good, exceptions, name="input")


def _syntax(conformance, suite):
    rows = rows_of(conformance / "gs1-syntax/vectors.jsonl")
    return [row for row in rows if row["suite"] == suite]
