"""The log of the vectors in yearly shards: a pack that lives over New Year, and what is wrong with some such bundles."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from pharmatrace.kernel.evidence import statement as st
from pharmatrace.kernel.evidence.bundle import (
    Bundle,
    EventEvidence,
    JournalAnchor,
    LogIdentity,
    Shard,
    write_bundle,
)
from pharmatrace.kernel.tlog.cosignature import CosignatureVerifier, Cosigner
from pharmatrace.kernel.tlog.note import Signer
from pharmatrace.kernel.tlog.proofs import inclusion_path
from pharmatrace.kernel.tlog.tree import root_of
from tests.vectors.log import (
    DESTROYED,
    MIA,
    ORIGIN,
    PACK,
    REGISTRAR,
    START,
    Log,
    event,
    key,
    key_facts,
    kid,
    make_bundle,
    make_log,
    public,
    seed,
)
from tests.vectors.rotated import rotate, signer


def turn(old: Log, year: int, *, name: str = "log", by: str = "registrar", **other: Any) -> Log:
    """The shard of this year, with its genesis. `name` is the key that `old` ended with; `other` are facts that say
    something else than they should."""
    origin = f"{ORIGIN}/{year}"
    size = len(old.entries)
    facts: dict[str, Any] = {
        "origin": origin,
        "log_key": signer(name, origin).verifier.vkey(),
        "registrar": public(by),
        "registrar_kid": kid(by),
        "time": f"{year}-01-01T00:00:00+00:00",
        "predecessor": old.origin,
        "predecessor_size": size,
        "predecessor_root": root_of(old.leaves),
        "first": old.first + size,
    } | other
    log = Log(
        signer=Signer.from_seed(origin, seed(name)), heads=old.heads, origin=origin,
        first=facts["first"],
    )  # fmt: skip
    log.state(st.EntryType.GENESIS, by, REGISTRAR, "registry:genesis", list(facts.items()))
    return log


def shard(log: Log) -> Shard:
    """A shard at its end: the witness cosigned its final checkpoint, the journal has it."""
    size = len(log.entries)
    witness = Cosigner("witness.example/w1", key("witness"), START + 3600)
    return Shard(
        log=LogIdentity(
            log.origin,
            log.signer_at(size).verifier.vkey(),
            (CosignatureVerifier("witness.example/w1", public("witness")).vkey(),),
        ),
        checkpoint=log.checkpoint(size, witness),
        genesis=log.show(log.first),
        anchors=(JournalAnchor(log.checkpoint(size)),),
        log_keys=tuple(log.show(log.first + index) for index, _ in log.later),
    )


def bundle_over(shards: Sequence[Log], events: Sequence[EventEvidence]) -> Bundle:
    """The pack's history in the first shard, and `events` after it."""
    before, newest = make_bundle(shards[0]), shard(shards[-1])
    return replace(
        before,
        log=newest.log, checkpoint=newest.checkpoint, genesis=newest.genesis,
        anchors=newest.anchors, log_keys=newest.log_keys,
        events=(*before.events, *events),
        shards=tuple(shard(one) for one in shards[:-1]),
    )  # fmt: skip


def over_two_years(**how: Any) -> Bundle:
    """Entries 0 to 8 in one shard; 9, the genesis of the next, and 10, which destroys the pack. Both keys were registered
    in the year before. `how` is done to the turn."""
    old = make_log()
    new = turn(old, 2024, **how)
    destroyed = event(new, "mia", MIA, DESTROYED, PACK)
    return bundle_over([old, new], [new.show(destroyed, PACK)])


def over_three_years(*, without: bool = False, by: str = "registrar") -> Bundle:
    """The log's key changes in the first year, as entry 9, and in the second, as entry 11, in which nothing happens to
    the pack; entry 13 destroys it in the third."""
    old = make_log()
    rotate(old, signer("log 2"))
    middle = turn(old, 2024, name="log 2")
    rotate_in(middle, "log 3", by=by)
    new = turn(middle, 2025, name="log 3")
    destroyed = event(new, "mia", MIA, DESTROYED, PACK)
    bundle = bundle_over([old, middle, new], [new.show(destroyed, PACK)])
    return replace(bundle, shards=bundle.shards[:1]) if without else bundle


def rotate_in(log: Log, name: str, *, by: str) -> None:
    rotate(log, signer(name, log.origin), by=by)
    index, new = log.later.pop()
    log.later.append((index - log.first, new))  # which sizes it signs is counted in the shard


def stolen_in_the_next_year() -> Bundle:
    """Mia's key is reported stolen in the year after its registration; what stands from entry 10 on is doubted."""
    old = make_log()
    new = turn(old, 2024)
    destroyed = event(new, "mia", MIA, DESTROYED, PACK)
    report = [*key_facts("mia", MIA, "stolen"), ("since", START + 30 * 3600), ("from_entry", 10)]
    told = new.state(st.EntryType.REGISTRY, "registrar", REGISTRAR, "registry:5", report)
    bundle = bundle_over([old, new], [new.show(destroyed, PACK)])
    mia, dan = bundle.keys
    return replace(bundle, keys=(replace(mia, stolen=new.show(told)), dan))


