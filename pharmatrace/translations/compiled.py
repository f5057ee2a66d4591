"""What is made from a `.po` file: the `.mo` that gettext reads, and the words of our browser modules as JSON. Pure."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence

from pharmatrace.translations.po import Entry

MAGIC = 0x950412DE


def mo(entries: Sequence[Entry]) -> bytes:
    """The `.mo` file (GNU gettext manual, “The Format of GNU MO Files”), without a hash table; the same for the same
    entries. What is not translated, or only guessed (fuzzy), is left out."""
    pairs = sorted(
        (_key(one).encode(), "\0".join(one.said).encode())
        for one in entries
        if all(one.said) and not one.fuzzy
    )
    head = 28
    ids_at = head + 16 * len(pairs)
    said_at = ids_at + sum(len(key) + 1 for key, _ in pairs)
    ids, said = (
        _table([key for key, _ in pairs], ids_at),
        _table([one for _, one in pairs], said_at),
    )
    start = struct.pack("<7I", MAGIC, 0, len(pairs), head, head + 8 * len(pairs), 0, head)
    words = b"".join(key + b"\0" for key, _ in pairs) + b"".join(one + b"\0" for _, one in pairs)
    return start + ids + said + words


def words_json(entries: Sequence[Entry]) -> str:
    """For `static/js/evidence/words.js`: each sentence by its English, or both forms of it as a list."""
    told = {
        one.id: list(one.said) if one.plural else one.said[0]
        for one in entries
        if one.id and all(one.said)
    }
    return json.dumps(told, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def _key(entry: Entry) -> str:
    key = f"{entry.context}\x04{entry.id}" if entry.context is not None else entry.id
    return f"{key}\0{entry.plural}" if entry.plural is not None else key


def _table(texts: Sequence[bytes], at: int) -> bytes:
    out = b""
    for text in texts:
        out += struct.pack("<2I", len(text), at)
        at += len(text) + 1
    return out
