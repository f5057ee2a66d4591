"""Checks of a package's history: every event speaks of it, and its facts form one chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pharmatrace.kernel.evidence.disclosure import PUBLIC_FACTS
from pharmatrace.kernel.evidence.facts import PACKAGE, PackageFact, fact_leaf
from pharmatrace.kernel.evidence.findings import Findings
from pharmatrace.kernel.evidence.shown import (
    Bundle,
    Disclosure,
    EventEvidence,
    HiddenStatement,
)

CONTAINER = "container"
"""The fact that names the container when an event packs into it or unpacks from it."""

DECLARES = "declares"
"""The fact of a declaration that names, by its facts root, the statement that was wrong."""

GOODS = frozenset(("product", "lot", "expiry", "manufacturer"))
"""What a commission says of the packages in it; a reader takes it for said of the bundle's package."""


@dataclass(frozen=True, slots=True)
class Link:
    """One package fact where it stands in the bundle, with its leaf hash."""

    fact: PackageFact
    leaf: bytes
    place: str
    at: int  # number of its event in the bundle


def check_history(bundle: Bundle, findings: Findings) -> None:
    """The subject's chain is whole from its first fact; other packages' chains where shown. A bundle about an
    event has no chain of its own."""
    chains: dict[str, list[Link]] = {}
    for link in _links(bundle, findings):
        chains.setdefault(link.fact.epc, []).append(link)
    for epc, chain in chains.items():
        if epc != bundle.subject:
            _check_segments(epc, chain, findings)
    if not bundle.is_of_event:
        erased = [
            (at, fact.leaf)
            for at, event in enumerate(bundle.events)
            if event.erased is not None
            for fact in event.erased.facts
        ]
        _check_whole(bundle.subject, chains.get(bundle.subject, []), erased, findings)


def check_subject(bundle: Bundle, findings: Findings) -> None:
    """Every event is about the package, or about a container that an event shows it to be in; in a bundle about
    an event, each is that event, or declares it wrong."""
    if bundle.is_of_event:
        _check_event(bundle, findings)
        return
    holders = {bundle.subject}
    wrong = _declared_wrong(bundle.events)
    for at, event in enumerate(bundle.events):
        place = f"/events/{at}"
        epcs = _epcs(event)
        if bundle.subject not in epcs and any(fact.name in GOODS for fact in event.facts):
            # Signed and in the log it may be, but of another pack, its name taken out.
            findings.fails(
                "subject", place, "this event tells of goods and does not name the package"
            )
        elif event.erased is not None:
            findings.not_checked("subject", place, "what this event was about: it was erased")
        elif not epcs and bundle.disclosure is Disclosure.REGULATOR:
            findings.fails("subject", place, "this event speaks of no package")
        elif not epcs:
            # A container's number may name a party, so what happened to one is shown without it.
            findings.not_checked(
                "subject",
                place,
                "that this event is about what the package was in: it is not named",
            )
        elif epcs & holders:
            if event.facts_root not in wrong:
                _follow(event, holders)
        else:
            findings.not_checked(
                "subject", place, f"that the package was inside {min(epcs)} at this event"
            )


def check_containers(bundle: Bundle, findings: Findings) -> None:
    """Says where nothing ties what a container went through to the package in it.

    A container's chain is followed from the event that packs into it to the one that unpacks, where both
    name it. Where it is not named, as the public sees it, events of it may be missing from the bundle.
    """
    followed = set() if bundle.is_of_event else {bundle.subject}
    inside: dict[str, str] = {}
    wrong = _declared_wrong(bundle.events)
    for at, event in enumerate(bundle.events):
        if event.facts_root in wrong or event.fact(DECLARES) is not None:
            continue  # what was declared wrong puts nothing in and takes nothing out
        epcs, container = _epcs(event), event.fact(CONTAINER)
        named = isinstance(container, str) and container in epcs
        for epc in sorted(followed & epcs - {container}):
            if not _may_pack(event):
                if named and inside.get(epc) == container:
                    del inside[epc]
            elif named:
                inside[epc] = container
                followed.add(container)
            else:
                findings.not_checked(
                    "completeness",
                    f"/events/{at}",
                    "what its container went through while the package was in it: that is not chained"
                    " to the package in this bundle, so events may be missing",
                )
    for container in sorted(set(inside.values())):
        findings.not_checked(
            "completeness",
            "/events",
            f"that nothing more happened to {container} while the package was in it",
        )


def check_corrections(bundle: Bundle, findings: Findings) -> None:
    """What is declared wrong stands in the bundle, before the declaration. It is shown, and does not count."""
    before: dict[bytes, int] = {}
    for at, event in enumerate(bundle.events):
        declares, place = event.fact(DECLARES), f"/events/{at}"
        if declares in before:
            findings.holds(
                "correction", place, f"it declares the event at /events/{before[declares]} wrong"
            )
        elif declares is not None:
            findings.fails(
                "correction", place, "the event that this one declares wrong is not in the bundle"
            )
        before[event.facts_root] = at


