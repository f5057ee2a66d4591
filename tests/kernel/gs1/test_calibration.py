from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pharmatrace.kernel.gs1.calibration import Calibration, calibrate
from pharmatrace.kernel.gs1.characters import SET_82
from pharmatrace.kernel.gs1.reference_code import CONTENT, GS, REFERENCE
from pharmatrace.kernel.refusal import Refused
from tests.kernel.gs1.wedges import random_pack

GTIN = "0104012345111118"
SCAN = "]d2" + GTIN + "21SN'42z\x1d10LOT/1\x1d17271031"
GERMAN = str.maketrans("yzYZ'/-]\x1d", "zyZYä-ß+\x1d")


def typed_on(table: dict[int, str | None], text: str) -> str:
    return text.translate(table)


def test_a_scanner_with_the_computers_layout_reads_as_ever():
    learned = calibrate("]d1" + REFERENCE)
    assert [note.code for note in learned.notes] == ["layout_same"]
    assert learned.read(SCAN).serial == "SN'42z"


def test_a_layout_is_learned_from_one_scan_and_kept_as_json():
    learned = calibrate(typed_on(GERMAN, "]d1" + REFERENCE))
    kept = Calibration.from_json(learned.to_json())
    assert kept == learned
    reading = kept.read(typed_on(GERMAN, SCAN))
    assert (reading.gtin, reading.serial, reading.lot) == ("04012345111118", "SN'42z", "LOT/1")
    assert learned.notes[0].code == "layout_learned"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "pharmatrace-scanner/1"}', "null",
                                  '{"format":"pharmatrace-scanner/1","keys":{},"dead":""}'])  # fmt: skip
def test_anything_else_is_no_calibration(text):
    with pytest.raises(Refused) as refused:
        Calibration.from_json(text)
    assert refused.value.codes == ("calibration_form",)


@pytest.mark.parametrize("text", ["", "hello", SCAN, "a b c d e  f", REFERENCE[:100], "  " * 300])
def test_anything_else_is_no_reference_code(text):
    with pytest.raises(Refused) as refused:
        calibrate(text)
    assert refused.value.codes == ("reference_unreadable",)


def test_a_reference_code_cut_at_its_ends_is_still_good():
    for scan in (
        REFERENCE,
        REFERENCE.strip(" \r"),
        "]d1" + REFERENCE.rstrip(" \r"),
        "]d1" + REFERENCE,
    ):
        assert calibrate(scan).separator == GS


def test_an_accent_may_be_freed_as_another_character_than_before_a_space():
    typed = ("]d1" + REFERENCE).replace("' ", "\0'")
    learned = calibrate(typed)
    assert learned.dead == "'"
    scan = "]d2" + GTIN + "21A\0{}8z\x1d10LOT"
    for freed in ("'", "´"):
        assert learned.read(scan.format(freed)).serial == "A'8z"
    assert learned.read("]d2" + GTIN + "21A\0é8\x1d10LOT").serial == "A'e8"


def test_what_a_dead_key_made_is_known_by_its_letter_when_only_one_can_have_made_it():
    one = calibrate(("]d1" + REFERENCE).replace("' ", "\0'"))
    two = calibrate(("]d1" + REFERENCE).replace("' ", "\0'").replace('" ', "\0¨"))
    scan = "]d2" + GTIN + "21A\0ā8\x1d10LOT"
    assert one.read(scan).serial == "A'a8"
    assert two.read(scan).problem.code == "scan_ambiguous"


def test_characters_that_arrive_alike_are_told_and_refused_unless_the_rules_decide():
    alike = str.maketrans({";": ":"})
    learned = calibrate(typed_on(alike, "]d1" + REFERENCE))
    assert learned.alike == (":;",)
    assert learned.read(SCAN).serial == "SN'42z"
    reading = learned.read(typed_on(alike, SCAN.replace("42z", "4;z")))
    assert reading.identity is None
    assert reading.problem.code == "scan_ambiguous"
    assert reading.problem.data["characters"] == ":;"


def test_a_check_digit_decides_between_digits_that_arrive_alike():
    alike = str.maketrans({"8": "7"})
    learned = calibrate(typed_on(alike, "]d1" + REFERENCE))
    assert learned.read(typed_on(alike, SCAN.replace("271031", "261031"))).gtin == "04012345111118"


def test_where_a_key_types_nothing_no_scan_is_trusted():
    silent = {ord("'"): None}
    learned = calibrate(typed_on(silent, "]d1" + REFERENCE))
    assert learned.lost == "'"
    reading = learned.read(typed_on(silent, SCAN))
    assert (reading.identity, reading.problem.code) == (None, "characters_lost")


@pytest.mark.parametrize("sign", ["\0", "\x1b", "|", "␝", "É", "↔"])
def test_a_separator_may_arrive_as_anything(sign):
    learned = calibrate(("]d1" + REFERENCE).replace(GS, sign))
    assert learned.separator == sign
    assert learned.read(SCAN.replace(GS, sign)).serial == "SN'42z"


def test_a_separator_that_looks_like_content_is_read_only_when_one_reading_is_left():
    learned = calibrate(("]d1" + REFERENCE).replace(GS, "F8"))
    assert learned.read(SCAN.replace(GS, "F8")).identity is None
    long = SCAN.replace("SN'42z", "SN'42zABCDEFG").replace(GS, "F8")
    assert learned.read(long).identity in (None, learned.read(SCAN).identity)


