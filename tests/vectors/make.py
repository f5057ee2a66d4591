"""Makes the files beside it, always the same ones: `python tests/vectors/make.py`.

A small log with fixed keys and secrets: genesis, the keys of Mia (maker) and Dan (distributor), a
pack that Mia commissions and packs, ships in a case, and Dan receives; later Dan's key is revoked.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402

from pharmatrace.kernel.evidence import statement as st  # noqa: E402
from pharmatrace.kernel.evidence.bundle import (  # noqa: E402
    Bundle,
    Disclosure,
    ErasedFact,
    Erasure,
    EventEvidence,
    HiddenStatement,
    JournalAnchor,
    KeyEvidence,
    LogIdentity,
    read_bundle,
    write_bundle,
)
from pharmatrace.kernel.evidence.disclosure import DECLARATION, PUBLIC_FACTS, disclose_event  # noqa: E402
from pharmatrace.kernel.evidence.fact_paths import fact_paths  # noqa: E402
from pharmatrace.kernel.evidence.facts import encode_fact, fact_leaves, facts_root, salt  # noqa: E402
from pharmatrace.kernel.tlog.checkpoint import Checkpoint  # noqa: E402
from pharmatrace.kernel.tlog.cosignature import CosignatureVerifier, Cosigner  # noqa: E402
from pharmatrace.kernel.tlog.note import Signer, sign_note  # noqa: E402
from pharmatrace.kernel.tlog.proofs import inclusion_path, prove_consistency  # noqa: E402
from pharmatrace.kernel.tlog.tree import leaf_hash, root_of  # noqa: E402
from tests.vectors.anchored import ANCHOR_EDITS, anchored  # noqa: E402
from tests.vectors.defects import EDITS, TEXTS  # noqa: E402

ORIGIN = "pharmatrace.example/log1"
REGISTRAR = "did:web:pharmatrace.example"
MIA = "did:web:pharmatrace.example:parties:mia"
DAN = "did:web:pharmatrace.example:parties:dan"
PACK = "https://id.gs1.org/01/09506000134352/21/A1B2C3D4E5"
CASE = "https://id.gs1.org/00/095060001343520012"
DESTROYED = [
    ("type", "ObjectEvent"),
    ("action", "DELETE"),
    ("step", "destroying"),
    ("disposition", "destroyed"),
]
START = 1_700_000_000  # in the past, because nothing from the future holds


def seed(name: str) -> bytes:
    return sha256(f"pharmatrace test vectors: {name}".encode()).digest()


def key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed(name))


def public(name: str) -> bytes:
    return key(name).public_key().public_bytes_raw()


def kid(name: str) -> bytes:
    return st.kid_of(public(name))


@dataclass
class Stated:
    """A statement with everything that went into it."""

    type: st.EntryType
    secret: bytes
    facts: list[tuple[str, Any]]
    packages: list[tuple[str, int, bytes | None]]
    leaves: list[bytes]
    cose: bytes


@dataclass
class Log:
    """A log in memory, and the packages' last facts."""

    signer: Signer = field(default_factory=lambda: Signer.from_seed(ORIGIN, seed("log")))
    stated: list[Stated] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    heads: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def state(
        self,
        type: st.EntryType,
        by: str,
        iss: str,
        sub: str,
        facts: list[tuple[str, Any]],
        epcs: tuple[str, ...] = (),
    ) -> int:
        """Signs and appends. Returns the index in the log."""
        index = len(self.entries)
        secret = seed(f"secret {index}")
        packages = []
        for epc in epcs:
            seq, head = self.heads.get(epc, (-1, None))
            packages.append((epc, seq + 1, head))
        leaves = fact_leaves(secret=secret, facts=facts, packages=packages)
        for at, (epc, seq, _) in enumerate(packages, len(facts)):
            self.heads[epc] = (seq, leaves[at])
        root = facts_root(leaves)
        cose = st.sign_statement(
            key=key(by), kid=kid(by), iss=iss, sub=sub, iat=START + 60 * index, facts_root=root
        )
        digest = st.signature_digest(st.signature_salt(secret), cose)
        commitment = st.commitment(facts_root=root, signature_digest=digest)
        self.stated.append(Stated(type, secret, facts, packages, leaves, cose))
        self.entries.append(st.entry(type, commitment))
        return index

    @property
    def leaves(self) -> list[bytes]:
        return [leaf_hash(entry) for entry in self.entries]

    def checkpoint(self, size: int, *more: Any) -> str:
        text = Checkpoint(ORIGIN, size, root_of(self.leaves[:size])).text()
        return sign_note(text, [self.signer, *more])

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        leaves = self.leaves
        return tuple(
            prove_consistency(
                lambda level, at: root_of(leaves[at << level : (at + 1) << level]), old, new
            )
        )

    def show(self, index: int, *epcs: str, public_only: bool = False) -> EventEvidence:
        stated = self.stated[index]
        return disclose_event(
            type=stated.type,
            index=index,
            secret=stated.secret,
            facts=stated.facts,
            packages=stated.packages,
            cose=stated.cose,
            path=inclusion_path(self.leaves, index),
            epcs=epcs,
            names=PUBLIC_FACTS if public_only else None,
            show_statement=not public_only,
        )


