"""From a Digital Link to the EPC URN of what it names (GS1 Tag Data Standard 2.0 §6 and §7).

A URN shows where the company prefix ends and a key does not, so the length has to be known: from the
prefixes that somebody registered, from a given length, or from the public table. Where nobody can
know it, that is said (`prefix_length_unknown`) and the link stays the identifier; it is never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pharmatrace.kernel.gs1.digital_link import parse_link
from pharmatrace.kernel.gs1.epc_urn import (
    check_prefix_length,
    escape,
    split_moved,
    split_straight,
)
from pharmatrace.kernel.gs1.prefixes import company_prefix_length
from pharmatrace.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class Prefixes:
    """How to tell the length of a company prefix: `length` when it is given, else the longest of the
    `registered` prefixes that the key starts with, else the public table."""

    length: int | None = None
    registered: frozenset[str] = frozenset()

    @classmethod
    def of(cls, registered: Iterable[str]) -> Prefixes:
        return cls(registered=frozenset(registered))

    def length_in(self, key: str) -> int:
        """The length for `key`, which starts with the prefix. Raises `Refused`:
        `prefix_length_unknown`."""
        length = self.length
        if length is None:
            # However many are registered: a prefix has 4 to 12 digits, so few have to be looked up.
            own = (n for n in range(min(12, len(key)), 3, -1) if key[:n] in self.registered)
            length = next(own, None) if self.registered else None
            length = length or company_prefix_length(key)
        if length is None:
            raise Refused.one(
                "prefix_length_unknown",
                f"Nobody knows how long the company prefix at the start of {key} is, so it has no "
                "EPC URN; the Digital Link remains its identifier.",
                key=key,
                place=0,
            )
        return length


FROM_THE_TABLE = Prefixes()


def urn_of_link(uri: str, prefixes: Prefixes = FROM_THE_TABLE) -> str:
    """The EPC URN of what the Digital Link `uri` names, at its finest level of identification.

    Raises `Refused`: what `parse_link` finds wrong, `epc_missing` when no EPC scheme has this key,
    `prefix_length` and `prefix_length_unknown`, `urn_form` when the reference does not fit.
    """
    values = parse_link(uri).elements
    key = next(iter(values))
    write = _WRITERS.get(key)
    if write is None or (key == "01" and not {"21", "235", "10"} & set(values) and "22" in values):
        words = f"No EPC scheme has a URN for what {uri!r} names."
        raise Refused.one("epc_missing", words, uri=uri, place=0)
    return write(values, prefixes)


def _item(values: Mapping[str, str], prefixes: Prefixes) -> str:
    gtin = values["01"]
    item = _moved(gtin[:14], prefixes)
    if "21" in values:
        return f"urn:epc:id:sgtin:{item}.{escape(values['21'])}"
    if "235" in values:
        return f"urn:epc:id:upui:{item}.{escape(values['235'])}"
    if "10" in values:
        return f"urn:epc:class:lgtin:{item}.{escape(values['10'])}"
    return f"urn:epc:idpat:sgtin:{item}.*"


def _pieces(values: Mapping[str, str], prefixes: Prefixes) -> str:
    key = values["8006"]
    parts = f"{_moved(key[:14], prefixes)}.{key[14:16]}.{key[16:]}"
    if "21" in values:
        return f"urn:epc:id:itip:{parts}.{escape(values['21'])}"
    if "10" in values:
        words = "No EPC scheme has a URN for a lot of pieces."
        raise Refused.one("epc_missing", words, key=key, place=0)
    return f"urn:epc:idpat:itip:{parts}.*"


def _place(values: Mapping[str, str], prefixes: Prefixes) -> str:
    return f"urn:epc:id:sgln:{_split(values['414'], prefixes)}.{escape(values.get('254', '0'))}"


def _plain(ai: str, scheme: str) -> Callable[[Mapping[str, str], Prefixes], str]:
    """A key of fixed length with nothing behind it."""
    return lambda values, prefixes: f"urn:epc:id:{scheme}:{_split(values[ai], prefixes)}"


def _serialised(ai: str, scheme: str) -> Callable[[Mapping[str, str], Prefixes], str]:
    """A key of 13 digits with a serial behind it; without one it is the class."""

    def write(values: Mapping[str, str], prefixes: Prefixes) -> str:
        # A GRAI has a zero in front that is not part of the key.
        value = values[ai][1:] if ai == "8003" else values[ai]
        key, serial = _split(value[:13], prefixes), value[13:]
        if serial:
            return f"urn:epc:id:{scheme}:{key}.{escape(serial)}"
        return f"urn:epc:idpat:{scheme}:{key}.*"

    return write


def _open(ai: str, scheme: str) -> Callable[[Mapping[str, str], Prefixes], str]:
    """A key whose reference is free text."""
    return lambda values, prefixes: f"urn:epc:id:{scheme}:{_open_split(values[ai], prefixes)}"


def _part(values: Mapping[str, str], prefixes: Prefixes) -> str:
    part = _open_split(values["8010"], prefixes)
    if "8011" in values:
        return f"urn:epc:id:cpi:{part}.{values['8011']}"
    return f"urn:epc:idpat:cpi:{part}.*"


_WRITERS: dict[str, Callable[[Mapping[str, str], Prefixes], str]] = {
    "00": lambda values, prefixes: f"urn:epc:id:sscc:{_moved(values['00'], prefixes)}",
    "01": _item,
    "253": _serialised("253", "gdti"),
    "255": _serialised("255", "sgcn"),
    "401": _open("401", "ginc"),
    "402": _plain("402", "gsin"),
    "414": _place,
    "417": _plain("417", "pgln"),
    "8003": _serialised("8003", "grai"),
    "8004": _open("8004", "giai"),
    "8006": _pieces,
    "8010": _part,
    "8017": _plain("8017", "gsrnp"),
    "8018": _plain("8018", "gsrn"),
}


def _moved(key: str, prefixes: Prefixes) -> str:
    return split_moved(key, prefixes.length_in(key[1:]))


def _split(key: str, prefixes: Prefixes) -> str:
    return split_straight(key, prefixes.length_in(key))


def _open_split(key: str, prefixes: Prefixes) -> str:
    length = prefixes.length_in(key)
    check_prefix_length(key, length)
    prefix, reference = key[:length], key[length:]
    if not (prefix.isascii() and prefix.isdigit() and len(prefix) == length) or not reference:
        raise Refused.one(
            "urn_form",
            f"{key!r} is not a company prefix of {length} digits and a reference behind it.",
            key=key,
            place=0,
        )
    return f"{prefix}.{escape(reference)}"
