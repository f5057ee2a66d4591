"""The log of the vectors with another key: entries that name the next one, and what is wrong with some of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from pharmatrace.kernel.evidence import statement as st
from pharmatrace.kernel.evidence.bundle import Bundle, JournalAnchor, write_bundle
from pharmatrace.kernel.tlog.checkpoint import Checkpoint
from pharmatrace.kernel.tlog.log_keys import DOMAIN, sign_succession
from pharmatrace.kernel.tlog.note import Signer, Verifier, sign_note
from pharmatrace.kernel.tlog.tree import root_of
from tests.vectors.log import (
    DESTROYED,
    MIA,
    ORIGIN,
    PACK,
    REGISTRAR,
    Log,
    event,
    make_bundle,
    make_log,
    seed,
)

Note = Callable[[Signer, Verifier], str]


def signer(name: str, origin: str = ORIGIN) -> Signer:
    return Signer.from_seed(origin, seed(name))


def rotate(
    log: Log,
    new: Signer,
    *,
    note: Note = sign_succession,
    by: str = "registrar",
    without: Sequence[str] = (),
    **other: str,
) -> int:
    """The next entry names `new`. `other` are facts that say something else than they should."""
    old = log.signer_at(len(log.entries))
    facts: dict[str, Any] = {
        "registry": "log_key",
        "origin": log.origin,
        "previous": old.verifier.vkey(),
        "log_key": new.verifier.vkey(),
        "note": note(old, new.verifier),
        "time": "2023-11-14T13:00:00.000Z",
    } | other
    stated = [(name, value) for name, value in facts.items() if name not in without]
    index = log.state(
        st.EntryType.REGISTRY, by, REGISTRAR, f"registry:log-key:{new.key_id.hex()}", stated
    )
    log.later.append((index, new))
    return index


def rotated(**how: Any) -> Bundle:
    """Entry 9 names a second key and entry 11 a third; the pack is destroyed between them. Anchored under the first
    key and the third. `how` is done to the first succession."""
    log = make_log()
    rotate(log, signer("log 2"), **how)
    destroyed = event(log, "mia", MIA, DESTROYED, PACK)
    rotate(log, signer("log 3"))
    bundle = make_bundle(log)
    return replace(bundle, events=(*bundle.events, log.show(destroyed, PACK)))


def by_stranger(old: Signer, new: Verifier) -> str:
    return sign_succession(signer("stan"), new)


def of_another_origin(old: Signer, new: Verifier) -> str:
    return sign_note(f"{DOMAIN}\n{ORIGIN}x\n{new.vkey()}\n", [old])


def of_another_purpose(old: Signer, new: Verifier) -> str:
    return sign_note(f"{DOMAIN}x\n{ORIGIN}\n{new.vkey()}\n", [old])


def for_another_key(old: Signer, new: Verifier) -> str:
    return sign_succession(old, signer("stan").verifier)


def another_name(old: Signer, new: Verifier) -> str:
    return sign_succession(old, signer("log 2", ORIGIN + "x").verifier)


def key_that_comes_back() -> Bundle:
    log = make_log()
    rotate(log, signer("log 2"))
    rotate(log, signer("log"))
    return make_bundle(log)


def _signed_by(log: Log, name: str, size: int) -> str:
    return sign_note(Checkpoint(ORIGIN, size, root_of(log.leaves[:size])).text(), [signer(name)])


def _log() -> Log:
    log = make_log()
    rotate(log, signer("log 2"))
    event(log, "mia", MIA, DESTROYED, PACK)
    return log


def signed_by_replaced_key(*, claimed: str = "log 2") -> Bundle:
    """Somebody kept the first key and signs on with it. `claimed` is the key that the bundle names for its own."""
    log = _log()
    bundle = make_bundle(log)
    mine = replace(bundle.log, vkey=signer(claimed).verifier.vkey(), witnesses=())
    return replace(bundle, log=mine, checkpoint=_signed_by(log, "log", 11), anchors=())


def anchored_by(name: str, size: int) -> Bundle:
    """A checkpoint of this size in the journal, signed with a key that is not the one of that size."""
    log = _log()
    anchor = JournalAnchor(
        _signed_by(log, name, size), log.consistency(size, 11) if size < 11 else ()
    )
    return replace(make_bundle(log), anchors=(anchor,))


def _edited(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(write_bundle(rotated()))
    change(document)
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _broken(make: Callable[..., Bundle], *given: Any, **named: Any) -> Callable[[], bytes]:
    return lambda: write_bundle(make(*given, **named))


ROTATED: dict[str, tuple[str, Callable[[], bytes]]] = {
    # file name: (name of the failing check, how the file is made)
    "log-key-named-by-another-key": ("log key", _broken(rotated, note=by_stranger)),
    "log-key-of-another-origin": ("log key", _broken(rotated, note=of_another_origin)),
    "log-key-note-for-another-purpose": ("log key", _broken(rotated, note=of_another_purpose)),
    "log-key-note-for-another-key": ("log key", _broken(rotated, note=for_another_key)),
    "log-key-of-another-name": ("log key", _broken(rotated, note=another_name)),
    "log-key-entry-without-note": ("log key", _broken(rotated, without=["note"])),
    "log-key-entry-of-another-log": ("log key", _broken(rotated, origin=ORIGIN + "x")),
    "log-key-entry-names-another-key": (
        "log key", _broken(rotated, log_key=signer("stan").verifier.vkey()),
    ),
    "log-key-entry-after-another-key": (
        "log key", _broken(rotated, previous=signer("stan").verifier.vkey()),
    ),
    "log-key-entry-by-stranger": ("succession", _broken(rotated, by="stan")),
    "log-key-comes-back": ("log key", _broken(key_that_comes_back)),
    "log-keys-out-of-order": ("log key", lambda: _edited(lambda d: d["log_keys"].reverse())),
    "log-key-left-out": ("log key", lambda: _edited(lambda d: d["log_keys"].pop(0))),
    "log-keys-left-out": ("genesis", lambda: _edited(lambda d: d.pop("log_keys"))),
    "log-keys-empty": ("format", lambda: _edited(lambda d: d["log_keys"].clear())),
    "log-keys-is-null": ("format", lambda: _edited(lambda d: d.update(log_keys=None))),
    "log-key-entry-of-another-type": (
        "format", lambda: _edited(lambda d: d["log_keys"][0].update(type=1)),
    ),
    "log-key-entry-out-of-the-log": (
        "inclusion", lambda: _edited(lambda d: d["log_keys"][0]["path"].reverse()),
    ),
    "log-key-entry-at-another-place": (
        "inclusion", lambda: _edited(lambda d: d["log_keys"][0].update(index=10)),
    ),
    "checkpoint-by-replaced-key": ("checkpoint", _broken(signed_by_replaced_key)),
    "checkpoint-and-bundle-by-replaced-key": (
        "log key", _broken(signed_by_replaced_key, claimed="log"),
    ),
    "anchor-by-replaced-key": ("anchor", _broken(anchored_by, "log", 11)),
    "anchor-by-key-before-its-time": ("anchor", _broken(anchored_by, "log 2", 9)),
}  # fmt: skip
