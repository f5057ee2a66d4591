"""Mutated inputs: octets, characters, tokens of the reader's language, JSON trees, splices."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

# Characters that readers treat specially, or should.
_SIGNS = (
    "\x00", "\x1d", "\x1e", "\x04", "\x1f", "\r", "\n", "\t", " ", "^", "(", ")", "\\", "%", "%2F", "%00",
    "/", "//", "?", "#", "&", ";", "=", "+", ":", ".", "..", "*", "-", "_", "~", "'", '"', "<", ">", "]",
    "[", "{", "}", ",", "0", "9", "A", "z", "é", "ſ", "İ", "ß", "\u0660", "²", "Ω", "\ufeff", "\u2028",
    "\U0001f48a", "\ud800", "\udfff", "\xa0", "\x7f", "\x85", "NaN", "1e999", "-0", "null", "true",
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**63, 10**400, -(10**30), 1.5, -0.0, 1e308, 5e-324, "", " ", "x", "\x00",
    "\ud800", "urn:x:1", "https://id.gs1.org/01/04012345111118/21/A", "a:b", ":", "a:", "2026-02-30T00:00:00Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999-14:00", "2026-11-20T21:00:00.0005Z",
    "24:00", "x" * 3000, [], {}, [[]], [{}], {"a": 1}, {"ex:a": {"ex:b": [1, [2]]}}, ["a", "a"], [None],
)  # fmt: skip
_LONGEST = 60_000


def mutate(data: bytes, dice: random.Random, seeds: Sequence[bytes], words: Sequence[str]) -> bytes:
    """`data` changed in one to four places. `seeds` are other inputs to splice with, `words` tokens
    of the reader's language."""
    if data[:1] in b"{[" and dice.random() < 0.7:
        changed = _mutated_json(data, dice, seeds)
        if changed is not None:
            return changed
    text = data.decode("utf-8", "surrogatepass" if dice.random() < 0.5 else "replace") if _is_text(
        data) else None  # fmt: skip
    for _ in range(dice.choice((1, 1, 1, 2, 2, 4))):
        if text is None or dice.random() < 0.15:
            data = dice.choice(_OF_OCTETS)(data, dice, seeds)
            text = data.decode("utf-8", "replace") if text is not None else None
        else:
            text = dice.choice(_OF_TEXT)(text, dice, seeds, words)
            data = text.encode("utf-8", "surrogatepass")
    return data[:_LONGEST]


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _flipped(data: bytes, dice: random.Random, _: Sequence[bytes]) -> bytes:
    if not data:
        return bytes((dice.randrange(256),))
    at = dice.randrange(len(data))
    return data[:at] + bytes((dice.randrange(256),)) + data[at + 1 :]


def _cut(data: bytes, dice: random.Random, _: Sequence[bytes]) -> bytes:
    start, end = sorted((dice.randrange(len(data) + 1), dice.randrange(len(data) + 1)))
    return data[:start] + data[end:]


def _grown(data: bytes, dice: random.Random, _: Sequence[bytes]) -> bytes:
    at = dice.randrange(len(data) + 1)
    return (
        data[:at]
        + dice.choice((b"\xff", b"\x00", b"\xc3", b"\xed\xa0\x80", b"\xfe\xff"))
        + data[at:]
    )


def _spliced(data: bytes, dice: random.Random, seeds: Sequence[bytes]) -> bytes:
    other = dice.choice(seeds)
    return data[: dice.randrange(len(data) + 1)] + other[dice.randrange(len(other) + 1) :]


_OF_OCTETS: tuple[Callable[[bytes, random.Random, Sequence[bytes]], bytes], ...] = (
    _flipped, _cut, _grown, _spliced,
)  # fmt: skip


def _with_word(text: str, dice: random.Random, _: Sequence[bytes], words: Sequence[str]) -> str:
    at = dice.randrange(len(text) + 1)
    end = min(len(text), at + dice.choice((0, 0, 1, 2, 8)))
    return text[:at] + dice.choice(words or _SIGNS) + text[end:]


def _with_sign(text: str, dice: random.Random, _: Sequence[bytes], words: Sequence[str]) -> str:
    at = dice.randrange(len(text) + 1)
    return text[:at] + dice.choice(_SIGNS) + text[at + dice.choice((0, 1)) :]


