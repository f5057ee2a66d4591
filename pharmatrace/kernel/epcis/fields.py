"""The fields of an EPCIS event in JSON, read one by one: each method returns the value in its one
spelling, or notes a refusal with the JSON Pointer and returns something harmless.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from math import isfinite
from types import MappingProxyType
from typing import Any

from pharmatrace.kernel.epcis.formats import OFFSET, is_loose_uri, is_uri, storable, utc_moment_of
from pharmatrace.kernel.epcis.model import whole_milliseconds
from pharmatrace.kernel.epcis.vocabulary import Vocabulary
from pharmatrace.kernel.gs1.check_digit import has_good_check_digit
from pharmatrace.kernel.gs1.digital_link import open_link
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.gs1.normal_form import normal_uri
from pharmatrace.kernel.gs1.schemes import WITHOUT_LINK
from pharmatrace.kernel.refusal import Refusal

MAX_TEXT = 2048
MAX_DEPTH = 32
_FREE_FORM = f"Extensions hold numbers, texts without NUL, lists and objects, at most {MAX_DEPTH} levels deep."

_ACTIONS = frozenset(["ADD", "OBSERVE", "DELETE"])
_SGTIN = re.compile(r"https://id\.gs1\.org/01/(\d{14})/21/[A-Za-z0-9\-._~';=]{1,20}", re.ASCII)
_SGTIN_GTIN = slice(22, 36)
_PLAIN_KEY = re.compile(r"https://id\.gs1\.org/(?:00/(\d{18})|41[47]/(\d{13}))", re.ASCII)
# The form of a URN leaves nothing to be wrong with its link, but for pieces and serials of parts.
_BUILT = ("urn:epc:id:", "urn:epc:class:", "urn:epc:idpat:")
_ASKED = ("urn:epc:id:itip:", "urn:epc:idpat:itip:", "urn:epc:id:cpi:")


@lru_cache(maxsize=65536)
def _good_key(key: str) -> bool:
    return has_good_check_digit(key)


@lru_cache(maxsize=16384)
def _examine(text: str) -> tuple[str, str, str]:
    """The normal form of a URI, and code and sentence of what is wrong with the GS1 key in it."""
    uri = normal_uri(text)
    if uri.startswith(ID_STEM):
        if text.startswith(_BUILT) and not text.startswith(_ASKED):
            return uri, "", ""
        for problem in open_link(uri)[1].problems:
            return uri, problem.code, problem.sentence
    elif uri.startswith(_BUILT) and not WITHOUT_LINK.fullmatch(uri):
        return uri, "urn_form", f"{text} does not have the form of its scheme."
    return uri, "", ""


def step(name: str) -> str:
    """One step of a JSON Pointer (RFC 6901 §3)."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _fits(uri: str) -> bool:
    """A URI may be MAX_TEXT octets long: the database indexes it, and an index counts octets."""
    return len(uri) <= MAX_TEXT // 4 or len(uri.encode(errors="surrogatepass")) <= MAX_TEXT


