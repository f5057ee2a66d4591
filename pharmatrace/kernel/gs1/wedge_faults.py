"""What a keyboard wedge does to a code, without knowing the scanner: Caps Lock, a foreign layout,
lost or replaced separators, an eaten AIM identifier, one scan twice, two scans in one.

A fault is repaired only where a single good reading is left; otherwise it is named with what to do,
and nothing of the scan is returned.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from types import MappingProxyType

from pharmatrace.kernel.gs1.characters import SET_82
from pharmatrace.kernel.gs1.check_digit import has_good_check_digit
from pharmatrace.kernel.gs1.lost_separators import (
    GS,
    NAMES_NO_PACK,
    Undecided,
    readings_with_separators,
)
from pharmatrace.kernel.gs1.read import MAX_LENGTH, Reading, read
from pharmatrace.kernel.refusal import Refusal

_ENDS = " \t\r\n\0"
_RS = "\x1e"
_GS1_SYMBOLS = ("]C1", "]d2", "]e0", "]J1", "]Q3")
_PREFIX = re.compile("|".join(map(re.escape, _GS1_SYMBOLS)))
# Data Matrix, QR and Code 128 as Caps Lock writes them; ]E0 is EAN and proves nothing.
CAPS = {"]D2": "]d2", "]c1": "]C1", "]q3": "]Q3", "]j1": "]J1"}
# The AIM identifier with its first character typed as another, or lost.
_STRANGE_PREFIX = re.compile(r"[^\]0-9A-Za-z]{1,2}[A-Za-z\u0370-\u04ff][0-9]\W?(?=01\d{14})")
# With its digit eaten, `]d` and the 0 behind it look like an identifier of their own.
_SHORT_PREFIX = re.compile(r"(?:\]?[dD]?2|\]?C1|\]?Q3|\]?J1|\][dDCQJ]?|d|C1)(?=01\d{14})")
# An envelope of ISO/IEC 15434 whose record separators were lost, or arrive as group separators do.
_ENVELOPE = re.compile(r"(.{0,3}\[\)>)([\x1c-\x1f]?)(0[56]\x1d.*?)[\x1c-\x1f\x04]*", re.DOTALL)
_MOST_SECONDS = 8
_PACK = re.compile(r"01(\d{14})", re.ASCII)
# What scanners and their software write for a separator, besides a character of their own choice.
_WORDS = (
    "{GS}", "<GS>", "[GS]", "(GS)", "{FNC1}", "<FNC1>", "[FNC1]", "\\u001d", "\\u001D", "\\x1d",
    "\\x1D", "\\x{1d}", "<0x1d>", "<0x1D>", "{0x1D}", "\\029", "\\F1", "~d029", "~029", "~1", "^]",
    "&#29;", "&#x1d;", "&#x1D;", "%1d", "%1D", "␝",
)  # fmt: skip
_ADVICE = "Scan the reference code once to calibrate this scanner, or correct its settings."


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a scan says and what was wrong with it. When `repaired`, `reading` is certain although
    `faults` happened; otherwise `reading` carries the faults as its problems and no identity.
    `caveats` are what nothing in a good scan can show (see `_unproven`)."""

    reading: Reading
    faults: tuple[Refusal, ...] = ()
    repaired: bool = False
    caveats: tuple[Refusal, ...] = ()


def diagnose(text: str, *, today: date | None = None, layout_known: bool = False) -> Diagnosis:
    """Reads a scan of an unknown scanner, with the faults of its keyboard named. Never raises.

    Unless `layout_known`, one character that no code carries throws doubt on all the others, and a
    good reading has its caveats.
    """
    found = _diagnose(text, today=today, layout_known=layout_known)
    return found if layout_known else replace(found, caveats=_unproven(found.reading))


def _unproven(reading: Reading) -> tuple[Refusal, ...]:
    """The characters of a pack's serial number and lot that another keyboard layout may have made of
    others, both being good in a code. The AIM identifier shows layouts that move letters; those
    that move only signs leave one text for two codes, and nothing can tell them apart."""
    if reading.source not in ("element-string", "envelope") or not reading.serial:
        return ()
    signs = {c for c in reading.serial + (reading.lot or "") if not c.isdigit()}
    if reading.text.lstrip(_ENDS).startswith("]"):
        signs = {sign for sign in signs if not sign.isalpha()}
    if not signs:
        return ()
    sentence = (
        "Nothing in this scan shows whether the scanner types for this computer's keyboard layout, so "
        f"{', '.join(sorted(signs))} may stand for other characters. Calibrate the scanner to be certain."
    )
    data = MappingProxyType({"characters": "".join(sorted(signs))})
    return (Refusal("layout_unproven", sentence, data),)


