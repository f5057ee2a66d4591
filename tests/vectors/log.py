"""The log that the vectors are about, always the same one: fixed keys, fixed secrets.

Genesis, the keys of Mia (maker) and Dan (distributor), a pack that Mia commissions and packs, ships in a case, and Dan
receives; later Dan's key is revoked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pharmatrace.kernel.evidence import statement as st
from pharmatrace.kernel.evidence.bundle import (
    Bundle,
    Disclosure,
    EventEvidence,
    JournalAnchor,
    KeyEvidence,
    LogIdentity,
)
from pharmatrace.kernel.evidence.disclosure import PUBLIC_FACTS, disclose_event
from pharmatrace.kernel.evidence.facts import fact_leaves, facts_root
from pharmatrace.kernel.tlog.checkpoint import Checkpoint
from pharmatrace.kernel.tlog.cosignature import CosignatureVerifier, Cosigner
from pharmatrace.kernel.tlog.note import Signer, sign_note
from pharmatrace.kernel.tlog.proofs import inclusion_path, prove_consistency
from pharmatrace.kernel.tlog.tree import leaf_hash, root_of

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
    """A log in memory, and the packages' last facts. `later` are keys named after the first, with their entries.
    `first` is the number of its entry 0, where it is a later shard of a log."""

    signer: Signer = field(default_factory=lambda: Signer.from_seed(ORIGIN, seed("log")))
    later: list[tuple[int, Signer]] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    heads: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    origin: str = ORIGIN
    first: int = 0

    def state(
        self,
        type: st.EntryType,
        by: str,
        iss: str,
        sub: str,
        facts: list[tuple[str, Any]],
        epcs: tuple[str, ...] = (),
    ) -> int:
        """Signs and appends. Returns the number of the entry."""
        index = self.first + len(self.entries)
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
        text = Checkpoint(self.origin, size, root_of(self.leaves[:size])).text()
        return sign_note(text, [self.signer_at(size), *more])

    def signer_at(self, size: int) -> Signer:
        """The key that signs the checkpoint of this size."""
        return [self.signer, *(signer for index, signer in self.later if index < size)][-1]

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        leaves = self.leaves
        return tuple(
            prove_consistency(
                lambda level, at: root_of(leaves[at << level : (at + 1) << level]), old, new
            )
        )

    def show(self, index: int, *epcs: str, public_only: bool = False) -> EventEvidence:
        stated = self.stated[index - self.first]
        return disclose_event(
            type=stated.type,
            index=index,
            secret=stated.secret,
            facts=stated.facts,
            packages=stated.packages,
            cose=stated.cose,
            path=inclusion_path(self.leaves, index - self.first),
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
            log.signer_at(size).verifier.vkey(),
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
        log_keys=tuple(log.show(index) for index, _ in log.later),
    )
