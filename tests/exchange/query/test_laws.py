"""The database's answer to any question is what reading every document one by one would give."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from apps.custody.models import CustodyEvent
from tests.exchange.query.conftest import CHANGE, PLAIN, SGTIN, Ask, Tell

pytestmark = pytest.mark.django_db
NS = "https://ns.example.com/"
NAMES = ["a", "b", "c"]
CLASSES = [f"https://id.gs1.org/01/09521234543213/10/{lot}" for lot in NAMES]
CELSIUS: dict[str, Callable[[Decimal], Decimal]] = {
    "CEL": lambda value: value,
    "FAH": lambda value: (value - 32) * 5 / 9,
    "KEL": lambda value: value - Decimal("273.15"),
}
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda a, b: a == b,
    "GT": lambda a, b: a > b,
    "GE": lambda a, b: a >= b,
    "LT": lambda a, b: a < b,
    "LE": lambda a, b: a <= b,
}
Holds = Callable[[dict[str, Any]], bool]


def some(dice: random.Random, of: list[Any], least: int = 0) -> list[Any]:
    return dice.sample(of, dice.randint(least, len(of)))


def any_value(dice: random.Random) -> Any:
    return dice.choice([
        dice.randint(-3, 3), dice.choice(NAMES), str(dice.randint(0, 3)), dice.randint(0, 30) / 10,
        f"2026-11-2{dice.randint(0, 9)}T10:00:00Z", some(dice, [1, 2, "a"], 1), True,
    ])  # fmt: skip


def any_event(dice: random.Random) -> dict[str, Any]:
    prefix = dice.choice(["x", "y"])
    event: dict[str, Any] = {
        "@context": {prefix: NS},
        "eventTime": f"2026-11-2{dice.randint(0, 9)}T10:00:00.000Z",
        "bizStep": dice.choice(["shipping", "receiving", NS + "own"]),
        "disposition": dice.choice(["active", "expired", "recalled"]),
    }
    quantities = [
        {"epcClass": one, "quantity": dice.randint(1, 5)} for one in some(dice, CLASSES, 1)
    ]
    if dice.random() < 0.3:
        event |= {
            "inputEPCList": [SGTIN + one for one in some(dice, NAMES, 1)],
            "outputQuantityList": quantities,
        }
        event = {**CHANGE, **event}
    else:
        event |= {"epcList": [SGTIN + one for one in some(dice, NAMES)], "quantityList": quantities}
        event = {**PLAIN, **event, "action": dice.choice(["ADD", "OBSERVE"])}
    if dice.random() < 0.5:
        event[f"{prefix}:size"] = any_value(dice)
    if dice.random() < 0.3:
        event[f"{prefix}:box"] = {f"{prefix}:size": any_value(dice)}
    if dice.random() < 0.5:
        unit = dice.choice(list(CELSIUS))
        report = {"type": "Temperature", "value": dice.randint(0, 60) * 5, "uom": unit}
        event["sensorElementList"] = [{"sensorReport": [report]}]
    return event


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """All objects in a value, at any depth."""
    if isinstance(value, dict):
        yield value
    for one in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    ):
        yield from objects(one)


def own(fields: dict[str, Any]) -> Iterator[Any]:
    for key, value in fields.items():
        if key in ("x:size", "y:size"):
            yield from value if isinstance(value, list) else [value]


def compared(sign: str, value: Any, asked: str) -> bool:
    """Numbers as numbers, times as times, and texts as texts."""
    for read in (number, moment):
        mine, theirs = read(value), read(asked)
        if mine is not None and theirs is not None:
            return SIGNS[sign](mine, theirs)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return sign == "EQ" and text == asked


def number(value: Any) -> Decimal | None:
    spelled = not isinstance(value, bool) and re.fullmatch(r"-?\d+(\.\d+)?", str(value))
    return Decimal(str(value)) if spelled else None


def moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None


def any_question(dice: random.Random) -> tuple[str, str, Holds]:
    """A parameter, what is given for it, and what it means for a document."""
    sign = dice.choice(list(SIGNS))
    name = dice.choice(NAMES)
    asked = dice.choice([str(dice.randint(-3, 3)), "2026-11-25T11:00:00+01:00"])
    bound = Decimal(dice.randint(-10, 40))
    words = some(dice, ["shipping", "receiving", NS + "own"], 1)

    def hot(e: dict[str, Any]) -> bool:
        return any(
            SIGNS[sign](CELSIUS[one["uom"]](Decimal(str(one["value"]))), bound)
            for part in e.get("sensorElementList", [])
            for one in part["sensorReport"]
        )

    def many(e: dict[str, Any]) -> bool:
        lists = [*e.get("quantityList", []), *e.get("outputQuantityList", [])]
        return any(SIGNS[sign](one["quantity"], 3) for one in lists)

    inside: Holds = lambda e: any(  # noqa: E731
        compared(sign, value, asked)
        for key in ("x:box", "y:box")
        for one in objects(e.get(key))
        for value in own(one)
    )
    return dice.choice([
        ("EQ_bizStep", "|".join(words), lambda e: e["bizStep"] in words),
        ("EQ_action", "ADD", lambda e: e.get("action") == "ADD"),
        ("eventType", "TransformationEvent", lambda e: e["type"] == "TransformationEvent"),
        ("EQ_disposition", "expired|active", lambda e: e["disposition"] != "recalled"),
        ("GE_eventTime", "2026-11-24T12:00:00+02:00", lambda e: e["eventTime"] >= "2026-11-24T10"),
        ("MATCH_epc", SGTIN + name, lambda e: SGTIN + name in e.get("epcList", [])),
        ("MATCH_anyEPC", SGTIN + name, lambda e: SGTIN + name in [
            *e.get("epcList", []), *e.get("inputEPCList", [])]),
        ("MATCH_epcClass", CLASSES[0], lambda e: any(
            one["epcClass"] == CLASSES[0] for one in e.get("quantityList", []))),
        (f"{sign}_quantity", "3", many),
        (f"{sign}_value_CEL", str(bound), hot),
        (f"{sign}_{NS}size", asked, lambda e: any(compared(sign, v, asked) for v in own(e))),
        (f"EQ_{NS}size", name, lambda e: name in list(own(e))),
        (f"{sign}_INNER_{NS}size", asked, inside),
        (f"EXISTS_{NS}box", "", lambda e: "x:box" in e or "y:box" in e),
        ("EXISTS_sensorElementList", "", lambda e: "sensorElementList" in e),
    ])  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_an_answer_is_what_reading_everything_gives(ask: Ask, tell: Tell, seed: int) -> None:
    dice = random.Random(seed)
    for count in range(40):
        tell(str(count), of=any_event(dice))
    documents = [one.document for one in CustodyEvent.objects.order_by("id")]
    answered = 0
    for _ in range(80):
        questions = [any_question(dice) for _ in range(dice.choice([1, 1, 2]))]
        asked = {name: value for name, value, _ in questions}
        if len(asked) < len(questions):
            continue
        expected = [
            one["eventID"].removeprefix("urn:x:")
            for one in documents
            if all(holds(one) for _, _, holds in questions)
        ]
        assert ask(**asked) == expected, asked
        answered += bool(expected)
    assert answered > 20