def _diagnose(text: str, *, today: date | None, layout_known: bool) -> Diagnosis:
    body = text.strip(_ENDS)
    if len(body) > MAX_LENGTH:
        return Diagnosis(read(text, today=today))
    for look in (_caps_lock, _scanned_twice, _joined):
        found = look(text, body, today)
        if found:
            return found
    reading = read(text, today=today)
    faulty = any(problem.code not in NAMES_NO_PACK for problem in reading.problems)
    if not faulty and (reading.identity or not _SHORT_PREFIX.match(body)):
        return Diagnosis(reading)
    for look in (_envelope, _foreign_prefix, _eaten_prefix, _replaced, _lost, _foreign):
        found = look(text, body, today)
        if found:
            return found
    return Diagnosis(reading) if layout_known else _doubted(reading)


def _doubted(reading: Reading) -> Diagnosis:
    """`reading`, without serial number and lot where its characters may all be others."""
    strange = any(problem.code.endswith("_characters") for problem in reading.problems)
    if reading.source != "element-string" or not strange:
        return Diagnosis(reading)
    fault = _refusal(
        "layout_doubtful",
        "One character is none of a GS1 code: the scanner may type for another keyboard layout, so "
        f"the others cannot be trusted. {_ADVICE}",
    )
    problems = (*reading.problems, fault)
    return Diagnosis(
        replace(reading, problems=problems, serial=None, lot=None, sscc=None), (fault,)
    )


def _good(text: str, today: date | None) -> Reading | None:
    reading = read(text, today=today)
    return reading if not reading.problems and reading.identity else None


def _caps_lock(text: str, body: str, today: date | None) -> Diagnosis | None:
    """`]D2`: letters were inverted, or all were made capitals. A small letter tells which."""
    meant = CAPS.get(body[:3])
    if meant is None:
        return None
    fault = _refusal(
        "caps_lock", "Caps Lock is on at this computer, or the scanner changes the case of letters."
    )
    inverted = body[1].isupper()
    letters = [character for character in body[3:] if character.isalpha()]
    certain = not letters or any(letter.isupper() != inverted for letter in letters)
    reading = _good(meant + body[3:].swapcase(), today) if certain and body.isascii() else None
    if reading:
        return Diagnosis(reading, (fault,), repaired=True)
    return refuse(text, fault, "Switch Caps Lock off and scan again.")


def _scanned_twice(text: str, body: str, today: date | None) -> Diagnosis | None:
    """The same scan two or more times in a row is one scan, if it cannot be anything else."""
    for times in (2, 3, 4):
        parts = _repetition(body, times)
        if not parts:
            continue
        once = diagnose(parts, today=today)
        whole = read(text, today=today)
        if not once.reading.identity or once.reading.problems:
            continue
        fault = _refusal("scan_repeated", f"The same code arrived {times} times in a row.")
        if whole.problems or whole.elements == once.reading.elements:
            return Diagnosis(once.reading, (*once.faults, fault), repaired=True)
        return refuse(text, fault, "Scan it once more.")
    return None


def _repetition(body: str, times: int) -> str:
    """What `body` is `times` repetitions of, with or without line ends between, or ""."""
    lines = [line for line in re.split(r"[\r\n\t]+", body) if line]
    if len(lines) == times and len(set(lines)) == 1:
        return lines[0]
    length, rest = divmod(len(body), times)
    part = body[:length]
    if rest == 0 and part * times == body and len(part) > 16:
        return part
    # The separator that a scanner puts between belongs to neither.
    for between in (GS, " "):
        length, rest = divmod(len(body) - len(between) * (times - 1), times)
        part = body[:length]
        if rest == 0 and len(part) > 16 and between.join([part] * times) == body:
            return part
    return ""


def _joined(text: str, body: str, today: date | None) -> Diagnosis | None:
    """Two codes in one text: each alone is good, or a second AIM identifier stands inside."""
    fault = _refusal("scans_joined", "Two scans arrived as one.")
    lines = [line for line in re.split(r"[\r\n]+", body) if line.strip()]
    if len(lines) > 1 and all(_good(line, today) for line in lines):
        return refuse(text, fault, "Scan the packs one after the other.")
    if _PREFIX.match(body) and _PREFIX.search(body, 3):
        return refuse(text, fault, "Scan the packs one after the other.")
    if not read(text, today=today).problems:
        return None
    seconds = (match for match in _PACK.finditer(body, 19) if has_good_check_digit(match[1]))
    for match in islice(seconds, _MOST_SECONDS):
        first, second = body[: match.start()], body[match.start() :]
        if _good(first.rstrip(GS), today) and _good(second, today):
            return refuse(text, fault, "Scan the packs one after the other.")
    return None


def _envelope(text: str, body: str, today: date | None) -> Diagnosis | None:
    """Nothing else begins like an envelope, and its record separators have their places."""
    found = _ENVELOPE.fullmatch(body)
    if found is None or found[2] == _RS:
        return None
    reading = read(f"{found[1]}{_RS}{found[3]}", today=today)
    if reading.source != "envelope" or reading.faults or not reading.serial:
        return None
    code = "separator_replaced" if found[2] else "separator_missing"
    happened = f"arrive as {found[2]!r}" if found[2] else "are lost"
    fault = _refusal(code, f"The record separators of the envelope {happened}.", output=found[2])
    return Diagnosis(reading, (fault,), repaired=True)


