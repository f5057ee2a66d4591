"""EPC patterns (GS1 Tag Data Standard §8): `urn:epc:idpat:sgtin:560100.*.*` as a regular expression over
the identifiers as they are stored, Digital Links.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from pharmatrace.kernel.gs1.characters import encode
from pharmatrace.kernel.gs1.check_digit import check_digit
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.refusal import Refused

START = "urn:epc:idpat:"
_ANY, _SOME = "*", "[^/]+"


def expression(pattern: str, *, of_classes: bool = False) -> str:
    """What an identifier, or with `of_classes` the class of a quantity, must look like from end to end.

    Wild cards stand for whole parts, from one part to the last: that is all the standard has. Raises
    `Refused` `epc_pattern`.
    """
    kind, _, body = pattern.removeprefix(START).partition(":")
    parts = body.split(".")
    build = _SCHEMES.get(kind)
    wild = [part == _ANY for part in parts]
    if build is None or len(parts) < build[0] or wild != sorted(wild):
        raise _refused(pattern)
    if len(parts) > build[0]:  # a last part may have dots of its own
        parts = [*parts[: build[0] - 1], ".".join(parts[build[0] - 1 :])]
    if any("*" in part and part != _ANY for part in parts) or not all(parts):
        raise _refused(pattern)
    try:
        path = build[1](parts, of_classes)
    except ValueError:
        raise _refused(pattern) from None
    return f"^{re.escape(ID_STEM)}{path}$"


def _refused(pattern: str) -> Refused:
    return Refused.one("epc_pattern", f"{pattern[:200]!r} is no pattern of EPCs.", pattern=pattern)


def _key(prefix: str, reference: str, digits: int, *, moved: bool) -> str:
    """Digits of a key with its check digit. `moved`: the first digit of the reference comes first."""
    if prefix == _ANY:
        return f"[0-9]{{{digits + 1}}}"
    if not re.fullmatch(r"[0-9]{6,12}", prefix) or len(prefix) > digits:
        raise ValueError
    rest = digits - len(prefix)
    if reference == _ANY:
        first, rest = ("[0-9]", rest - 1) if moved else ("", rest)
        return f"{first}{prefix}[0-9]{{{rest + 1}}}"
    if not re.fullmatch(rf"[0-9]{{{rest}}}", reference):
        raise ValueError
    body = reference[:1] + prefix + reference[1:] if moved else prefix + reference
    return body + check_digit(body)


def _text(part: str) -> str:
    return _SOME if part == _ANY else re.escape(encode(unquote(part)))


def _serial(head: str, digits: int, qualifier: str, *, moved: bool = True) -> _Build:
    """A key, and a serial behind it: a qualifier of its own, or straight on the key."""

    def build(parts: list[str], of_classes: bool) -> str:
        key = head + _key(parts[0], parts[1], digits, moved=moved)
        lots = "(?:/10/[^/]+)?" if head == "01/" and qualifier == "/21/" else ""
        return key + lots if of_classes else key + qualifier + _text(parts[2])

    return build


def _plain(head: str, digits: int, *, moved: bool = False) -> _Build:
    def build(parts: list[str], of_classes: bool) -> str:
        return head + _key(parts[0], parts[1], digits, moved=moved)

    return build


def _open(head: str) -> _Build:
    """A prefix and free text behind it."""

    def build(parts: list[str], of_classes: bool) -> str:
        return head + _free(parts)

    return build


def _free(parts: list[str]) -> str:
    if parts[0] == _ANY:
        return _SOME
    if not re.fullmatch(r"[0-9]{6,12}", parts[0]):
        raise ValueError
    return parts[0] + _text(parts[1])


def _place(parts: list[str], of_classes: bool) -> str:
    key = "414/" + _key(parts[0], parts[1], 12, moved=False)
    if parts[2] == "0":
        return key
    return key + ("(?:/254/[^/]+)?" if parts[2] == _ANY else "/254/" + _text(parts[2]))


def _component(parts: list[str], of_classes: bool) -> str:
    return "8010/" + _free(parts) + ("" if of_classes else "/8011/" + _text(parts[2]))


def _piece(parts: list[str], of_classes: bool) -> str:
    numbers = ["[0-9]{2}" if part == _ANY else part for part in parts[2:4]]
    if not all(re.fullmatch(r"[0-9]{2}|\[0-9\]\{2\}", one) for one in numbers):
        raise ValueError
    key = "8006/" + _key(parts[0], parts[1], 13, moved=True) + "".join(numbers)
    return key if of_classes else key + "/21/" + _text(parts[4])


_Build = Callable[[list[str], bool], str]
# Scheme → how many parts, and what builds the path.
_SCHEMES: dict[str, tuple[int, _Build]] = {
    "sgtin": (3, _serial("01/", 13, "/21/")),
    "upui": (3, _serial("01/", 13, "/235/")),
    "grai": (3, _serial("8003/0", 12, "", moved=False)),
    "gdti": (3, _serial("253/", 12, "", moved=False)),
    "sgcn": (3, _serial("255/", 12, "", moved=False)),
    "sscc": (2, _plain("00/", 17, moved=True)),
    "pgln": (2, _plain("417/", 12)),
    "gsrn": (2, _plain("8018/", 17)),
    "gsrnp": (2, _plain("8017/", 17)),
    "gsin": (2, _plain("402/", 16)),
    "giai": (2, _open("8004/")),
    "ginc": (2, _open("401/")),
    "sgln": (3, _place),
    "cpi": (3, _component),
    "itip": (5, _piece),
}
