"""Withholding: the holder of a bundle passes on less of it, and what is left still verifies.

Facts go, and with them their paths; salts and paths of the others stay as they are, because nothing in a fact tree
depends on who is shown what. What the proof itself rests on cannot go: the facts about the package (its chain), the
name of the event that a bundle is about, what kind of event it was, that something was declared wrong, that it was
erased, and that it was signed with a key that was reported stolen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from pharmatrace.kernel.evidence.facts import PACKAGE
from pharmatrace.kernel.evidence.history_checks import DECLARES
from pharmatrace.kernel.evidence.meaning_checks import MEANING
from pharmatrace.kernel.evidence.shown import (
    Bundle,
    Disclosure,
    EventEvidence,
    HiddenStatement,
    KeyEvidence,
    ShownFact,
    ShownStatement,
)
from pharmatrace.kernel.evidence.statement import (
    StatementError,
    read_statement_unverified,
    signature_digest,
)
from pharmatrace.kernel.evidence.stolen_marks import of_nobody, report_about


class NothingOfThatName(Exception):
    """What is asked for is not in the bundle: a mistyped name must not quietly hide everything."""


def withhold(
    bundle: Bundle,
    *,
    only: Collection[str],
    events: Collection[int] | None = None,
    signatures: bool = True,
) -> Bundle:
    """The bundle with the facts named in `only`, and what the proof rests on.

    With `events` (indexes in the log) only those show the named facts. An event of which nothing is left is
    left out. Without `signatures` statements are replaced by their digests, and the keys go that none of the
    shown ones needs; reports that they were stolen stay with the events, without a word of whose they were. The
    level is that of what is shown: what was made for a regulator and is less now claims nothing. Raises NothingOfThatName.
    """
    _check_names(bundle, only, events)
    wrong = {event.fact(DECLARES) for event in bundle.events}
    kept = []
    for event in bundle.events:
        named = only if events is None or event.index in events else ()
        facts = tuple(fact for fact in event.facts if _stays(fact, named, bundle))
        report = report_about(event, bundle.keys)
        if not facts and event.facts and (event.facts_root in wrong or report is not None):
            facts = (
                _least(event),
            )  # what declares it wrong stays, so it must be there; so must a mark
        if facts:  # and whatever is shown of it says what it was
            facts = tuple(one for one in event.facts if one in facts or one.name in MEANING)
        if facts or event.erased is not None:
            kept.append(_less(event, facts, report, signatures=signatures))
    keys = tuple(_needed(bundle.keys, kept))
    less = replace(bundle, events=tuple(kept), keys=keys)
    return less if less == bundle else replace(less, disclosure=_level(bundle))


def _check_names(bundle: Bundle, only: Collection[str], events: Collection[int] | None) -> None:
    shown = {fact.name for event in bundle.events for fact in event.facts}
    for name in only:
        if name not in shown:
            raise NothingOfThatName(f"no event in the bundle shows a fact {name!r}")
    for index in events or ():
        if index not in {event.index for event in bundle.events}:
            raise NothingOfThatName(f"no event in the bundle is entry {index} of the log")


def _stays(fact: ShownFact, named: Collection[str], bundle: Bundle) -> bool:
    if fact.name == PACKAGE:
        about = isinstance(fact.value, tuple) and fact.value[:1] == (bundle.subject,)
        return about or PACKAGE in named
    if fact.name == DECLARES or (fact.name == "event" and bundle.is_of_event):
        return True
    return fact.name in named


def _least(event: EventEvidence) -> ShownFact:
    return next((fact for fact in event.facts if fact.name == "type"), event.facts[0])


def _less(
    event: EventEvidence,
    facts: tuple[ShownFact, ...],
    report: EventEvidence | None,
    *,
    signatures: bool,
) -> EventEvidence:
    """The event with these facts. Without its statement the report that stood with its key goes along with it."""
    signature = event.signature
    if signatures or isinstance(signature, HiddenStatement):
        return replace(event, facts=facts)
    digest = HiddenStatement(signature_digest(signature.salt, signature.cose))
    stolen = None if report is None else of_nobody(report)
    return replace(event, facts=facts, signature=digest, stolen=stolen)


def _needed(keys: Iterable[KeyEvidence], events: Iterable[EventEvidence]) -> Iterable[KeyEvidence]:
    """The keys that signed what is shown."""
    used = set()
    for event in events:
        if isinstance(event.signature, ShownStatement):
            try:
                claims = read_statement_unverified(event.signature.cose)
            except StatementError:
                continue  # the verdict says so
            used.add((claims.iss, claims.kid))
    return [key for key in keys if (key.iss, key.kid) in used]


def _level(bundle: Bundle) -> Disclosure:
    return Disclosure.PUBLIC if bundle.disclosure is Disclosure.PUBLIC else Disclosure.PARTY
