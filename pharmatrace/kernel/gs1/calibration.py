"""A scanner's calibration: from what it types for the reference code we learn its keyboard layout,
and from then on read what was in the code, not what arrived.

Nothing is known about any layout beforehand. Where two keys type the same, the rules of GS1 decide
(check digits, application identifiers, dates, lengths, characters) if exactly one reading obeys
them; otherwise the scan is refused and nothing of it is returned.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from pharmatrace.kernel.gs1.characters import SET_82
from pharmatrace.kernel.gs1.lost_separators import NAMES_NO_PACK
from pharmatrace.kernel.gs1.read import MAX_LENGTH, Reading, read
from pharmatrace.kernel.gs1.reference_code import (
    CONTENT,
    GS,
    NUL,
    OTHERS,
    RS,
    SEPARATORS,
    Stroke,
    align,
)
from pharmatrace.kernel.gs1.typed_text import Decoder, TooMany
from pharmatrace.kernel.gs1.wedge_faults import (
    CAPS,
    Diagnosis,
    diagnose,
    refuse,
    without_separators,
)
from pharmatrace.kernel.refusal import Refusal, Refused

_FORMAT = "pharmatrace-scanner/1"


@dataclass(frozen=True)
class Calibration:
    """One scanner on one computer: what each character becomes on its way through the keyboard."""

    prefix: str
    keys: dict[str, Stroke]
    marked: bool
    _decoder: Decoder = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_decoder", Decoder(self.keys, self.marked))

    def read(self, text: str, *, today: date | None = None) -> Reading:
        """What the scanned code says, or the reason why that cannot be told. Never raises."""
        return self.diagnose(text, today=today).reading

    def diagnose(self, text: str, *, today: date | None = None) -> Diagnosis:
        """`read`, with the faults that were repaired besides. Never raises."""
        typed = text.strip("\r\n\t ")
        if len(typed) > 2 * MAX_LENGTH:
            sentence = "This is longer than any code."
            return refuse(text, _refusal("unreadable", sentence, place=0))
        try:
            starts = self._sources(typed[: len(self.prefix)])
            if any(start in CAPS for start in starts) and not set(starts) & set(CAPS.values()):
                return self._with_caps_lock(text, typed, today)
            sources = self._sources(typed)
        except TooMany:
            return refuse(text, _ambiguous([]))
        if not sources:
            return self._not_followed(text, typed)
        if self.lost:
            return refuse(text, self._characters_lost())
        if len(sources) > 1:
            return _only(text, [read(source, today=today) for source in sources])
        if self.separator or GS in sources[0]:
            return diagnose(sources[0], today=today, layout_known=True)
        return without_separators(sources[0], today=today)

    def _sources(self, typed: str) -> list[str]:
        return [_mend_envelope(source) for source in self._decoder.sources(typed)]

    def _with_caps_lock(self, text: str, typed: str, today: date | None) -> Diagnosis:
        """Caps Lock is not as it was when the scanner was calibrated. The AIM identifier shows it;
        a letter of the other case shows that it is Caps Lock and not a scanner that changes case.
        """
        sentence = "Caps Lock is not as it was when this scanner was calibrated. Switch it off."
        fault = _refusal("caps_lock", sentence)
        proven = self._both_cases(typed) and self._one_case_each(typed)
        if proven and self.separator and not self.lost:
            turned = "".join(map(_other_case, typed))
            good = [read(source, today=today) for source in self._sources(turned)
                    if source[:3] in CAPS.values()]  # fmt: skip
            found = _only(text, good)
            if found.reading.identity and not found.reading.problems:
                return Diagnosis(found.reading, (fault,), repaired=True)
        return refuse(text, fault)

    def _both_cases(self, typed: str) -> bool:
        """Whether keys of letters gave letters of both cases. A sign that comes as a letter (ö, ª), or a letter as
        a sign, proves nothing: what makes capitals leaves signs as they are."""
        letters = {c for c in typed if _other_case(c) != c}
        keys = ["".join(self._decoder.plain.get(c, "?")) for c in letters]
        known = [one for one in keys if one.isascii() and one.isalpha()]
        return any(map(str.isupper, known)) and any(map(str.islower, known))

    def _one_case_each(self, typed: str) -> bool:
        """Whether each letter is the other case of one letter only that this scanner types: Σ is of σ
        and ς (two keys of a Greek keyboard), I of i and ı (Turkish), and whose İ is cannot be said."""
        outputs = {c for stroke in self.keys.values() for c in stroke.output}
        shared = Counter(map(_other_case, outputs | {*self._decoder.composed}))
        return all(
            shared[c] < 2 and not (c.isupper() and len(c.swapcase()) > 1)
            for c in {*typed}
            if c.islower() or c.isupper()
        )

    @property
    def lost(self) -> str:
        """The characters of GS1 content for which this scanner types nothing."""
        return "".join(key for key in CONTENT if key in self.keys and not self.keys[key].output)

    @property
    def alike(self) -> tuple[str, ...]:
        """Groups of content characters that arrive as the same output."""
        tables = (self._decoder.plain, self._decoder.dead)
        groups = ("".join(c for c in found if c in SET_82) for t in tables for found in t.values())
        return tuple(group for group in groups if len(group) > 1)

    @property
    def dead(self) -> str:
        """The content characters that are dead keys in this layout."""
        return "".join(key for key in CONTENT if key in self.keys and self.keys[key].dead)

    @property
    def separator(self) -> str:
        """What arrives for the group separator; "" when nothing does."""
        return self.keys[GS].output if GS in self.keys else ""

    @property
    def caps_lock(self) -> bool:
        """Whether letters arrived in the other case."""
        letters = [key for key in CONTENT if key.isalpha()]
        swapped = [key for key in letters if self.keys[key].output == key.swapcase()]
        return len(swapped) > len(letters) / 2

    @property
    def notes(self) -> tuple[Refusal, ...]:
        """In plain words: what was recognised, what cannot be told apart, what to set."""
        return tuple(_notes(self))

    def to_json(self) -> str:
        """For storing with the scanner; `from_json` reads it again."""
        keys = {key: stroke.output for key, stroke in self.keys.items()}
        dead = "".join(key for key, stroke in self.keys.items() if stroke.dead)
        stored = {"format": _FORMAT, "prefix": self.prefix, "marked": self.marked}
        return json.dumps({**stored, "keys": keys, "dead": dead}, ensure_ascii=True)

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Raises `Refused` (`calibration_form`) when `text` is no stored calibration."""
        try:
            stored: Any = json.loads(text)
            if stored["format"] != _FORMAT:
                raise ValueError(stored["format"])
            keys = {
                str(key): Stroke(str(output), dead=key in stored["dead"])
                for key, output in stored["keys"].items()
            }
            if set(keys) != set(CONTENT + OTHERS + SEPARATORS):
                raise ValueError("keys")
            return cls(str(stored["prefix"]), keys, bool(stored["marked"]))
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise Refused.one(
                "calibration_form", "This is not a stored calibration of a scanner."
            ) from fault

    def _not_followed(self, text: str, typed: str) -> Diagnosis:
        place = self._decoder.first_unknown(typed)
        sentence = (
            f"Character {place + 1} of this scan, {typed[place : place + 1]!r}, is typed by no key "
            "of this scanner as it was calibrated. Its keyboard settings have changed, or Caps "
            "Lock: scan the reference code again."
        )
        return refuse(text, _refusal("scan_not_calibrated", sentence, place=place))

    def _characters_lost(self) -> Refusal:
        sentence = (
            f"This scanner types nothing for {_listed(self.lost)}, so a character may be missing "
            "unseen. Set the scanner's keyboard language to the computer's and calibrate again."
        )
        return _refusal("characters_lost", sentence, characters=self.lost)


