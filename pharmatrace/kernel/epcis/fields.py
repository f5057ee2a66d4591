"""The fields of an EPCIS event in JSON, read one by one: each method returns the value in its one
spelling, or notes a refusal with the JSON Pointer and returns something harmless.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from pharmatrace.kernel.epcis.model import whole_milliseconds
from pharmatrace.kernel.epcis.vocabulary import Vocabulary
from pharmatrace.kernel.gs1.check_digit import has_good_check_digit
from pharmatrace.kernel.gs1.digital_link import open_link
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.gs1.normal_form import normal_uri
from pharmatrace.kernel.refusal import Refusal

MAX_TEXT = 2048
MAX_DEPTH = 32

_ACTIONS = frozenset(["ADD", "OBSERVE", "DELETE"])
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_OFFSET = re.compile(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)", re.ASCII)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x1f\x7f\ud800-\udfff]+")
_SGTIN = re.compile(r"https://id\.gs1\.org/01/(\d{14})/21/[A-Za-z0-9\-._~';=]{1,20}", re.ASCII)
_SGTIN_GTIN = slice(22, 36)
_PLAIN_KEY = re.compile(r"https://id\.gs1\.org/(?:00/(\d{18})|41[47]/(\d{13}))", re.ASCII)
_NOWHEN = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=65536)
def _good_key(key: str) -> bool:
    return has_good_check_digit(key)


@lru_cache(maxsize=16384)
def _examine(text: str) -> tuple[str, str, str]:
    """The normal form of a URI, and code and sentence of what is wrong with the GS1 key in it."""
    uri = normal_uri(text)
    if uri.startswith(ID_STEM):
        for problem in open_link(uri)[1].problems:
            return uri, problem.code, problem.sentence
    elif uri.startswith(("urn:epc:id:", "urn:epc:class:", "urn:epc:idpat:")):
        return uri, "urn_form", f"{text} does not have the form of its scheme."
    return uri, "", ""


def step(name: str) -> str:
    """One step of a JSON Pointer (RFC 6901 §3)."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


