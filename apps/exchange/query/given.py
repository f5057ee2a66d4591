"""What was given for a parameter, and what it can be read as. Every reading refuses what it is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from apps.exchange.query.refusing import wrong
from pharmatrace.kernel.epcis.contexts import DEFAULT_NAMESPACES
from pharmatrace.kernel.epcis.formats import moment_of

Value = str | int | float | bool | None
LONGEST_TEXT, MOST_VALUES = 16_000, 1_000
# Bounded, so that whatever is asked fits into a `numeric` of PostgreSQL.
NUMBER = re.compile(r"[+-]?\d{1,60}(\.\d{1,60})?([eE][+-]?\d{1,2})?", re.ASCII)
_LARGEST = Decimal(10) ** 100


@dataclass(frozen=True, slots=True)
class Given:
    """The alternatives for one parameter, one of which must hold. From an address all are texts; a named
    query has numbers and booleans too. `namespaces` are the prefixes that the question declares."""

    name: str
    values: tuple[Value, ...]
    namespaces: Mapping[str, str] = field(default_factory=dict)

    def texts(self) -> list[str]:
        """At least one text, none of them empty."""
        found = []
        for one in self.values:
            if isinstance(one, bool):
                found.append("true" if one else "false")
            elif one is None or one == "":
                raise wrong(self.name, "has an empty value in it")
            else:
                found.append(str(one))
        return found

    def words(self, spell: Callable[[str], str]) -> list[str]:
        """Texts in the one spelling of the documents; prefixed names are written out first."""
        return [spell(self.expanded(one)) for one in self.texts()]

    def one(self) -> Value:
        if len(self.values) != 1:
            raise wrong(self.name, "takes one value")
        return self.values[0]

    def moment(self) -> datetime:
        text = self.one()
        moment = moment_of(text) if isinstance(text, str) else None
        if moment is None:
            raise wrong(self.name, "is a date and time with its zone, such as 2026-11-20T21:00:00Z")
        return moment

    def numbers(self) -> list[Decimal]:
        found = [number_of(one) for one in self.values]
        if None in found:
            raise wrong(self.name, "is a number of at most 60 digits")
        return [one for one in found if one is not None]

    def number(self) -> Decimal:
        self.one()
        return self.numbers()[0]

    def flag(self) -> bool:
        value = self.one()
        if value in ("true", "false"):
            return value == "true"
        if not isinstance(value, bool):
            raise wrong(self.name, "is true or false")
        return value

    def asks_presence(self) -> bool:
        """EXISTS parameters are void in the standard, boolean in openapi.yaml and an integer or null in
        query-schema.json; `false` asks for nothing."""
        value = self.one()
        if value is None or value in ("", "true", "1", 1):
            return True
        if value in ("false", "0", 0):
            return False
        raise wrong(self.name, "is empty, true or false")

    def expanded(self, text: str) -> str:
        """`ex:step` in full where the question, or GS1's own context, declares `ex`."""
        prefix, colon, local = text.partition(":")
        if not colon or local.startswith("//"):
            return text
        namespace = self.namespaces.get(prefix) or DEFAULT_NAMESPACES.get(prefix)
        return namespace + local if namespace else text


def number_of(value: Value) -> Decimal | None:
    """The number that a value is or spells, if it is one that can be compared."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return None
    text = value if isinstance(value, str) else repr(value)
    return Decimal(text) if NUMBER.fullmatch(text) else None


def checked(name: str, values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Raises EpcisException where a database could not take them."""
    if len(values) > MOST_VALUES:
        raise wrong(name, f"has more than {MOST_VALUES:,} alternatives")
    for one in values:
        if isinstance(one, str):
            check_text(name, one)
    return values


def check_text(name: str, text: str) -> None:
    if "\x00" in text:
        raise wrong(name, "has a NUL character in it")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise wrong(name, "has half a character in it")
    if len(text) > LONGEST_TEXT:
        raise wrong(name, f"is longer than {LONGEST_TEXT:,} characters")