def calibrate(reference_scan: str) -> Calibration:
    """Learns a scanner from what it types for the reference code (`reference_code.REFERENCE`).

    Raises `Refused` (`reference_unreadable`) when it is something else.
    """
    strokes = align(reference_scan)
    return Calibration(strokes.prefix, strokes.keys, strokes.marked)


def _other_case(letter: str) -> str:
    turned = letter.swapcase()
    return turned if len(turned) == 1 else letter


def _mend_envelope(source: str) -> str:
    """Where all separators arrive alike they are read as GS; formats 05 and 06 (ISO/IEC 15434) have
    RS in two known places."""
    mended = re.sub(
        r"^((?:\][A-Za-z]\d)?\[\)>)[\x1c-\x1f](0[56])[\x1c-\x1f]", f"\\1{RS}\\2{GS}", source
    )
    return (
        re.sub(r"[\x1c-\x1f][\x04\x1c-\x1f]$", f"{RS}\x04", mended) if mended != source else source
    )


def _only(text: str, readings: list[Reading]) -> Diagnosis:
    """The one reading that obeys all rules, or a refusal."""
    for allowed in (frozenset[str](), NAMES_NO_PACK):
        good = {(reading.source, *reading.elements.items()): reading for reading in readings
                if all(problem.code in allowed for problem in reading.problems)}  # fmt: skip
        if len(good) == 1:
            return Diagnosis(next(iter(good.values())))
        if good:
            return refuse(text, _ambiguous([reading.text for reading in good.values()]))
    sentence = (
        "Some characters of this scan can be read in several ways, and none of them makes a GS1 "
        "code. Scan again; if it stays so, calibrate the scanner again."
    )
    return refuse(text, _refusal("unreadable", sentence, place=0))


