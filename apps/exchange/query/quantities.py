"""How much of a class: `GE_quantity`, whatever the unit, and `GE_quantity_KGM`, in any unit of mass."""

from __future__ import annotations

import re
from fractions import Fraction

from django.db.models import Q

from apps.exchange.query.conditions import outside_custody, path_exists, plain
from apps.exchange.query.given import Given
from apps.exchange.query.units import comparison

PATH_OPERATORS = {"EQ": "==", "GT": ">", "GE": ">=", "LT": "<", "LE": "<="}
_LISTS = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_QUANTITIES = "$.keyvalue() ? (" + " || ".join(f'@.key == "{one}"' for one in _LISTS) + ").value[*]"


def quantity(given: Given, found: re.Match[str]) -> Q:
    operator, unit = found.groups()
    return outside_custody(
        Q(path_exists(f"{_QUANTITIES} ? ({measured(given, operator, '@.quantity', unit)})"))
    )


def measured(given: Given, operator: str, value: str, unit: str | None, **how: bool) -> str:
    """A JSON path predicate; EQ holds for one of several numbers, the others take one."""
    numbers = given.numbers() if operator == "EQ" else [given.number()]
    sign = PATH_OPERATORS[operator]
    if not unit:
        return " || ".join(f"{value} {sign} {plain(one)}" for one in numbers)
    return " || ".join(comparison(value, sign, Fraction(one), unit, **how) for one in numbers)