def check_disclosure(bundle: Bundle, findings: Findings) -> None:
    """A public bundle shows no more than anybody may see; a regulator's hides no statement."""
    for at, event in enumerate(bundle.events):
        if bundle.disclosure is Disclosure.PUBLIC:
            for number, fact in enumerate(event.facts):
                if fact.name not in PUBLIC_FACTS:
                    place = f"/events/{at}/facts/{number}"
                    findings.fails("disclosure", place, f"the fact {fact.name!r} is not public")
        elif (
            bundle.disclosure is Disclosure.REGULATOR
            and isinstance(event.signature, HiddenStatement)
            and event.erased is None
        ):
            place = f"/events/{at}/signature"
            findings.fails("disclosure", place, "a statement is hidden from the regulator")


def _check_event(bundle: Bundle, findings: Findings) -> None:
    if not bundle.events:
        findings.fails("subject", "/event", "no event in the bundle is the one it is about")
    for at, event in enumerate(bundle.events):
        place = f"/events/{at}"
        if event.fact("event") == bundle.subject:
            findings.holds("subject", place, "it names the event that the bundle is about")
        else:
            findings.fails("subject", place, "this is another event than the bundle is about")
    if not _declared_wrong(bundle.events):
        findings.not_checked(
            "completeness", "/events", "that nobody declared the event wrong later"
        )


def _declared_wrong(events: Sequence[EventEvidence]) -> set[object]:
    """Facts roots of the events that others declare wrong."""
    return {declares for event in events if (declares := event.fact(DECLARES)) is not None}


def _links(bundle: Bundle, findings: Findings) -> Iterator[Link]:
    for at, event in enumerate(bundle.events):
        for number, fact in enumerate(event.facts):
            if fact.name != PACKAGE:
                continue
            place = f"/events/{at}/facts/{number}"
            try:
                stated = PackageFact.from_value(fact.value)
            except ValueError as fault:
                findings.fails("chain", place, str(fault))
            else:
                yield Link(stated, fact_leaf(fact.salt, fact.name, fact.value), place, at)


def _check_whole(
    epc: str, chain: list[Link], erased: Sequence[tuple[int, bytes]], findings: Findings
) -> None:
    """`erased` are leaves of facts that were erased, with the numbers of their events."""
    if not chain:
        findings.fails("subject", "/package", f"no event in the bundle is about {epc}")
        return
    good, before = True, None
    for link in chain:
        seq = before.fact.seq + 1 if before else 0
        if link.fact.seq == seq:
            good &= _check_link(link, before.leaf if before else None, findings)
        elif not _bridged(link, seq, before, erased, findings):
            findings.fails("chain", link.place, f"fact {seq} of the package is missing before this")
            return
        before = link
    if good:
        sentence = f"the {len(chain)} facts about the package form one chain from its first"
        findings.holds("chain", "/events", sentence)
    findings.not_checked(
        "completeness", "/events", f"that fact {chain[-1].fact.seq} of the package is its latest"
    )


def _bridged(
    link: Link,
    seq: int,
    before: Link | None,
    erased: Sequence[tuple[int, bytes]],
    findings: Findings,
) -> bool:
    """Whether the facts from `seq` up to this one were erased: the last of them is the one this fact follows."""
    first = before.at if before else -1
    between = [leaf for at, leaf in erased if first < at < link.at]
    missing = link.fact.seq - seq
    if not 0 < missing <= len(between) or link.fact.previous not in between:
        return False
    sentence = (
        f"what fact {link.fact.seq - 1} of the package said: it was erased, and this one follows it"
    )
    if missing > 1:
        sentence += (
            f"; that facts {seq} to {link.fact.seq - 2} were erased, too, is the bundle's word"
        )
    findings.not_checked("chain", link.place, sentence)
    return True


def _check_segments(epc: str, chain: list[Link], findings: Findings) -> None:
    for before, link in zip([None, *chain], chain, strict=False):
        if before is None and link.fact.seq == 0:
            _check_link(link, None, findings)
        elif before is not None and link.fact.seq <= before.fact.seq:
            findings.fails("chain", link.place, f"the facts about {epc} are out of order")
        elif before is not None and link.fact.seq == before.fact.seq + 1:
            _check_link(link, before.leaf, findings)
        else:
            findings.not_checked("chain", link.place, f"what happened to {epc} before this event")


def _check_link(link: Link, expected: bytes | None, findings: Findings) -> bool:
    if link.fact.previous == expected:
        return True
    sentence = f"fact {link.fact.seq} of {link.fact.epc} does not follow from the one before"
    findings.fails("chain", link.place, sentence)
    return False


def _may_pack(event: EventEvidence) -> bool:
    """True unless the event shows that it puts nothing into a container."""
    packs = event.fact("type") in (None, "AggregationEvent")
    return packs and event.fact("action") in (None, "ADD")


def _epcs(event: EventEvidence) -> set[str]:
    """The packages an event names; what is not a text is no name."""
    return {value[0] for value in _package_values(event) if value and isinstance(value[0], str)}


def _package_values(event: EventEvidence) -> Iterator[tuple[object, ...]]:
    for fact in event.facts:
        if fact.name == PACKAGE and isinstance(fact.value, tuple):
            yield fact.value


def _follow(event: EventEvidence, holders: set[str]) -> None:
    container, action = event.fact(CONTAINER), event.fact("action")
    if isinstance(container, str) and action == "ADD":
        holders.add(container)
    elif isinstance(container, str) and action == "DELETE":
        holders.discard(container)