def key_facts(name: str, iss: str, action: str) -> list[tuple[str, Any]]:
    return [
        ("registry", "key"),
        ("organisation", iss),
        ("kid", kid(name)),
        ("public_key", public(name)),
        ("action", action),
        ("time", "2023-11-14T08:00:00+00:00"),
    ]


def event(log: Log, by: str, iss: str, facts: list[tuple[str, Any]], *epcs: str) -> int:
    sub = f"ni:///sha-256;{sha256(repr(facts).encode()).hexdigest()}?ver=CBV2.0"
    stated = [("event", sub), *facts, ("actor", iss), ("role", by), ("country", "CH")]
    return log.state(st.EntryType.CUSTODY, by, iss, sub, stated, epcs)


def make_log() -> Log:
    """Entries: 0 genesis, 1 Mia's key, 2 Dan's key, 3 commission, 4 pack, 5 ship, 6 receive,
    7 unpack, 8 Dan's key revoked."""
    log = Log()
    genesis = [
        ("origin", ORIGIN),
        ("log_key", log.signer.verifier.vkey()),
        ("registrar", public("registrar")),
        ("registrar_kid", kid("registrar")),
        ("time", "2023-11-14T08:00:00+00:00"),
    ]
    log.state(st.EntryType.GENESIS, "registrar", REGISTRAR, "registry:genesis", genesis)
    for at, (name, iss) in enumerate((("mia", MIA), ("dan", DAN)), 1):
        facts = key_facts(name, iss, "registered")
        log.state(st.EntryType.REGISTRY, "registrar", REGISTRAR, f"registry:{at}", facts)
    others = tuple(f"https://id.gs1.org/01/09506000134352/21/OTHER{at}" for at in range(6))
    commission = [
        ("type", "ObjectEvent"),
        ("action", "ADD"),
        ("time", "2023-11-14T09:00:00.000Z"),
        ("step", "commissioning"),
        ("disposition", "active"),
        ("place", "https://id.gs1.org/414/9506000134352"),
        ("product", "https://id.gs1.org/01/09506000134352"),
        ("lot", "LOT-7"),
        ("expiry", "2029-01-31"),
        ("manufacturer", "Mia Makes AG"),
    ]
    event(log, "mia", MIA, commission, *others, PACK)
    pack = [
        ("type", "AggregationEvent"),
        ("action", "ADD"),
        ("step", "packing"),
        ("container", CASE),
    ]
    event(log, "mia", MIA, pack, CASE, PACK, *others)
    ship = [("type", "ObjectEvent"), ("action", "OBSERVE"), ("step", "shipping")]
    event(log, "mia", MIA, ship, CASE)
    receive = [("type", "ObjectEvent"), ("action", "OBSERVE"), ("step", "receiving")]
    event(log, "dan", DAN, receive, CASE)
    unpack = [
        ("type", "AggregationEvent"),
        ("action", "DELETE"),
        ("step", "unpacking"),
        ("container", CASE),
    ]
    event(log, "dan", DAN, unpack, CASE, PACK)
    log.state(
        st.EntryType.REGISTRY,
        "registrar",
        REGISTRAR,
        "registry:3",
        key_facts("dan", DAN, "revoked"),
    )
    return log