def goes_on_after_its_end() -> Bundle:
    """The old shard is sealed on after the next one began: an entry behind its final size."""
    old = make_log()
    bundle = bundle_over([old, turn(old, 2024)], [])
    behind = event(old, "mia", MIA, DESTROYED, PACK)
    return replace(bundle, events=(*bundle.events, old.show(behind, PACK)))


def final_of_a_smaller_size() -> Bundle:
    """A checkpoint of the old shard that is good, and not the final one."""
    bundle, old = over_two_years(), make_log()
    early = replace(
        bundle.shards[0], checkpoint=old.checkpoint(8), anchors=(),
        genesis=replace(old.show(0), path=tuple(inclusion_path(old.leaves[:8], 0))),
        log=replace(bundle.shards[0].log, witnesses=()),
    )  # fmt: skip
    return replace(bundle, shards=(early,))


def final_of_another_log() -> Bundle:
    """The final checkpoint of a log with another origin and key stands for that of the old shard."""
    other = turn(make_log(), 2023, name="stan")
    bundle = over_two_years()
    return replace(
        bundle,
        shards=(replace(bundle.shards[0], checkpoint=other.checkpoint(1), anchors=()),),
    )


def key_of_nobody() -> Bundle:
    """The next shard begins with a key that the old one did not end with."""
    return over_two_years(name="stan")


def _edited(
    change: Callable[[dict[str, Any]], object], build: Callable[[], Bundle] = over_two_years
) -> bytes:
    document = json.loads(write_bundle(build()))
    change(document)
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _anchor_of_the_next(document: dict[str, Any]) -> None:
    document["shards"][0]["anchors"] = document["anchors"]


YEARS: dict[str, tuple[str, Callable[[], bytes]]] = {
    # file name: (name of the failing check, how the file is made)
    "years-shard-left-out": ("predecessor", lambda: write_bundle(over_three_years(without=True))),
    "years-shards-swapped": (
        "predecessor", lambda: _edited(lambda d: d["shards"].reverse(), over_three_years),
    ),
    "years-all-older-shards-left-out": (
        "inclusion", lambda: _edited(lambda d: d.pop("shards")),
    ),
    "years-predecessor-of-another-origin": (
        "predecessor", lambda: write_bundle(over_two_years(predecessor=ORIGIN + "x")),
    ),
    "years-predecessor-of-another-size": (
        "predecessor", lambda: write_bundle(over_two_years(predecessor_size=8)),
    ),
    "years-predecessor-of-another-root": (
        "predecessor", lambda: write_bundle(over_two_years(predecessor_root=bytes(32))),
    ),
    "years-counts-on-from-another-number": (
        "predecessor", lambda: write_bundle(over_two_years(first=8)),
    ),
    "years-genesis-of-a-first-shard": (
        "predecessor", lambda: write_bundle(_with_genesis_of_a_first_shard()),
    ),
    "years-another-registrar": ("predecessor", lambda: write_bundle(over_two_years(by="stan"))),
    "years-key-of-nobody": ("predecessor", lambda: write_bundle(key_of_nobody())),
    "years-final-checkpoint-is-an-earlier-one": (
        "predecessor", lambda: write_bundle(final_of_a_smaller_size()),
    ),
    "years-final-checkpoint-of-another-log": (
        "checkpoint", lambda: write_bundle(final_of_another_log()),
    ),
    "years-entry-behind-the-final-size": (
        "inclusion", lambda: write_bundle(goes_on_after_its_end()),
    ),
    "years-cosignature-of-the-old-shard-missing": (
        "cosignature", lambda: _edited(_without_cosignature),
    ),
    "years-anchor-of-another-shard": ("anchor", lambda: _edited(_anchor_of_the_next)),
    "years-key-named-by-stranger-in-an-old-shard": (
        "succession", lambda: write_bundle(over_three_years(by="stan")),
    ),
    "years-shards-empty": ("format", lambda: _edited(lambda d: d["shards"].clear())),
    "years-shards-is-null": ("format", lambda: _edited(lambda d: d.update(shards=None))),
    "years-shard-with-keys": ("format", lambda: _edited(lambda d: d["shards"][0].update(keys=[]))),
    "years-shard-without-anchors": (
        "format", lambda: _edited(lambda d: d["shards"][0].pop("anchors")),
    ),
    "years-log-keys-of-a-shard-empty": (
        "format", lambda: _edited(lambda d: d["shards"][0].update(log_keys=[])),
    ),
}  # fmt: skip


def _with_genesis_of_a_first_shard() -> Bundle:
    """The genesis of the next shard hides what number it has, and stands there as entry 0."""
    bundle = over_two_years()
    facts = tuple(fact for fact in bundle.genesis.facts if fact.name != "first")
    genesis = replace(bundle.genesis, facts=facts, index=0)
    return replace(bundle, genesis=genesis)


def _without_cosignature(document: dict[str, Any]) -> None:
    note = document["shards"][0]["checkpoint"]
    document["shards"][0]["checkpoint"] = note[: note.rindex("— ")]
