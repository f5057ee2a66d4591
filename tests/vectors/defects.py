"""Defects that need no key: a good bundle's file, changed in one place. Each name says what is wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
Edit = Callable[[Document], object]


def _put(*where: Any) -> Edit:
    """Sets the field at the place to the last argument."""
    *steps, name, value = where

    def edit(document: Any) -> None:
        for step in steps:
            document = document[step]
        document[name] = value

    return edit


def _change(*where: Any) -> Edit:
    """Sets the field at the place to what the last argument, a function, makes of it."""
    *steps, name, made = where

    def edit(document: Any) -> None:
        for step in steps:
            document = document[step]
        document[name] = made(document[name])

    return edit


def _octets(change: Callable[[bytearray], object]) -> Callable[[str], str]:
    """Changes the bytes behind a base64 text."""

    def made(text: str) -> str:
        raw = bytearray(base64.b64decode(text))
        change(raw)
        return base64.b64encode(raw).decode()

    return made


def _flip(at: int) -> Callable[[str], str]:
    return _octets(lambda raw: raw.__setitem__(at, raw[at] ^ 1))


def _line(number: int, made: Callable[[str], str]) -> Callable[[str], str]:
    def of_note(note: str) -> str:
        lines = note.split("\n")
        lines[number] = made(lines[number])
        return "\n".join(lines)

    return of_note


def _signature(made: Callable[[str], str]) -> Callable[[str], str]:
    def of_line(line: str) -> str:
        dash, name, text = line.split(" ")
        return f"{dash} {name} {made(text)}"

    return of_line


def _exchange(items: list[Any]) -> list[Any]:
    return [items[1], items[0], *items[2:]]


def _fact_twice(document: Document) -> None:
    facts = document["events"][0]["facts"]
    facts.append(facts[0])


def _genesis_elsewhere(document: Document) -> None:
    document["genesis"] = document["keys"][0]["event"] | {"type": 0}


def _revoked_before(document: Document) -> None:
    key = document["keys"][1]
    key["event"], key["revoked"] = key["revoked"], key["event"]


def _key_of_another(document: Document) -> None:
    mia, dan = document["keys"][:2]
    mia["public_key"], mia["kid"] = dan["public_key"], dan["kid"]


def _replayed_signature(document: Document) -> None:
    document["events"][0]["signature"] = document["events"][1]["signature"]


def _another_containers_event(document: Document) -> None:
    """The event that packs is left out: the case's events hang in the air, and the pack's chain has a gap."""
    del document["events"][1:4]


EDITS: dict[str, tuple[str, Edit]] = {
    # file name: (name of the failing check, what is done to the good regulator's bundle)
    "field-missing": ("format", lambda d: d["events"][2].pop("path")),
    "field-is-null": ("format", _put("genesis", None)),
    "field-of-another-type": ("format", _put("events", 0, "index", "3")),
    "number-is-negative": ("format", _put("events", 0, "index", -3)),
    "number-is-true": ("format", _put("keys", 0, "event", "index", True)),
    "number-over-63-bits": ("format", _put("events", 4, "index", 1 << 63)),
    "fact-number-over-64-bits": ("format", _put("events", 0, "facts", 0, "value", 1 << 64)),
    "fact-value-nested-too-deep": (
        "format",
        _put("events", 0, "facts", 0, "value", json.loads("[" * 10 + "]" * 10)),
    ),
    "fact-value-an-object": ("format", _put("events", 0, "facts", 0, "value", {"hex": "00"})),
    "text-with-lone-surrogate": ("format", _put("events", 0, "facts", 0, "value", "\ud800")),
    "text-empty": ("format", _put("events", 0, "facts", 0, "name", "")),
    "base64-without-padding": (
        "format",
        _change("events", 0, "facts_root", lambda text: text.rstrip("=")),
    ),
    "base64-with-line-break": (
        "format",
        _change("events", 0, "facts_root", lambda text: text[:20] + "\n" + text[20:]),
    ),
    "base64-of-url-alphabet": ("format", _put("events", 0, "facts_root", "-_" * 21 + "8=")),
    "base64-not-canonical": (
        "format",
        _change("events", 0, "facts", 0, "salt", lambda t: t[:21] + chr(ord(t[21]) + 1) + "=="),
    ),
    "salt-too-short": (
        "format",
        _change("events", 0, "facts", 0, "salt", _octets(lambda raw: raw.pop())),
    ),
    "hash-too-long": ("format", _change("events", 0, "path", 0, _octets(lambda raw: raw.append(0)))),
    "step-without-side": (
        "format",
        _change("events", 0, "facts", 0, "path", 0, lambda step: step.partition(":")[2]),
    ),
    "disclosure-unknown": ("format", _put("disclosure", "everything")),
    "anchor-of-unknown-kind": ("format", _put("anchors", 0, "kind", "rumour")),
    "entry-of-another-type": ("format", _put("events", 0, "type", 2)),
    "event-without-facts": ("format", _put("events", 0, "facts", [])),
    "event-twice": ("format", _change("events", lambda events: [events[0], *events])),
    "events-out-of-order": ("format", _change("events", _exchange)),
    "statement-shown-and-hidden": ("format", _put("events", 0, "signature", "digest", "A" * 43 + "=")),
    "log-key-without-id": ("log key", _change("log", "vkey", lambda vkey: vkey.replace("+", "-", 1))),
    "log-key-id-altered": (
        "log key",
        _change("log", "vkey", lambda vkey: vkey.replace(vkey.split("+")[1], "00000000")),
    ),
    "log-key-of-a-witness": ("log key", lambda d: d["log"].update(vkey=d["log"]["witnesses"][0])),
    "origin-of-another-log": ("checkpoint", _put("log", "origin", "pharmatrace.example/log2")),
    "checkpoint-root-altered": ("checkpoint", _change("checkpoint", _line(2, _flip(0)))),
    "checkpoint-origin-altered": (
        "checkpoint",
        _change("checkpoint", _line(0, lambda line: line + "x")),
    ),
    "checkpoint-signature-altered": ("checkpoint", _change("checkpoint", _line(4, _signature(_flip(9))))),
    "checkpoint-signature-missing": (
        "checkpoint",
        _change("checkpoint", lambda note: "\n".join([*note.split("\n")[:4], *note.split("\n")[5:]])),
    ),
    "checkpoint-without-blank-line": (
        "checkpoint",
        _change("checkpoint", lambda note: note.replace("\n\n", "\n")),
    ),
    "checkpoint-with-control-character": ("checkpoint", _change("checkpoint", _line(2, lambda line: line + "\r"))),
    "checkpoint-without-last-newline": ("checkpoint", _change("checkpoint", lambda note: note[:-1])),
    "cosignature-altered": ("checkpoint", _change("checkpoint", _line(5, _signature(_flip(20))))),
    "cosignature-time-altered": ("checkpoint", _change("checkpoint", _line(5, _signature(_flip(11))))),
    "cosignature-missing": (
        "cosignature",
        _change("checkpoint", lambda note: "\n".join([*note.split("\n")[:5], ""])),
    ),
    "witness-twice": ("checkpoint", _change("log", "witnesses", lambda all: all * 2)),
    "anchor-signature-altered": ("anchor", _change("anchors", 1, "checkpoint", _line(4, _signature(_flip(9))))),
    "anchor-path-too-short": ("anchor", lambda d: d["anchors"][1]["path"].pop()),
    "anchor-path-too-long": ("anchor", lambda d: d["anchors"][1]["path"].append("A" * 43 + "=")),
    "fact-twice": ("fact", _fact_twice),
    "fact-of-another-event": (
        "fact",
        lambda d: d["events"][0]["facts"].append(d["events"][1]["facts"][0]),
    ),
    "fact-text-turned-number": ("fact", _put("events", 0, "facts", 8, "value", 7)),
    "fact-path-too-short": ("fact", lambda d: d["events"][0]["facts"][0]["path"].pop()),
    "log-path-too-short": ("inclusion", lambda d: d["events"][0]["path"].pop()),
    "log-path-too-long": ("inclusion", lambda d: d["events"][0]["path"].append("A" * 43 + "=")),
    "log-index-beyond-the-tree": ("inclusion", _put("events", 4, "index", 9_000)),
    "signature-salt-altered": ("inclusion", _change("events", 0, "signature", "salt", _flip(0))),
    "statement-octet-altered": ("signature", _change("events", 0, "signature", "cose", _flip(-1))),
    "statement-with-octet-behind": (
        "signature",
        _change("events", 0, "signature", "cose", _octets(lambda raw: raw.append(0))),
    ),
    "statement-without-tag": (
        "signature",
        _change("events", 0, "signature", "cose", _octets(lambda raw: raw.pop(0))),
    ),
    "statement-in-longer-encoding": (
        "signature",
        # The empty unprotected header as a map of length 0 in two octets.
        _change("events", 0, "signature", "cose", lambda text: base64.b64encode(
            base64.b64decode(text).replace(b"\xa0\x58\x20", b"\xb8\x00\x58\x20")).decode()),
    ),
    "statement-of-another-event": ("signature", _replayed_signature),
    "genesis-is-another-entry": ("inclusion", _genesis_elsewhere),
    "genesis-statement-hidden": (
        "inclusion",
        _put("genesis", "signature", {"digest": "A" * 43 + "="}),
    ),
    "key-twice": ("key", lambda d: d["keys"].append(d["keys"][0])),
    "key-of-another-organisation": ("key", _key_of_another),
    "key-identifier-altered": ("key", _change("keys", 0, "kid", _flip(0))),
    "key-ended-before-registered": ("key", _revoked_before),
    "first-event-missing": ("chain", lambda d: d["events"].pop(0)),
    "middle-of-history-missing": ("chain", _another_containers_event),
    "no-events": ("subject", _put("events", [])),
}  # fmt: skip

NO_BUNDLE = "no bundle"
"""Not a check: the file is refused as a whole."""

TEXTS: dict[str, tuple[str, Callable[[str], str]]] = {
    # Mostly what JSON libraries let through.
    "not-json": (NO_BUNDLE, lambda text: text[:-2]),
    "field-given-twice": (
        NO_BUNDLE,
        lambda text: text.replace('"package":', '"package": "x",\n "package":', 1),
    ),
    "number-with-fraction": (NO_BUNDLE, lambda text: text.replace('"index": 3', '"index": 3.0')),
    "number-with-exponent": (NO_BUNDLE, lambda text: text.replace('"index": 3', '"index": 3e0')),
    "number-minus-zero": (NO_BUNDLE, lambda text: text.replace('"index": 0', '"index": -0')),
    "number-with-leading-zero": (NO_BUNDLE, lambda text: text.replace('"index": 3', '"index": 03')),
    "number-is-nan": (NO_BUNDLE, lambda text: text.replace('"index": 3', '"index": NaN')),
    "byte-order-mark": (NO_BUNDLE, lambda text: "\ufeff" + text),
    "comma-too-many": (NO_BUNDLE, lambda text: text.replace("\n]", ",\n]", 1).replace("}\n ]", "},\n ]")),
    "control-character-in-text": (NO_BUNDLE, lambda text: text.replace("LOT-7", "LOT\t7")),
    "of-another-version": (NO_BUNDLE, lambda text: text.replace("evidence/1", "evidence/2")),
    "more-after-the-end": (NO_BUNDLE, lambda text: text + "{}"),
}  # fmt: skip
"""The files a verifier must not take for a bundle at all."""
