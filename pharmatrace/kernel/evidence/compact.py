"""The compact form: one event of a bundle in as few octets as its proof needs, for a QR code (docs/formats.md).

Facts stand in the tree they prove, so that hashes which several paths share are written once. What a reader has
from elsewhere is left out: genesis and registrations of keys, and the log's key. So the compact form proves, to
whoever knows the log's key, that the log holds these facts; not who signed them. Nor can it carry that somebody's
key was reported stolen, so nothing is made of an event that is marked so, and nothing of one that was erased.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pharmatrace.kernel.evidence import cbor
from pharmatrace.kernel.evidence.entry_checks import check_entry
from pharmatrace.kernel.evidence.fact_paths import Step
from pharmatrace.kernel.evidence.facts import PACKAGE, SALT_SIZE, fact_leaf
from pharmatrace.kernel.evidence.findings import Findings
from pharmatrace.kernel.evidence.shown import (
    Bundle,
    EventEvidence,
    HiddenStatement,
    Shard,
    ShownFact,
    ShownStatement,
)
from pharmatrace.kernel.evidence.statement import EntryType, signature_digest
from pharmatrace.kernel.evidence.stolen_marks import report_about
from pharmatrace.kernel.evidence.trees import first_of, number_in
from pharmatrace.kernel.evidence.verdict import Verdict
from pharmatrace.kernel.tlog.checkpoint import Checkpoint, CheckpointError, parse_checkpoint
from pharmatrace.kernel.tlog.note import NoteError, NoteSignature, Verifier, open_note, split_note
from pharmatrace.kernel.tlog.tree import node_hash

VERSION = 1
MAX_OCTETS = 20_000
"""The most that is unpacked: a QR code carries less than 3,000, and hashes hardly shrink."""

NAMES = [
    "event",
    "type",
    "action",
    "time",
    "step",
    "disposition",
    "place",
    "from",
    "to",
    "container",
    "product",
    "lot",
    "expiry",
    "manufacturer",
    "actor",
    "role",
    "country",
    "reported_by",
    "recorder",
    "declares",
    "reason",
    "reason_uri",
    "corrective",
    "managed",
    "package",
]
"""Names of facts by their number. New ones are added at the end."""

_DEEPEST = 24


class NotCompact(Exception):
    """The octets are no evidence in the compact form."""


class NotToBePacked(NotCompact):
    """The event was signed with a key that was reported stolen, or was erased: the form has no place to say so."""


@dataclass(frozen=True, slots=True)
class CompactEvidence:
    """One event, the package it is about, and the checkpoint that holds it, signed by the log alone."""

    subject: str
    checkpoint: str
    event: EventEvidence


def pack(bundle: Bundle, at: int) -> bytes:
    """The compact form of the bundle's event number `at`. Raises NotCompact where the facts are not of one tree, and
    NotToBePacked."""
    event = bundle.events[at]
    if event.erased is not None:
        raise NotToBePacked("this event was erased: there is nothing left to carry")
    if report_about(event, bundle.keys) is not None:
        raise NotToBePacked("this event was signed with a key that was reported stolen")
    part, first = _part_of(bundle, event.index)
    text, signatures = split_note(part.checkpoint)
    checkpoint = parse_checkpoint(text)
    own = [line for line in signatures if line.name == checkpoint.origin]
    if not own or checkpoint.extensions:
        raise NotCompact(
            "the checkpoint is not signed under the log's name, or says more than usual"
        )
    signature = event.signature
    digest = (
        signature_digest(signature.salt, signature.cose)
        if isinstance(signature, ShownStatement)
        else signature.digest
    )
    fields = [
        bundle.subject,
        checkpoint.origin,
        checkpoint.size,
        checkpoint.root,
        own[0].key_id + own[0].signature,
        event.index - first,
        b"".join(event.path),
        digest,
        _tree([(fact, fact.path) for fact in event.facts]),
    ]
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    return bytes((VERSION,)) + raw.compress(cbor.encode(fields)) + raw.flush()


def _part_of(bundle: Bundle, index: int) -> tuple[Bundle | Shard, int]:
    """The shard that an entry stands in, and the number of the shard's first entry."""
    parts = [(part, first_of(part.genesis)) for _, part in bundle.parts]
    at = number_in([first for _, first in parts], index)
    if at is None:
        raise NotCompact("the entry lies before the shards of this bundle")
    return parts[at]


def unpack(data: bytes) -> CompactEvidence:
    """Reads what `pack` wrote. Raises NotCompact for anything else."""
    fields = _fields(data)
    try:
        subject, origin, size, root, signature, index, path, digest, tree = fields
        _expect(isinstance(subject, str) and isinstance(origin, str))
        _expect(all(isinstance(number, int) and 0 <= number < 1 << 63 for number in (size, index)))
        _expect(all(isinstance(octets, bytes) for octets in (root, signature, path, digest)))
        _expect(len(signature) == 68 and len(digest) == 32 and len(path) % 32 == 0)
        text = Checkpoint(origin, size, root).text()
        line = NoteSignature(origin, signature[:4], signature[4:]).line
        facts: list[ShownFact] = []
        facts_root = _facts(tree, facts)
        _expect(bool(facts))
    except (TypeError, ValueError, CheckpointError) as fault:
        raise NotCompact(f"a field is not as it should be: {fault}") from None
    steps = tuple(path[at : at + 32] for at in range(0, len(path), 32))
    event = EventEvidence(
        EntryType.CUSTODY, index, facts_root, tuple(facts), HiddenStatement(digest), steps
    )
    return CompactEvidence(subject, f"{text}\n{line}", event)