def _foreign_prefix(text: str, body: str, today: date | None) -> Diagnosis | None:
    """The AIM identifier in other characters shows another layout: no letter can be trusted."""
    if not _STRANGE_PREFIX.match(body):
        return None
    return _foreign_layout(text)


def _eaten_prefix(text: str, body: str, today: date | None) -> Diagnosis | None:
    """Part of the AIM identifier was lost; elements never start with what is left of it."""
    match = _SHORT_PREFIX.match(body)
    reading = _good("]d2" + body[match.end() :], today) if match else None
    if match is None or reading is None:
        return None
    fault = _refusal("prefix_damaged", "Part of the AIM identifier was lost.", value=match[0])
    # AIs that start with 20 and 21 could follow a 2 that belongs to the code. D shows Caps Lock: letters
    # are not what they were.
    inverted = "D" in match[0] and any(map(str.isalpha, body[match.end() :]))
    if match[0] != "2" and not inverted:
        return Diagnosis(reading, (fault,), repaired=True)
    return refuse(text, fault, _ADVICE)


def _replaced(text: str, body: str, today: date | None) -> Diagnosis | None:
    """Another character, or a word, where the separators should be."""
    prefix = _PREFIX.match(body)
    start = prefix.end() if prefix else 0
    rest = body[start:]
    if GS in rest:
        return None
    signs = [word for word in _WORDS if word in rest]
    signs += sorted({c for c in rest if c not in SET_82 and not c.isalnum()})
    found = []
    for sign in signs:
        reading = _good("]d2" + rest.replace(sign, GS), today)
        if reading:
            found.append((sign, reading))
    if not found:
        return None
    sign, reading = found[0]
    fault = _refusal("separator_replaced", f"The group separator arrives as {sign!r}.", output=sign)
    # A control character or a space is no content in any layout. Another sign may be: would that
    # also make a code with a serial number?
    other = read("]d2" + rest.replace(sign, "-" * len(sign)), today=today)
    codes = {problem.code for problem in other.problems}
    doubtful = sign > " " and codes <= {"separator_missing"}
    if not doubtful and len({_named(one) for _, one in found}) == 1:
        return Diagnosis(reading, (fault,), repaired=True)
    return refuse(text, fault, _ADVICE)


def without_separators(text: str, *, today: date | None = None) -> Diagnosis:
    """Reads a scan of a scanner that is known to lose every separator: nothing is taken on trust,
    as the last element may have swallowed others. Never raises."""
    reading = read(text, today=today)
    if reading.source != "element-string":
        return diagnose(text, today=today)
    return _lost(text, text.strip(_ENDS), today) or Diagnosis(reading)


def _lost(text: str, body: str, today: date | None) -> Diagnosis | None:
    prefix = _PREFIX.match(body)
    rest = body[prefix.end() :] if prefix else body
    # One separator that arrived shows that none is lost: what is too long is too long.
    if set(rest) - SET_82 or not _PACK.match(rest):
        return None
    try:
        found = readings_with_separators(rest, today=today)
    except Undecided:
        return _refuse_lost(text)
    if len(found) == 1 and found[0].identity:
        fault = _refusal(
            "separator_missing", "The group separator was lost; it could have stood in one place."
        )
        return Diagnosis(found[0], (fault,), repaired=True)
    return _refuse_lost(text) if len(found) > 1 else None


def _refuse_lost(text: str) -> Diagnosis:
    fault = _refusal(
        "separator_missing",
        "The separator between lot, serial number and expiry was lost on the way, so they cannot "
        "be told apart.",
    )
    return refuse(text, fault, "Scan again with a scanner that sends the group separator.")


def _foreign(text: str, body: str, today: date | None) -> Diagnosis | None:
    """Letters that no code carries, or hardly a digit where the GTIN should be."""
    if body[:8].lower() in ("https://", "urn:epc:") or body[:7].lower() == "http://":
        return None
    letters = [c for c in body if not c.isascii() and c.isprintable()]
    head = body[:19]
    signs = sum(not c.isalnum() for c in head)
    if letters or (len(body) > 20 and signs > len(head) / 2):
        return _foreign_layout(text)
    return None


def _foreign_layout(text: str) -> Diagnosis:
    fault = _refusal(
        "foreign_layout",
        "The scanner types for another keyboard layout than the computer's, so characters arrive "
        "as others.",
    )
    return refuse(text, fault, _ADVICE)


def _named(reading: Reading) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(reading.elements.items()))


def refuse(text: str, fault: Refusal, advice: str = "") -> Diagnosis:
    """Nothing of the scan is returned but its fault, with the advice what to do."""
    told = Refusal(fault.code, f"{fault.sentence} {advice}".rstrip(), fault.data)
    return Diagnosis(Reading(text=text, source="unknown", elements={}, problems=(told,)), (told,))


def _refusal(code: str, sentence: str, **data: object) -> Refusal:
    return Refusal(code, sentence, MappingProxyType(data))