def _ambiguous(sources: list[str]) -> Refusal:
    differing = sorted({c for row in zip(*sources, strict=False) if len(set(row)) > 1 for c in row})
    which = _listed("".join(differing)) if differing else "several characters"
    sentence = (
        f"On this scanner {which} arrive alike, so the code can be read in more than one way. Set "
        "the scanner's keyboard language to the computer's and calibrate again."
    )
    return _refusal("scan_ambiguous", sentence, characters="".join(differing))


def _refusal(code: str, sentence: str, **data: object) -> Refusal:
    return Refusal(code, sentence, MappingProxyType(data))


def _listed(characters: str) -> str:
    return ", ".join(characters)


def _notes(found: Calibration) -> list[Refusal]:
    moved = [key for key in CONTENT if found.keys[key] != Stroke(key)]
    notes = []
    if not moved:
        notes.append(_refusal("layout_same", "Scanner and computer have the same layout."))
    else:
        sentence = (
            f"Scanner and computer have different keyboard layouts: {len(moved)} of "
            f"{len(CONTENT)} characters arrive as others. They will be read back."
        )
        notes.append(_refusal("layout_learned", sentence, characters="".join(moved)))
    if found.caps_lock:
        sentence = "Caps Lock was on. Switch it off and scan the reference code again."
        notes.append(_refusal("caps_lock", sentence))
    if not found.prefix:
        sentence = (
            "The scanner does not send the AIM identifier (]d2). Switch it on: without it Caps "
            "Lock goes unnoticed."
        )
        notes.append(_refusal("prefix_missing", sentence))
    if not found.separator:
        sentence = (
            "The group separator does not arrive, so lot and serial number often cannot be told "
            "apart. Let the scanner send it, as ASCII 29 or as another character."
        )
        notes.append(_refusal("separator_missing", sentence))
    elif found.separator != GS:
        shown = "NUL" if found.separator == NUL else repr(found.separator)
        sentence = f"The group separator arrives as {shown}. It will be read back."
        notes.append(_refusal("separator_replaced", sentence, output=found.separator))
    if found.dead:
        sentence = (
            f"{_listed(found.dead)} are dead keys: they merge with the next character. They will "
            "be read back where that is certain."
        )
        notes.append(_refusal("dead_keys", sentence, characters=found.dead))
    for group in found.alike:
        sentence = (
            f"{_listed(group)} arrive alike and cannot be told apart. Codes with these are "
            "refused unless the rules of GS1 leave one reading."
        )
        notes.append(_refusal("characters_alike", sentence, characters=group))
    if found.lost:
        notes.append(found._characters_lost())
    return notes