def verify_compact(data: bytes, *, log_vkey: str) -> Verdict:
    """What the octets prove to whoever knows the log's key, or its keys, with spaces between: then it is the one whose
    key ID the signature has. Raises NotCompact, and NoteError for a wrong key."""
    keys = [Verifier.parse(vkey) for vkey in log_vkey.split() or [""]]
    found, findings = unpack(data), Findings()
    log = _signing(found.checkpoint, keys)
    findings.holds("log key", "", "the log's key is the one you gave")
    checkpoint = None
    try:
        checkpoint = parse_checkpoint(open_note(found.checkpoint, [log]).text)
        findings.holds(
            "checkpoint", "/checkpoint", f"the log signed its state at {checkpoint.size} entries"
        )
    except (NoteError, CheckpointError) as fault:
        findings.fails("checkpoint", "/checkpoint", str(fault))
    check_entry(found.event, "/event", checkpoint, findings)
    named = [fact.value for fact in found.event.facts if fact.name == PACKAGE]
    if any(isinstance(value, tuple) and value[:1] == (found.subject,) for value in named):
        findings.holds("subject", "/event", "the event names the package")
    else:
        findings.fails("subject", "/event", "the event does not name the package")
    findings.not_checked(
        "signature", "/event", "who signed the event: that is in the whole evidence"
    )
    findings.not_checked(
        "stolen",
        "/event",
        "that the key it was signed with was not reported stolen: ask for the whole evidence",
    )
    findings.not_checked("completeness", "/event", "what happened before and after this event")
    return Verdict(tuple(findings.checks))


def _signing(note: str, keys: Sequence[Verifier]) -> Verifier:
    """Of these keys the one that the note says it is signed with; the last one where it says so of none."""
    try:
        named = {(one.name, one.key_id) for one in split_note(note)[1]}
    except NoteError:
        return keys[-1]  # opening it says so
    return next((key for key in keys if (key.name, key.key_id) in named), keys[-1])


def _tree(paths: Sequence[tuple[ShownFact, Sequence[Step]]]) -> Any:
    """Facts and hashes as they hang in the tree of facts: a pair, a fact of three, or a hash."""
    if len(paths) == 1 and not paths[0][1]:
        fact = paths[0][0]
        name = NAMES.index(fact.name) if fact.name in NAMES else fact.name
        return [fact.salt, name, fact.value]
    left: list[tuple[ShownFact, Sequence[Step]]] = []
    right: list[tuple[ShownFact, Sequence[Step]]] = []
    hashes: dict[str, bytes] = {}
    for fact, steps in paths:
        if not steps:
            raise NotCompact("the paths of the facts are not of one tree")
        top = steps[-1]
        (right if top.side == "left" else left).append((fact, steps[:-1]))
        hashes[top.side] = top.digest
    return [
        _tree(left) if left else hashes["left"],
        _tree(right) if right else hashes["right"],
    ]


def _facts(tree: Any, found: list[ShownFact], depth: int = 0) -> bytes:
    """The root of a tree; its facts, with paths, go into `found`. Raises ValueError, TypeError."""
    if isinstance(tree, bytes):
        _expect(len(tree) == 32)
        return tree
    _expect(isinstance(tree, list) and len(tree) in (2, 3) and depth < _DEEPEST)
    if len(tree) == 3:
        salt, name, value = tree
        if isinstance(name, int) and not isinstance(name, bool):
            _expect(0 <= name < len(NAMES))
            name = NAMES[name]
        _expect(isinstance(salt, bytes) and len(salt) == SALT_SIZE and isinstance(name, str))
        fact = ShownFact(salt, name, value, ())
        found.append(fact)
        return fact_leaf(salt, name, fact.value)
    start = len(found)
    left = _facts(tree[0], found, depth + 1)
    middle = len(found)
    right = _facts(tree[1], found, depth + 1)
    for at in range(start, len(found)):
        step = Step("right", right) if at < middle else Step("left", left)
        fact = found[at]
        found[at] = ShownFact(fact.salt, fact.name, fact.value, (*fact.path, step))
    return node_hash(left, right)


def _fields(data: bytes) -> list[Any]:
    if not data or data[0] != VERSION:
        raise NotCompact("these octets are not of version 1")
    reader = zlib.decompressobj(-15)
    try:
        raw = reader.decompress(data[1:], MAX_OCTETS)
        if not reader.eof or reader.unused_data:
            raise NotCompact("the octets are too long, or end too early or too late")
        fields = cbor.decode(raw)
    except (zlib.error, ValueError) as fault:
        raise NotCompact(f"the octets cannot be read: {fault}") from None
    if not isinstance(fields, list) or len(fields) != 9:
        raise NotCompact("these are not the nine fields of the form")
    return fields


def _expect(held: bool) -> None:
    if not held:
        raise ValueError("a field has another shape")
