"""Checks of one log entry: its facts, its commitment, and its place in the log."""

from __future__ import annotations

from pharmatrace.kernel.evidence import statement
from pharmatrace.kernel.evidence.fact_paths import root_from_steps
from pharmatrace.kernel.evidence.facts import PACKAGE, fact_leaf
from pharmatrace.kernel.evidence.findings import Findings
from pharmatrace.kernel.evidence.shown import EventEvidence, ShownStatement
from pharmatrace.kernel.evidence.trees import Signed, tree_for
from pharmatrace.kernel.tlog.proofs import ProofError, check_inclusion
from pharmatrace.kernel.tlog.tree import leaf_hash, root_of


def check_entry(event: EventEvidence, place: str, signed: Signed, findings: Findings) -> bool:
    """The shown facts are the event's, and the event is in the log. True if nothing fails."""
    facts_hold = _check_facts(event, place, findings)
    return _check_inclusion(event, place, signed, findings) and facts_hold


def claims_of(event: EventEvidence, public_key: bytes) -> statement.StatementClaims:
    """The claims of the shown statement over just these facts. Raises StatementError."""
    if not isinstance(event.signature, ShownStatement):
        raise statement.StatementError("the signed statement is not shown")
    claims = statement.check_statement(event.signature.cose, public_key)
    if claims.facts_root != event.facts_root:
        raise statement.StatementError("the statement is signed over other facts")
    return claims


def _check_facts(event: EventEvidence, place: str, findings: Findings) -> bool:
    if event.erased is not None:
        return _check_erased_facts(event, place, findings)
    good, leaves, names = True, [], set()
    for at, fact in enumerate(event.facts):
        leaf = fact_leaf(fact.salt, fact.name, fact.value)
        leaves.append(leaf)
        where = f"{place}/facts/{at}"
        if root_from_steps(leaf, fact.path) != event.facts_root:
            good = False
            findings.fails("fact", where, f"the fact {fact.name!r} is not one of this event")
        elif fact.name in names and fact.name != PACKAGE:
            good = False
            findings.fails("fact", where, f"the fact {fact.name!r} is stated twice")
        names.add(fact.name)
    if good:
        findings.holds("fact", f"{place}/facts", f"{len(leaves)} facts belong to this event")
    if root_of(leaves) != event.facts_root:
        findings.not_checked("fact", f"{place}/facts", "this event has facts that are not shown")
    return good


def _check_erased_facts(event: EventEvidence, place: str, findings: Findings) -> bool:
    assert event.erased is not None
    good = True
    for at, fact in enumerate(event.erased.facts):
        if root_from_steps(fact.leaf, fact.path) != event.facts_root:
            good = False
            findings.fails("fact", f"{place}/erased/facts/{at}", "this is no fact of this event")
    return good


def _check_inclusion(event: EventEvidence, place: str, signed: Signed, findings: Findings) -> bool:
    tree = tree_for(event.index, signed)
    if tree is None:
        sentence = "the log does not hold this event: it lies before the shards of this bundle"
        findings.fails("inclusion", place, sentence)
        return False
    checkpoint = tree.checkpoint
    if checkpoint is None:
        findings.not_checked("inclusion", place, "without a checkpoint nothing is in the log")
        return False
    signature = event.signature
    if isinstance(signature, ShownStatement):
        digest = statement.signature_digest(signature.salt, signature.cose)
    else:
        digest = signature.digest
    commitment = statement.commitment(facts_root=event.facts_root, signature_digest=digest)
    try:
        check_inclusion(
            root=checkpoint.root,
            size=checkpoint.size,
            index=event.index - tree.first,
            leaf=leaf_hash(statement.entry(event.type, commitment)),
            path=event.path,
        )
    except ProofError as fault:
        findings.fails("inclusion", place, f"the log does not hold this event: {fault}")
        return False
    findings.holds("inclusion", place, f"the event is entry {event.index} of the log")
    return True
