"""Reads `.po` files (GNU gettext manual, “The Format of PO Files”): as much of them as ours use. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d)\])?)?\s*(".*")')


class NotPo(ValueError):
    """The file is not written as these files are; the line says where."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`said` has one text, or one for each plural form; the header is the entry whose `id` is empty."""

    id: str
    said: tuple[str, ...]
    context: str | None = None
    plural: str | None = None
    fuzzy: bool = False


@dataclass(slots=True)
class _Draft:
    words: dict[str, str] = field(default_factory=dict)
    fuzzy: bool = False
    last: str = ""


def read_po(text: str) -> list[Entry]:
    """The entries in order, with their header. Raises NotPo."""
    return list(_entries(text))


def _entries(text: str) -> Iterator[Entry]:
    draft = _Draft()
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        line = line.strip()
        if line.startswith("#"):
            if draft.words:
                raise NotPo(f"line {number}: entries have an empty line between them")
            draft.fuzzy = draft.fuzzy or (line.startswith("#,") and "fuzzy" in line)
            if line.startswith("#~"):
                raise NotPo(f"line {number}: what is not used any more is removed")
        elif not line:
            if draft.words:
                yield _entry(draft, number)
            draft = _Draft()
        else:
            found = _LINE.fullmatch(line)
            if not found or not (found[1] or draft.last):
                raise NotPo(f"line {number}: {line}")
            draft.last = found[1] or draft.last
            draft.words[draft.last] = draft.words.get(draft.last, "") + ast.literal_eval(found[3])


def _entry(draft: _Draft, number: int) -> Entry:
    words = draft.words
    if "msgid" not in words:
        raise NotPo(f"line {number}: an entry without msgid ends here")
    plural = words.get("msgid_plural")
    names = sorted(name for name in words if name.startswith("msgstr"))
    said = tuple(words[name] for name in names)
    return Entry(words["msgid"], said, words.get("msgctxt"), plural, draft.fuzzy)
