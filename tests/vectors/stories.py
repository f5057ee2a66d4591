"""Bundles of what else can happen to the log of the vectors: keys, declarations, thefts, erasures."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from pharmatrace.kernel.evidence import statement as st
from pharmatrace.kernel.evidence.bundle import (
    Bundle,
    Disclosure,
    ErasedFact,
    Erasure,
    HiddenStatement,
    KeyEvidence,
    write_bundle,
)
from pharmatrace.kernel.evidence.disclosure import DECLARATION, disclose_event
from pharmatrace.kernel.evidence.fact_paths import fact_paths
from pharmatrace.kernel.evidence.facts import facts_root
from pharmatrace.kernel.tlog.note import Signer
from pharmatrace.kernel.tlog.proofs import inclusion_path
from pharmatrace.kernel.tlog.tree import leaf_hash
from tests.vectors.log import (
    DAN,
    DESTROYED,
    MIA,
    ORIGIN,
    PACK,
    REGISTRAR,
    START,
    Log,
    event,
    key_facts,
    kid,
    make_bundle,
    make_log,
    public,
    seed,
)


def signed_before_registered() -> bytes:
    log = make_log()
    log.state(
        st.EntryType.REGISTRY,
        "registrar",
        REGISTRAR,
        "registry:4",
        key_facts("mia", MIA, "registered"),
    )
    bundle = make_bundle(log)
    mia = KeyEvidence(MIA, kid("mia"), public("mia"), log.show(9))
    return write_bundle(_with(bundle, keys=(mia, *bundle.keys[1:])))


def signed_after_revoked() -> bytes:
    log = make_log()
    event(log, "dan", DAN, DESTROYED, PACK)
    bundle = make_bundle(log)
    return write_bundle(_with(bundle, events=(*bundle.events, log.show(9, PACK))))


def key_registered_by_stranger() -> bytes:
    log = make_log()
    facts = key_facts("stan", DAN, "registered")
    log.state(st.EntryType.REGISTRY, "stan", REGISTRAR, "registry:4", facts)
    bundle = make_bundle(log)
    stan = KeyEvidence(DAN, kid("stan"), public("stan"), log.show(9))
    return write_bundle(_with(bundle, keys=(*bundle.keys, stan)))


def signed_for_another_organisation() -> bytes:
    """Dan's registered key signs, but the statement says that Mia is the issuer."""
    log = make_log()
    event(log, "dan", MIA, DESTROYED, PACK)
    bundle = make_bundle(log)
    return write_bundle(_with(bundle, events=(*bundle.events, log.show(9, PACK))))


def chain_starts_anew() -> bytes:
    """The last fact of the pack follows from nothing: a second history beside the first."""
    log = make_log()
    log.heads[PACK] = (2, leaf_hash(b"another history"))
    event(log, "mia", MIA, DESTROYED, PACK)
    bundle = make_bundle(log)
    return write_bundle(_with(bundle, events=(*bundle.events, log.show(9, PACK))))


def foreign_commission() -> bytes:
    """A public bundle shows product and lot of another pack, whose name was taken out."""
    log = make_log()
    other = "https://id.gs1.org/01/09506000134369/21/FOREIGN"
    goods = [("product", "https://id.gs1.org/01/09506000134369"), ("lot", "LOT-9")]
    event(
        log,
        "mia",
        MIA,
        [("type", "ObjectEvent"), ("action", "ADD"), ("step", "commissioning"), *goods],
        other,
    )
    bundle = make_bundle(log, Disclosure.PUBLIC)
    return write_bundle(_with(bundle, events=(*bundle.events, log.show(9, public_only=True))))


def genesis_of_another_log() -> bytes:
    """A second log copies the entries but not the genesis statement of its own key."""
    log = make_log()
    log.signer = Signer.from_seed(ORIGIN, seed("another log"))
    return write_bundle(make_bundle(log))


def declaration(log: Log, by: str, iss: str, wrong: int, *epcs: str, managed: bool = True) -> int:
    """A statement that takes back the one at index `wrong`."""
    stated = log.stated[wrong]
    sub = dict(stated.facts)["event"]
    facts = [
        ("event", sub),
        ("type", DECLARATION),
        ("time", "2023-11-14T12:00:00.000Z"),
        ("declares", facts_root(stated.leaves)),
        ("reason", "did_not_occur"),
        *(() if managed else (("managed", False),)),
        ("actor", iss),
        ("role", by),
        ("country", "CH"),
    ]
    return log.state(st.EntryType.CUSTODY, by, iss, sub, facts, epcs)