def _token_changed(
    text: str, dice: random.Random, seeds: Sequence[bytes], words: Sequence[str]
) -> str:
    """One run of letters and digits becomes another, is doubled or goes."""
    tokens = list(re.finditer(r"\w+", text))
    if not tokens:
        return _with_sign(text, dice, seeds, words)
    one, other = dice.choice(tokens), dice.choice(tokens)
    new = dice.choice(
        (other[0], one[0] * 2, "", one[0].swapcase(), one[0].upper(), one[0][::-1],
         one[0] * dice.choice((3, 40)), str(dice.randrange(10**14)))
    )  # fmt: skip
    return text[: one.start()] + new + text[one.end() :]


def _line_changed(
    text: str, dice: random.Random, seeds: Sequence[bytes], words: Sequence[str]
) -> str:
    lines = re.split(r"(?<=[\n>/&\x1d)])", text)
    at = dice.randrange(len(lines))
    what = dice.randrange(4)
    if what == 0:
        del lines[at]
    elif what == 1:
        lines.insert(at, dice.choice(lines))
    elif what == 2:
        other = dice.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at:at] = [lines[at]] * dice.choice((2, 20))
    return "".join(lines)


def _text_spliced(
    text: str, dice: random.Random, seeds: Sequence[bytes], words: Sequence[str]
) -> str:
    other = dice.choice(seeds).decode("utf-8", "replace")
    return text[: dice.randrange(len(text) + 1)] + other[dice.randrange(len(other) + 1) :]


def _digit_changed(
    text: str, dice: random.Random, seeds: Sequence[bytes], words: Sequence[str]
) -> str:
    places = [at for at, sign in enumerate(text) if sign.isdigit()]
    if not places:
        return _with_sign(text, dice, seeds, words)
    at = dice.choice(places)
    return text[:at] + dice.choice("0123456789") + text[at + 1 :]


_OF_TEXT: tuple[Callable[[str, random.Random, Sequence[bytes], Sequence[str]], str], ...] = (
    _with_word, _with_word, _with_sign, _token_changed, _token_changed, _line_changed, _text_spliced,
    _digit_changed,
)  # fmt: skip


def _mutated_json(data: bytes, dice: random.Random, seeds: Sequence[bytes]) -> bytes | None:
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return None
    for _ in range(dice.choice((1, 1, 2, 3))):
        holders = list(_holders(tree))
        if not holders:
            return None
        holder = dice.choice(holders)
        _change(holder, dice, holders, seeds)
    try:
        return json.dumps(tree, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return None


def _holders(tree: Any) -> list[Any]:
    """Every non-empty object and list, however deep."""
    found, level = [], [tree]
    while level and len(found) < 5000:
        one = level.pop()
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        if inner:
            found.append(one)
            level.extend(inner)
    return found


def _change(holder: Any, dice: random.Random, holders: list[Any], seeds: Sequence[bytes]) -> None:
    keys = list(holder) if isinstance(holder, dict) else range(len(holder))
    if not keys:
        return
    key = dice.choice(keys)
    what = dice.randrange(9)
    if what == 0:
        del holder[key]
    elif what == 1:
        holder[key] = copy.deepcopy(dice.choice(_VALUES))
    elif what == 2 and isinstance(holder, dict):
        other = dice.choice([one for one in holders if isinstance(one, dict)])
        name = dice.choice(list(other) or [key])
        holder[name] = json.loads(json.dumps(other.get(name)))
    elif what == 3 and isinstance(holder, dict):
        holder[dice.choice(("ex:a", "@context", "type", "a b", "", ":", "my:List", "ilmd", f"{key}List",
                            "#text", "cbvmda:lotNumber", str(key) + "x"))] = holder.pop(key)  # fmt: skip
    elif what == 4 and isinstance(holder, list):
        holder += [holder[key]] * dice.choice((1, 1, 30))
    elif what == 5:
        value = holder[key]
        for _ in range(dice.choice((1, 2, 40))):
            value = [value] if dice.random() < 0.5 else {"ex:in": value}
        holder[key] = value
    elif what == 6 and isinstance(holder, list):
        dice.shuffle(holder)
    elif isinstance(holder[key], str):
        holder[key] = dice.choice(_OF_TEXT)(holder[key], dice, seeds, _SIGNS)
    else:
        holder[key] = copy.deepcopy(dice.choice(_VALUES))