class Problems:
    """Reads fields and collects what is wrong with them. `base` points to the event."""

    __slots__ = ("base", "found")

    def __init__(self, base: str) -> None:
        self.base = base
        self.found: list[Refusal] = []

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

    def action(self, obj: Mapping[str, Any]) -> str:
        value = obj.get("action")
        if isinstance(value, str) and value in _ACTIONS:
            return value
        code = "value_invalid" if "action" in obj else "field_missing"
        self.add(code, "action is one of ADD, OBSERVE and DELETE.", "/action")
        return "OBSERVE"

    def time(self, obj: Mapping[str, Any], name: str) -> datetime:
        """A date-time with zone (RFC 3339), in UTC and whole milliseconds."""
        value = obj.get(name)
        if isinstance(value, str) and _TIME.fullmatch(value):
            try:
                return whole_milliseconds(datetime.fromisoformat(value))
            except (ValueError, OverflowError):
                pass
        if name not in obj:
            self.add("field_missing", f"{name} is missing.", f"/{name}")
        else:
            self.add(
                "time_invalid",
                f"{name} is not a date and time with zone, such as 2026-11-20T21:00:00.000Z.",
                f"/{name}",
            )
        return _NOWHEN

    def offset(self, obj: Mapping[str, Any]) -> str:
        value = obj.get("eventTimeZoneOffset")
        if isinstance(value, str) and _OFFSET.fullmatch(value):
            return value
        code = "offset_invalid" if "eventTimeZoneOffset" in obj else "field_missing"
        self.add(
            code,
            "eventTimeZoneOffset is a sign, hours and minutes, from -14:00 to +14:00.",
            "/eventTimeZoneOffset",
        )
        return "+00:00"

    def word(self, obj: Mapping[str, Any], name: str, words: Vocabulary) -> str | None:
        """A CBV word in any spelling, or a URI of somebody else's vocabulary."""
        value = obj.get(name)
        if value is None and name not in obj:
            return None
        return self._word(value, words, f"/{name}")

    def _word(self, value: Any, words: Vocabulary, place: str) -> str | None:
        if not isinstance(value, str):
            self.add("field_type", f"{place[1:]} is not a text.", place)
            return None
        bare = words.bare(value)
        if bare in words.words or (len(value) <= MAX_TEXT and _URI.fullmatch(value)):
            return bare
        self.add(
            "value_invalid",
            f"{value[:60]!r} is neither a word of the Core Business Vocabulary nor a URI.",
            place,
        )
        return None

    def uri(self, obj: Mapping[str, Any], name: str) -> str | None:
        value = obj.get(name)
        if value is None and name not in obj:
            return None
        return self._uri(value, f"/{name}")

    def _uri(self, value: Any, place: str) -> str | None:
        text = self.text(value, place)
        if text is None:
            return None
        if not _URI.fullmatch(text):
            self.add("uri_invalid", f"{text[:80]!r} is not a URI.", place)
            return None
        return text

    def place(self, obj: Mapping[str, Any], name: str) -> str | None:
        """The `id` of a read point or business location, in normal form."""
        value = obj.get(name)
        if value is None and name not in obj:
            return None
        if not isinstance(value, dict) or "id" not in value:
            self.add("field_type", f"{name} is an object with an id.", f"/{name}")
            return None
        for key in value:
            if key != "id":
                self.add("field_unsupported", f"{name} has only an id.", f"/{name}" + step(key))
        return self._key(value["id"], f"/{name}/id")

    def pairs(
        self, obj: Mapping[str, Any], name: str, member: str, words: Vocabulary
    ) -> tuple[tuple[Any, str], ...]:
        """Sources, destinations or transactions: pairs of type and URI."""
        if name not in obj:
            return ()
        if not isinstance(obj[name], list):
            self.add("field_type", f"{name} is a list.", f"/{name}")
            return ()
        found = []
        for index, item in enumerate(obj[name]):
            pair = self._pair(item, member, words, f"/{name}/{index}")
            if pair:
                found.append(pair)
        return tuple(found)

    def _pair(
        self, item: Any, member: str, words: Vocabulary, place: str
    ) -> tuple[str | None, str] | None:
        if not isinstance(item, dict):
            self.add("field_type", f"An entry with type and {member} is an object.", place)
            return None
        for key in item:
            if key not in ("type", member):
                self.add("field_unknown", f"There is no field {key} here.", place + step(key))
        kind = self._word(item["type"], words, f"{place}/type") if "type" in item else None
        if "type" not in item and member != "bizTransaction":
            self.add("field_missing", "The type is missing.", f"{place}/type")
        uri = self._key(item.get(member), f"{place}/{member}")
        return None if uri is None else (kind, uri)

    def epc(self, obj: Mapping[str, Any], name: str) -> str | None:
        """One key of an object, in normal form."""
        return self._key(obj[name], f"/{name}") if name in obj else None

    def epcs(self, obj: Mapping[str, Any], name: str, *, required: bool) -> tuple[str, ...]:
        """A list of different keys, in normal form and in document order."""
        values = obj.get(name)
        if values is None:
            if required:
                self.add("field_missing", f"{name} is missing.", f"/{name}")
            return ()
        if not isinstance(values, list):
            self.add("field_type", f"{name} is a list.", f"/{name}")
            return ()
        match, good = _SGTIN.fullmatch, _good_key
        found = []
        for index, value in enumerate(values):
            # The usual key, spelled the usual way, costs one regular expression and one look-up.
            if isinstance(value, str) and match(value) and good(value[_SGTIN_GTIN]):
                found.append(value)
            else:
                key = self._key(value, f"/{name}/{index}")
                if key is not None:
                    found.append(key)
        if len(set(found)) != len(found):
            self._note_repeated(found, name)
        if required and not values and name == "childEPCs":
            self.add("field_missing", f"{name} is empty.", f"/{name}")
        return tuple(found)

    def _note_repeated(self, epcs: list[str], name: str) -> None:
        seen: set[str] = set()
        for index, epc in enumerate(epcs):
            if epc in seen:
                self.add("epc_repeated", f"{epc} is listed twice.", f"/{name}/{index}", epc=epc)
            seen.add(epc)

    def _key(self, value: Any, place: str) -> str | None:
        """A URI in normal form; if it carries a GS1 key, its check digit and characters hold."""
        text = self._uri(value, place)
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

    def ilmd(self, obj: Mapping[str, Any]) -> dict[str, Any]:
        """Instance and lot master data: an object whose fields all have a prefix."""
        value = obj.get("ilmd")
        if value is None and "ilmd" not in obj:
            return {}
        if not isinstance(value, dict):
            self.add("field_type", "ilmd is an object.", "/ilmd")
            return {}
        for name in value:
            if ":" not in name:
                self.add("field_unknown", f"{name} in ilmd needs a prefix.", "/ilmd" + step(name))
        return value

    def free_form(self, value: dict[str, Any], place: str) -> str:
        """The JSON text of extensions, which may hold anything that can be stored and hashed."""
        try:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False)
            text.encode()
            if _depth(value) <= MAX_DEPTH and "\\u0000" not in text:
                return text
        except (ValueError, RecursionError):
            pass
        self.add(
            "value_invalid",
            "Extensions hold numbers, texts without NUL, lists and objects, at most "
            f"{MAX_DEPTH} levels deep.",
            place,
        )
        return ""


def _depth(value: Any) -> int:
    """How many lists and objects stand inside each other in `value`."""
    depth, level = 0, [value]
    while level and depth <= MAX_DEPTH:
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        depth, level = depth + 1, inner
    return depth