def corrected() -> Bundle:
    """Mia declares wrong that the pack was destroyed."""
    log = make_log()
    wrong = event(log, "mia", MIA, DESTROYED, PACK)
    declared = declaration(log, "mia", MIA, wrong, PACK)
    bundle = make_bundle(log)
    return _with(bundle, events=(*bundle.events, log.show(wrong, PACK), log.show(declared, PACK)))


def correction_of_nothing() -> bytes:
    """A declaration of which the bundle does not show what it declares wrong."""
    document = json.loads(write_bundle(corrected()))
    document["events"].pop(-2)
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def without(at: int, *names: str) -> bytes:
    """Somebody who passes the bundle on leaves facts of one event out."""
    document = json.loads(write_bundle(corrected()))
    facts = document["events"][at]["facts"]
    document["events"][at]["facts"] = [one for one in facts if one["name"] not in names]
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def of_event(*, other: bool = False) -> Bundle:
    """An event about things that are not tracked, and the declaration that it was wrong. `other`: a further
    event stands among them."""
    log = make_log()
    weighing = [("type", "ObjectEvent"), ("action", "OBSERVE"), ("managed", False)]
    kept = event(log, "mia", MIA, weighing)
    declared = declaration(log, "mia", MIA, kept, managed=False)
    more = event(log, "mia", MIA, [*weighing, ("step", "storing")])
    indexes = (kept, declared, more) if other else (kept, declared)
    bundle = make_bundle(log)
    return _with(
        bundle,
        subject=dict(log.stated[kept].facts)["event"],
        keys=bundle.keys[:1],
        events=tuple(log.show(index) for index in indexes),
    )


def stolen(*, since: int, from_entry: int, by: str = "registrar") -> tuple[Log, Bundle]:
    """Dan's key is reported stolen, from a time and a place in the log on. He received (6) and unpacked (7)."""
    log = make_log()
    facts = [
        *key_facts("dan", DAN, "stolen"),
        ("since", since),
        ("from_entry", from_entry),
    ]
    report = log.state(st.EntryType.REGISTRY, by, REGISTRAR, "registry:4", facts)
    bundle = make_bundle(log)
    mia, dan = bundle.keys
    return log, _with(bundle, keys=(mia, replace(dan, stolen=log.show(report))))


def stolen_and_hidden() -> bytes:
    """The public does not see who unpacked; it sees that the key of whoever did was reported stolen."""
    log, _ = stolen(since=START + 7 * 60, from_entry=9)
    bundle = make_bundle(log, Disclosure.PUBLIC)
    report = log.stated[9]
    shown = disclose_event(
        type=report.type, index=9, secret=report.secret, facts=report.facts, cose=report.cose,
        path=inclusion_path(log.leaves, 9), names=("registry", "action", "since", "from_entry"),
    )  # fmt: skip
    *before, unpack = bundle.events
    return write_bundle(_with(bundle, events=(*before, replace(unpack, stolen=shown))))


def erased(
    wrong: int = 4, *, by: str = "registrar", of: int | None = None, leaf_of: int | None = None
) -> Bundle:
    """What Mia said of packing (4) was erased: no fact, no statement, but the leaf of the pack's fact."""
    log = make_log()
    stated = log.stated[wrong]
    facts = [
        ("registry", "erasure"),
        ("index", wrong if of is None else of),
        ("facts_root", facts_root(stated.leaves)),
        ("ground", "Regulation (EU) 2016/679, Article 17"),
        ("time", "2023-11-15T08:00:00.000Z"),
    ]
    erasure = log.state(st.EntryType.REGISTRY, by, REGISTRAR, "registry:4", facts)
    bundle = make_bundle(log)
    at = len(stated.facts) + [epc for epc, _, _ in stated.packages].index(PACK)
    left = ErasedFact(
        stated.leaves[at if leaf_of is None else leaf_of], fact_paths(stated.leaves, [at])[at]
    )
    shown = log.show(wrong)
    gone = replace(
        shown,
        facts=(),
        signature=HiddenStatement(
            st.signature_digest(st.signature_salt(stated.secret), stated.cose)
        ),
        erased=Erasure(log.show(erasure), (left,)),
    )
    return _with(bundle, events=tuple(gone if one.index == wrong else one for one in bundle.events))


def beside_an_erasure() -> bytes:
    document = json.loads(write_bundle(erased()))
    document["events"][1]["facts"] = document["events"][0]["facts"]
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def erasure_hides_a_gap() -> bytes:
    """Two events are missing, and one erasure stands for both."""
    bundle = erased(3)
    return write_bundle(_with(bundle, events=tuple(one for one in bundle.events if one.index != 4)))


def named_as_package() -> bytes:
    document = json.loads(write_bundle(of_event()))
    document["package"] = document.pop("event")
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _with(bundle: Bundle, **changes: Any) -> Bundle:
    return replace(bundle, **changes)