class Problems:
    """Reads fields and collects what is wrong with them. `base` points to the event, `namespaces`
    are the prefixes in force. `strict` reads to the letter of GS1's JSON Schema, which has no CBV
    words in URN form and no letters of other alphabets in URIs."""

    __slots__ = ("base", "found", "is_uri", "namespaces", "strict")

    def __init__(
        self, base: str, namespaces: Mapping[str, str] | None = None, *, strict: bool = False
    ) -> None:
        self.base = base
        self.found: list[Refusal] = []
        self.namespaces = namespaces or {}
        self.strict = strict
        self.is_uri = is_uri if strict else is_loose_uri

    def add(self, code: str, sentence: str, place: str, **data: Any) -> None:
        """Notes a refusal at `place`, a JSON Pointer inside the event."""
        data["pointer"] = self.base + place
        self.found.append(Refusal(code, sentence, MappingProxyType(data)))

    def text(self, value: Any, place: str) -> str | None:
        """A non-empty string of bounded length."""
        if not isinstance(value, str) or not value:
            self.add("field_type", f"{place[1:]} is not a text.", place)
            return None
        if len(value) > MAX_TEXT:
            self.add("value_too_long", f"{place[1:]} is longer than {MAX_TEXT}.", place)
            return None
        return value

    def action(self, value: Any, place: str) -> str:
        if isinstance(value, str) and value in _ACTIONS:
            return value
        self.add("value_invalid", "action is one of ADD, OBSERVE and DELETE.", place)
        return "OBSERVE"

    def time(self, value: Any, place: str) -> datetime | None:
        """A date-time with zone (RFC 3339), in UTC and whole milliseconds."""
        moment = self.moment(value, place)
        return None if moment is None else whole_milliseconds(moment)

    def moment(self, value: Any, place: str) -> datetime | None:
        """A date-time with zone (RFC 3339), in UTC to the microsecond."""
        if isinstance(value, str) and (moment := utc_moment_of(value)):
            return moment
        name = place.rpartition("/")[2]
        self.add(
            "time_invalid",
            f"{name} is not a date and time with zone, such as 2026-11-20T21:00:00.000Z.",
            place,
        )
        return None

    def offset(self, value: Any, place: str) -> str:
        if isinstance(value, str) and OFFSET.fullmatch(value):
            return value
        self.add(
            "offset_invalid",
            "eventTimeZoneOffset is a sign, hours and minutes, from -14:00 to +14:00.",
            place,
        )
        return "+00:00"

    def word(self, value: Any, words: Vocabulary, place: str) -> str | None:
        """A CBV word in any spelling, or a URI of somebody else's vocabulary."""
        if not isinstance(value, str):
            self.add("field_type", f"{place[1:]} is not a text.", place)
            return None
        if value in words.words:
            return value
        # A document may give another meaning to `cbv:` and `gs1:`.
        full = self.expanded(value)
        bare = words.bare(full)
        if self.strict and value.startswith(words.closed):
            self.add("value_invalid", f"In JSON this word is written {bare!r}.", place)
            return None
        if bare in words.words:
            return bare
        if _fits(full) and self.is_uri(value) and (full == value or is_loose_uri(full)):
            return words.one_form(full)
        self.add(
            "value_invalid",
            f"{value[:60]!r} is neither a word of the Core Business Vocabulary nor a URI.",
            place,
        )
        return None

    def uri(self, value: Any, place: str) -> str | None:
        """An absolute URI, with its prefix written out."""
        text = self.text(value, place)
        if text is None:
            return None
        if not self.is_uri(text):
            self.add("uri_invalid", f"{text[:80]!r} is not a URI.", place)
            return None
        full = self.expanded(text)
        if full != text and not is_loose_uri(full):
            sentence = f"{text[:80]!r} is not a URI when its prefix is written out."
            self.add("uri_invalid", sentence, place)
            return None
        if not _fits(full):
            self.add("value_too_long", f"{place[1:]} is longer than {MAX_TEXT} octets.", place)
            return None
        return full

    def expanded(self, text: str) -> str:
        """`ex:step` in full where the document declares `ex` (JSON-LD 1.1 §4.1.5)."""
        if self.namespaces:
            prefix, _, local = text.partition(":")
            if prefix in self.namespaces and not local.startswith("//"):
                return self.namespaces[prefix] + local
        return text

    def own_fields(self, obj: Mapping[str, Any], known: Any, place: str) -> dict[str, Any]:
        """The fields of an object that are not in `known`: extensions, whose names are URIs."""
        found = {}
        for name in obj:
            if name not in known:
                if ":" in name and self.is_uri(name):
                    found[name] = obj[name]
                else:
                    self.add(
                        "field_unknown",
                        f"There is no field {name} here; fields of your own need a prefix, such as "
                        "my:field.",
                        place + step(name),
                    )
        return found

    def items(self, value: Any, place: str, *, least: int = 0) -> Iterator[tuple[str, Any]]:
        """The places and values of a list with at least `least` entries."""
        if not isinstance(value, list):
            self.add("field_type", f"{place[1:]} is a list.", place)
        elif len(value) < least:
            self.add("field_missing", f"{place[1:]} is empty.", place)
        else:
            for index, item in enumerate(value):
                yield f"{place}/{index}", item

    def obj(self, value: Any, place: str, *required: str) -> dict[str, Any] | None:
        """An object that has the `required` fields."""
        if not isinstance(value, dict):
            self.add("field_type", f"{place[1:]} is an object.", place)
            return None
        for name in required:
            if name not in value:
                self.add("field_missing", f"{name} is missing.", f"{place}/{name}")
        return value

    def context(self, value: Any, place: str) -> None:
        """An `@context` is a URI, an object, or a list of different ones."""
        listed = value if isinstance(value, list) else [value]
        for index, part in enumerate(listed):
            inner = f"{place}/{index}" if isinstance(value, list) else place
            if not isinstance(part, dict):
                self.uri(part, inner)
            if part in listed[:index]:
                self.add("value_repeated", "This context is listed twice.", inner)

    def epcs(self, value: Any, place: str) -> tuple[str, ...]:
        """A list of keys, in normal form and in document order."""
        if not isinstance(value, list):
            self.add("field_type", f"{place[1:]} is a list.", place)
            return ()
        match, good = _SGTIN.fullmatch, _good_key
        found = []
        for index, item in enumerate(value):
            # The usual key, spelled the usual way, costs one regular expression and one look-up.
            if isinstance(item, str) and match(item) and good(item[_SGTIN_GTIN]):
                found.append(item)
            else:
                key = self.key(item, f"{place}/{index}")
                if key is not None:
                    found.append(key)
        return tuple(found)

    def unique_epcs(self, value: Any, place: str) -> tuple[str, ...]:
        """As `epcs`, and no text stands there twice. Two spellings of one key are left to custody to
        refuse: XML allows them, and the event hash counts both."""
        found = self.epcs(value, place)
        if self.strict and len(set(found)) != len(found):
            seen: set[str] = set()
            for index, epc in enumerate(value):
                if isinstance(epc, str) and epc in seen:
                    self.add("epc_repeated", f"{epc} is listed twice.", f"{place}/{index}", epc=epc)
                elif isinstance(epc, str):
                    seen.add(epc)
        return found

    def key(self, value: Any, place: str) -> str | None:
        """A URI in normal form; if it carries a GS1 key, its check digit and characters hold."""
        text = self.uri(value, place)
        if text is None:
            return None
        plain = _PLAIN_KEY.fullmatch(text)
        if plain and has_good_check_digit(plain[1] or plain[2]):
            return text
        uri, code, sentence = _examine(text)
        if code:
            self.add("epc_invalid", sentence, place, reason=code, epc=text)
            return None
        return uri

    def free_form(self, value: dict[str, Any], place: str) -> str:
        """The JSON text of extensions, which may hold anything that can be stored and hashed."""
        if not _is_free_form(value):
            self.add("value_invalid", _FREE_FORM, place)
            return ""
        return json.dumps(value, ensure_ascii=False)

    def around(self, document: Any, events: list[Any]) -> None:
        """What stands around the events of a document is free, as extensions are."""
        if not _is_free_form(document, but=events):
            self.add("value_invalid", _FREE_FORM, "")


def _is_free_form(value: Any, *, but: list[Any] | None = None) -> bool:
    """Of parsed JSON, level by level: it may be nested deeper than functions may call each other. The list `but` is
    not looked into."""
    texts: list[str] = []
    level, depth = [value], 0
    while level:
        depth += 1
        if depth == MAX_DEPTH:  # none of these is empty: what they hold stands one level deeper
            return False
        deeper: list[Any] = []
        for holder in level:
            if type(holder) is dict:
                texts += holder
                items = holder.values()
            else:
                items = holder
            for item in items:
                kind = type(item)  # of what was parsed: exact, and a third quicker than isinstance
                if kind is str:
                    texts.append(item)
                elif kind is dict or kind is list:
                    if item and item is not but:
                        deeper.append(item)
                elif kind is float and not isfinite(item):
                    return False
        level = deeper
    return storable("".join(texts))