def make_bundle(log: Log, disclosure: Disclosure = Disclosure.REGULATOR) -> Bundle:
    """The whole history of the pack, cosigned by a witness and anchored twice in the journal."""
    is_public = disclosure is Disclosure.PUBLIC
    epcs = (PACK,) if is_public else (PACK, CASE)
    witness = Cosigner("witness.example/w1", key("witness"), START + 3600)
    size = len(log.entries)
    keys = (
        KeyEvidence(MIA, kid("mia"), public("mia"), log.show(1)),
        KeyEvidence(DAN, kid("dan"), public("dan"), log.show(2), log.show(8)),
    )
    return Bundle(
        disclosure=disclosure,
        subject=PACK,
        log=LogIdentity(
            ORIGIN,
            log.signer.verifier.vkey(),
            (CosignatureVerifier("witness.example/w1", public("witness")).vkey(),),
        ),
        checkpoint=log.checkpoint(size, witness),
        genesis=log.show(0),
        keys=() if is_public else keys,
        events=tuple(log.show(index, *epcs, public_only=is_public) for index in range(3, 8)),
        anchors=(
            JournalAnchor(log.checkpoint(size)),
            JournalAnchor(log.checkpoint(5), log.consistency(5, size)),
        ),
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


def _beside_an_erasure() -> bytes:
    document = json.loads(write_bundle(erased()))
    document["events"][1]["facts"] = document["events"][0]["facts"]
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _erasure_hides_a_gap() -> bytes:
    """Two events are missing, and one erasure stands for both."""
    bundle = erased(3)
    return write_bundle(_with(bundle, events=tuple(one for one in bundle.events if one.index != 4)))


def _named_as_package() -> bytes:
    document = json.loads(write_bundle(of_event()))
    document["package"] = document.pop("event")
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _with(bundle: Bundle, **changes: Any) -> Bundle:
    return replace(bundle, **changes)


def edited(
    change: Callable[[dict[str, Any]], object], build: Callable[[], Bundle] | None = None
) -> bytes:
    """The regulator's bundle, or the one that is built, with something changed in the document."""
    document = json.loads(write_bundle(build() if build else make_bundle(make_log())))
    change(document)
    # A lone surrogate has no UTF-8: it is written as the escape that JSON has for it.
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(
        errors="backslashreplace"
    )


def rewritten(change: Callable[[str], str]) -> bytes:
    return change(write_bundle(make_bundle(make_log())).decode()).encode()


def _anchored() -> Bundle:
    return anchored(make_bundle(make_log()))


def _theft() -> Bundle:
    return stolen(since=START + 30 * 3600, from_entry=9)[1]


def _hidden(event: dict[str, Any]) -> dict[str, str]:
    signature = [base64.b64decode(event["signature"][name]) for name in ("salt", "cose")]
    return {"digest": base64.b64encode(st.signature_digest(*signature)).decode()}


def _other_event_path(document: dict[str, Any]) -> None:
    document["events"][0]["path"] = document["events"][1]["path"]


BROKEN: dict[str, tuple[str, Callable[[], bytes]]] = {
    # file name: (name of the failing check, how the file is made)
    "altered-fact-value": (
        "fact",
        lambda: edited(lambda d: d["events"][0]["facts"][8].update(value="LOT-8")),
    ),
    "altered-fact-name": (
        "fact",
        lambda: edited(lambda d: d["events"][0]["facts"][8].update(name="batch")),
    ),
    "altered-salt": (
        "fact",
        lambda: edited(lambda d: d["events"][0]["facts"][8].update(salt="A" * 22 + "==")),
    ),
    "fact-path-side-swapped": (
        "fact",
        lambda: edited(
            lambda d: d["events"][0]["facts"][0]["path"].__setitem__(
                0, d["events"][0]["facts"][0]["path"][0].replace("right:", "left:")
            )
        ),
    ),
    "altered-facts-root": (
        "fact",
        lambda: edited(lambda d: d["events"][0].update(facts_root="A" * 43 + "=")),
    ),
    "log-path-of-another-event": ("inclusion", lambda: edited(_other_event_path)),
    "wrong-log-index": ("inclusion", lambda: edited(lambda d: d["events"][4].update(index=8))),
    "missing-event": ("chain", lambda: edited(lambda d: d["events"].pop(1))),
    "missing-key": ("signature", lambda: edited(lambda d: d["keys"].pop(0))),
    "hidden-statement-for-regulator": (
        "inclusion",
        lambda: edited(lambda d: d["events"][0].update(signature={"digest": "A" * 43 + "="})),
    ),
    "checkpoint-of-another-size": (
        "checkpoint",
        lambda: edited(lambda d: d.update(checkpoint=d["checkpoint"].replace("\n9\n", "\n8\n"))),
    ),
    "other-package": (
        "subject",
        lambda: edited(lambda d: d.update(package=PACK.replace("A1B2", "A1B3"))),
    ),
    "anchor-with-another-path": (
        "anchor",
        lambda: edited(lambda d: d["anchors"][1]["path"].reverse()),
    ),
    "unknown-field": ("format", lambda: edited(lambda d: d["log"].update(note="trust me"))),
    "private-fact-in-public-bundle": (
        "disclosure",
        lambda: edited(lambda d: d.update(disclosure="public")),
    ),
    "signed-before-key-registered": ("signature", signed_before_registered),
    "signed-after-key-revoked": ("signature", signed_after_revoked),
    "signed-for-another-organisation": ("signature", signed_for_another_organisation),
    "key-registered-by-stranger": ("key", key_registered_by_stranger),
    "chain-starts-anew": ("chain", chain_starts_anew),
    "foreign-commission": ("subject", foreign_commission),
    "declares-what-is-not-there": ("correction", correction_of_nothing),
    "hides-that-it-declares": ("meaning", lambda: without(-1, "type", "declares", "reason")),
    "hides-what-it-declares": ("meaning", lambda: without(-1, "declares")),
    "hides-that-it-was-destroyed": ("meaning", lambda: without(-2, "step", "disposition")),
    "hides-the-disposition": ("meaning", lambda: without(-2, "disposition")),
    "another-event-among-them": ("subject", lambda: write_bundle(of_event(other=True))),
    "event-named-as-package": ("format", _named_as_package),
    "genesis-of-another-log": ("genesis", genesis_of_another_log),
    "stolen-report-by-stranger": (
        "key",
        lambda: write_bundle(stolen(since=START, from_entry=1, by="stan")[1]),
    ),
    "stolen-since-no-time": ("key", lambda: write_bundle(stolen(since=-1, from_entry=1)[1])),
    "erased-by-stranger": ("erased", lambda: write_bundle(erased(by="stan"))),
    "erasure-of-another-event": ("erased", lambda: write_bundle(erased(of=5))),
    "erased-fact-of-another-event": ("fact", lambda: write_bundle(erased(leaf_of=0))),
    "facts-beside-an-erasure": ("format", _beside_an_erasure),
    "erasure-hides-a-gap": ("chain", _erasure_hides_a_gap),
    "erasure-is-null": (
        "format",
        lambda: edited(lambda d: d["events"][1].update(erased=None), erased),
    ),
    "erasure-beside-statement": (
        "format",
        lambda: edited(
            lambda d: d["events"][1].update(signature=d["events"][0]["signature"]), erased
        ),
    ),
    "erasure-by-entry-of-another-type": (
        "format",
        lambda: edited(lambda d: d["events"][1]["erased"]["event"].update(type=1), erased),
    ),
    "erasure-left-out": ("format", lambda: edited(lambda d: d["events"][1].pop("erased"), erased)),
    "erased-leaf-left-out": (
        "chain",
        lambda: edited(lambda d: d["events"][1]["erased"]["facts"].clear(), erased),
    ),
    "erased-fact-with-salt": (
        "format",
        lambda: edited(lambda d: d["events"][1]["erased"]["facts"][0].update(salt=""), erased),
    ),
    "erasure-out-of-the-log": (
        "inclusion",
        lambda: edited(lambda d: d["events"][1]["erased"]["event"]["path"].reverse(), erased),
    ),
    "mark-in-genesis": (
        "format",
        lambda: edited(lambda d: d["genesis"].update(stolen=d["keys"][1]["stolen"]), _theft),
    ),
    "key-stolen-is-null": (
        "format",
        lambda: edited(lambda d: d["keys"][1].update(stolen=None), _theft),
    ),
    "key-stolen-before-registered": (
        "key",
        lambda: edited(
            lambda d: d["keys"][1].update(
                event=d["keys"][1]["stolen"], stolen=d["keys"][1]["event"]
            ),
            _theft,
        ),
    ),
    "stolen-mark-beside-statement": (
        "format",
        lambda: edited(lambda d: d["events"][4].update(stolen=d["keys"][1]["stolen"]), _theft),
    ),
    "stolen-mark-of-another-kind": (
        "stolen",
        lambda: edited(
            lambda d: d["events"][4].update(
                signature=_hidden(d["events"][4]), stolen=d["keys"][0]["event"]
            ),
            _theft,
        ),
    ),
    "stolen-mark-out-of-the-log": (
        "inclusion",
        lambda: edited(
            lambda d: d["events"][4]["stolen"].update(index=3),
            lambda: read_bundle(stolen_and_hidden()),
        ),
    ),
    **{name: (check, partial(edited, edit)) for name, (check, edit) in EDITS.items()},
    **{
        name: (check, partial(edited, edit, _anchored))
        for name, (check, edit) in ANCHOR_EDITS.items()
    },
    **{name: (check, partial(rewritten, change)) for name, (check, change) in TEXTS.items()},
}

DOUBTED: dict[str, tuple[str, Callable[[], bytes]]] = {
    # nothing fails, and it is not to be relied on; file name: (place of the doubt, how it is made)
    "signed-with-stolen-key": (
        "/events/4/signature",
        lambda: write_bundle(stolen(since=START + 7 * 60, from_entry=9)[1]),
    ),
    "backdated-with-stolen-key": (
        "/events/4/signature",
        lambda: write_bundle(stolen(since=START + 900 * 60, from_entry=7)[1]),
    ),
    "statement-with-stolen-key-not-shown": ("/events/4/stolen", stolen_and_hidden),
}


def facts_vector() -> dict[str, Any]:
    secret = seed("facts")
    facts = [
        ("event", "ni:///sha-256;00?ver=CBV2.0"),
        ("count", 23),
        ("kid", b"\x00\xff"),
        ("none", None),
    ]
    facts += [
        ("big", 1 << 32),
        ("below", -1),
        ("yes", True),
        ("list", ["a", 24, [b""]]),
        ("é", "Zürich"),
    ]
    packages = [(PACK, 0, None), (CASE, 300, bytes(range(32)))]
    leaves = fact_leaves(secret=secret, facts=facts, packages=packages)
    stated = [*facts, *(("package", list(item)) for item in packages)]
    encoded = [encode_fact(salt(secret, at), *fact).hex() for at, fact in enumerate(stated)]
    return {
        "secret": secret.hex(),
        "salts": [salt(secret, at).hex() for at in range(len(stated))],
        "facts": encoded,
        "leaves": [leaf.hex() for leaf in leaves],
        "facts_root": facts_root(leaves).hex(),
    }


def statement_vector() -> dict[str, Any]:
    secret, root = seed("statement"), sha256(b"facts").digest()
    claims = {"iss": MIA, "sub": "ni:///sha-256;00?ver=CBV2.0", "iat": START}
    cose = st.sign_statement(key=key("mia"), kid=kid("mia"), facts_root=root, **claims)
    digest = st.signature_digest(st.signature_salt(secret), cose)
    commitment = st.commitment(facts_root=root, signature_digest=digest)
    return {
        "seed": seed("mia").hex(),
        "public_key": public("mia").hex(),
        "kid": kid("mia").hex(),
        **claims,
        "facts_root": root.hex(),
        "cose": cose.hex(),
        "secret": secret.hex(),
        "signature_salt": st.signature_salt(secret).hex(),
        "signature_digest": digest.hex(),
        "commitment": commitment.hex(),
        "entry": st.entry(st.EntryType.CUSTODY, commitment).hex(),
    }


def make() -> dict[str, bytes]:
    """All files by name relative to this folder."""
    log = make_log()
    files = {
        "facts.json": _json(facts_vector()),
        "statement.json": _json(statement_vector()),
        "bundles/good-regulator.json": write_bundle(make_bundle(log)),
        "bundles/good-public.json": write_bundle(make_bundle(log, Disclosure.PUBLIC)),
        "bundles/good-corrected.json": write_bundle(corrected()),
        "bundles/good-event.json": write_bundle(of_event()),
        "bundles/good-anchored.json": write_bundle(_anchored()),
        "bundles/good-erased.json": write_bundle(erased()),
        "bundles/good-signed-before-the-theft.json": write_bundle(
            stolen(since=START + 30 * 3600, from_entry=9)[1]
        ),
        "bundles/doubted.json": _json({name: place for name, (place, _) in DOUBTED.items()}),
        "bundles/broken.json": _json({name: check for name, (check, _) in BROKEN.items()}),
    }
    for name, (_, build) in BROKEN.items():
        files[f"bundles/broken-{name}.json"] = build()
    for name, (_, build) in DOUBTED.items():
        files[f"bundles/doubted-{name}.json"] = build()
    return files


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


if __name__ == "__main__":
    for name, data in make().items():
        (HERE / name).parent.mkdir(exist_ok=True)
        (HERE / name).write_bytes(data)
