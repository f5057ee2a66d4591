"""Any code a person may come with is read, and what is wrong with it is told by the reason that helps most."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from apps.verify.question import Question, asked_by_form, asked_by_link
from pharmatrace.kernel.gs1.read import read

GTIN = "09521234543213"


def form(**fields: str) -> Question:
    query = QueryDict(mutable=True)
    query.update(fields)
    question = asked_by_form(query)
    assert question is not None
    return question


@pytest.mark.parametrize(
    "code",
    [
        f"01{GTIN}21S1\x1d17271031",
        f"]d201{GTIN}21S1\x1d10L1",
        f"(01){GTIN}(21)S1",
        f"https://example.org/01/{GTIN}/21/S1?17=271031",
        f"example.org/01/{GTIN}/21/S1",
        "urn:epc:id:sgtin:9521234.054321.S1",
        f"{GTIN} S1",
        f"{GTIN}\tSN: S1",
        "9521234543213 S1",
    ],
)
def test_one_pack_in_many_spellings(code: str) -> None:
    question = form(code=code)
    assert question.problem is None
    assert question.reading.identity is not None
    assert question.reading.identity.path == f"01/{GTIN}/21/S1"


def test_typed_field_by_field() -> None:
    question = form(gtin="9521234543213", serial="A(21)B", lot="L1", expiry="271031")
    assert question.problem is None
    assert question.reading.gtin == GTIN
    assert question.reading.serial == "A(21)B"
    assert question.reading.lot == "L1"


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("09521234543214", "gtin_check_digit"),
        (f"(01){GTIN[:-1]}4(21)S1", "gtin_check_digit"),
        (GTIN, "serial_missing"),
        ("hello", "unreadable"),
        (f"01{GTIN}10L117271031" + "21S1", "separator_missing"),
    ],
)
def test_the_reason_that_helps(code: str, problem: str) -> None:
    found = form(code=code).problem
    assert found is not None
    assert found.code == problem


def test_nothing_asked() -> None:
    assert asked_by_form(QueryDict("code=%20")) is None


def test_an_encoded_slash_in_a_serial_survives() -> None:
    raw = f"/01/{GTIN}/21/A%2FB"
    request = RequestFactory().get(f"/01/{GTIN}/21/A/B", headers={}, RAW_URI=raw)
    assert asked_by_link(request).reading.serial == "A/B"


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ("(10)L1(17)271031", {}),
        ("(17)271000", {}),  # day 00: the month is what was printed
        ("(10)L2(17)271031", {"lot": "L2"}),
        ("(10)l1", {"lot": "l1"}),
        ("(17)271030", {"expiry": "271030"}),
        ("(17)271131", {"expiry": "271131"}),  # there is no such day
        ("", {}),
    ],
)
def test_differences_from_the_record(elements: str, expected: dict[str, str]) -> None:
    text = f"(01){GTIN}(21)S1{elements}"
    question = Question(text, read(text))
    assert question.problem is None
    assert question.differing(lot="L1", expiry=date(2027, 10, 31)) == expected