def test_where_separators_never_arrive_only_what_has_one_reading_is_read():
    learned = calibrate(("]d1" + REFERENCE).replace(GS, ""))
    assert "separator_missing" in {note.code for note in learned.notes}
    reading = learned.read(SCAN.replace(GS, ""))
    assert (reading.identity, reading.problem.code) == (None, "separator_missing")
    assert learned.read("]d2" + GTIN + "17271031" + "21AB").serial == "AB"
    assert learned.read("]d2" + GTIN + "17271031" + "21AB10C").identity is None


def test_caps_lock_at_the_calibration_is_learned_and_told():
    learned = calibrate(("]d1" + REFERENCE).swapcase())
    assert "caps_lock" in {note.code for note in learned.notes}
    assert learned.read(SCAN.swapcase()).serial == "SN'42z"


def test_caps_lock_after_the_calibration_is_undone_only_when_a_letter_proves_it():
    learned = calibrate(typed_on(GERMAN, "]d1" + REFERENCE))
    typed = typed_on(GERMAN, SCAN)
    assert learned.read(typed.swapcase()).serial == "SN'42z"
    reading = learned.read(
        typed_on(GERMAN, SCAN.replace("SN'42z", "sn42")).replace("LOT", "lot").swapcase()
    )
    assert (reading.identity, reading.problem.code) == (None, "caps_lock")


# Two keys whose letters have one capital: w and s of a Greek keyboard, ' and i of a Turkish one.
GREEK = str.maketrans("swSW", "σςΣΣ")
TURKISH = str.maketrans("i'\"", "ıiİ")


@pytest.mark.parametrize(
    ("layout", "capitals", "serial"),
    [(GREEK, {"σ": "Σ", "ς": "Σ"}, "Aw1"), (TURKISH, {"i": "İ", "ı": "I"}, "Ai1"),
     (TURKISH, {"i": "İ", "ı": "I"}, "A'1")],
)  # fmt: skip
def test_caps_lock_is_not_undone_where_two_letters_have_one_capital(layout, capitals, serial):
    learned = calibrate(typed_on(layout, "]d1" + REFERENCE))
    typed = typed_on(layout, SCAN.replace("SN'42z", serial))
    assert learned.read(typed).serial == serial
    with_caps_lock = "".join(capitals.get(c, c.swapcase()) for c in typed)
    reading = learned.read(with_caps_lock)
    assert (reading.identity, reading.problem.code) == (None, "caps_lock")


@pytest.mark.parametrize("sign", [";", "-"])
def test_small_letters_from_keys_of_signs_do_not_prove_caps_lock(sign):
    """A scanner that makes capitals of the letters in a code: on a German keyboard `;` types ö, `-` ß."""
    german = {**GERMAN, ord(";"): "ö", ord(":"): "Ö", ord("_"): "?", ord("?"): "_"}
    learned = calibrate(typed_on(german, "]d1" + REFERENCE))
    scan = SCAN.replace("SN'42z", f"Sn{sign}42z")
    assert learned.read(typed_on(german, scan)).serial == f"Sn{sign}42z"
    reading = learned.read(typed_on(german, scan.upper()))
    assert (reading.identity, reading.problem.code) == (None, "caps_lock")


def test_a_scanner_that_makes_capitals_is_read_only_without_letters():
    learned = calibrate(("]d1" + REFERENCE).upper())
    assert len(learned.alike) == 26
    assert learned.read(SCAN.upper()).identity is None
    assert learned.read("]D2" + GTIN + "2142\x1d107").serial == "42"


def test_a_layout_changed_since_is_noticed():
    learned = calibrate("]d1" + REFERENCE)
    reading = learned.read(SCAN.replace("'", "ä"))
    assert (reading.identity, reading.problem.code) == (None, "scan_not_calibrated")
    assert reading.problem.data["place"] == SCAN.index("'")


@pytest.mark.parametrize("seed", range(25))
def test_invented_layouts_are_read_or_refused_never_wrong(seed):
    """Keys shuffled over several scripts, some alike, some silent, ligatures, accents."""
    dice = random.Random(seed)
    signs = [chr(c) for c in (*range(0x21, 0x7F), *range(0xC0, 0x180), *range(0x3B1, 0x3CA))]
    outputs = dice.sample(signs, k=94)
    outputs += [dice.choice(outputs) for _ in range(seed % 3)] + ["لا"] * (seed % 2)
    dice.shuffle(outputs)
    table = {
        ord(key): output for key, output in zip(CONTENT + "#$@[\\]^`{|}~", outputs, strict=False)
    }
    learned = calibrate(typed_on(table, "]d1" + REFERENCE))
    read = 0
    for number in range(40):
        content, elements = random_pack(1000 * seed + number)
        reading = learned.read(typed_on(table, f"]d{content}"))
        assert reading.identity is None or reading.elements == elements
        read += reading.elements == elements
    assert read or seed % 3


@given(
    st.text(max_size=60) | st.text([*sorted(SET_82), "\0", "\x1d", "]", "^", "¨", "é"], max_size=80)
)
def test_no_scan_makes_it_raise(text):
    US.read(text)
    DEAD.read(text)


@given(st.text(max_size=300) | st.text(" ]d1!a\0^", max_size=300))
def test_no_reference_makes_it_raise_anything_but_refused(text):
    try:
        calibrate(text)
    except Refused as refused:
        assert refused.codes == ("reference_unreadable",)


US = calibrate("]d1" + REFERENCE)
DEAD = calibrate(("]d1" + REFERENCE).replace("' ", "\0^").replace('" ', "\0¨").replace(GS, "\0"))
