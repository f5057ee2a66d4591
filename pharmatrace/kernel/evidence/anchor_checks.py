"""Checks of anchors: each is of the same log and history, and what it tells of the time, kind by kind."""

from __future__ import annotations

from pharmatrace.kernel.evidence.anchor_evm import check_record
from pharmatrace.kernel.evidence.anchor_forms import (
    Anchor,
    EvmAnchor,
    JournalAnchor,
    TimeStampAnchor,
)
from pharmatrace.kernel.evidence.anchor_opentimestamps import check_proof
from pharmatrace.kernel.evidence.anchor_rfc3161 import check_token, read_token
from pharmatrace.kernel.evidence.anchor_stamped import AnchorError, Unconfirmed, stamped
from pharmatrace.kernel.evidence.anchor_trust import AnchorTrust
from pharmatrace.kernel.evidence.findings import Findings
from pharmatrace.kernel.evidence.log_checks import open_of_log
from pharmatrace.kernel.evidence.shown import Bundle, Shard
from pharmatrace.kernel.tlog.checkpoint import Checkpoint, CheckpointError
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import NoteError, Verifier
from pharmatrace.kernel.tlog.proofs import ProofError, check_consistency

NOT_UNIQUE = "; it does not show that no other history was told as well"


def check_anchors(
    bundle: Bundle | Shard,
    keys: LogKeys | None,
    checkpoint: Checkpoint | None,
    findings: Findings,
    *,
    trust: AnchorTrust,
) -> None:
    """Each anchored checkpoint is of the same log and the same history, and what is outside dates it."""
    if not bundle.anchors:
        findings.not_checked("anchor", "/anchors", "the checkpoint is not anchored anywhere")
    for at, anchor in enumerate(bundle.anchors):
        place = f"/anchors/{at}"
        if keys is None or checkpoint is None:
            findings.not_checked("anchor", place, "without a checkpoint there is nothing to anchor")
            continue
        try:
            _, anchored = open_of_log(anchor.checkpoint, keys, bundle.log.origin)
            _check_same_history(anchor, anchored, checkpoint)
            sentence = outside(anchor, anchored, keys.at(anchored.size), trust)
        except Unconfirmed as fault:
            findings.not_checked("anchor", place, f"{anchor.kind}: {fault}")
        except AnchorError as fault:
            findings.fails("anchor", place, f"{anchor.kind}: {fault}")
        except (NoteError, CheckpointError, ProofError) as fault:
            findings.fails("anchor", place, f"the {anchor.kind} tells another story: {fault}")
        else:
            findings.holds("anchor", place, sentence)


def outside(anchor: Anchor, anchored: Checkpoint, log: Verifier, trust: AnchorTrust) -> str:
    """What the anchor shows, in a sentence. Raises AnchorError, and Unconfirmed where the reader has to bring
    more; NoteError where the log did not sign the checkpoint."""
    if isinstance(anchor, JournalAnchor):
        return (
            f"the operator's journal holds the same history at {anchored.size} entries;"
            " it does not protect against the operator"
        )
    if isinstance(anchor, EvmAnchor):
        check_record(anchor.record, anchored=anchored, trust=trust)
        return (
            f"the contract {anchor.record.contract} on the chain {anchor.record.chain_id} accepted the first"
            f" {anchored.size} entries in block {anchor.record.block}{NOT_UNIQUE}"
        )
    over = stamped(anchor.checkpoint, log)
    if isinstance(anchor, TimeStampAnchor):
        return _time_stamp(anchor, anchored, over, trust)
    block = check_proof(anchor.proof, over=over, headers=trust.bitcoin_headers)
    return (
        f"the first {anchored.size} entries existed before the Bitcoin block {block.height} that you gave, of"
        f" {block.at:%Y-%m-%d %H:%M} UTC, give or take two hours{NOT_UNIQUE}"
    )


def _time_stamp(
    anchor: TimeStampAnchor, anchored: Checkpoint, over: bytes, trust: AnchorTrust
) -> str:
    said = read_token(anchor.token, over=over)
    when = f"{said.at:%Y-%m-%d %H:%M:%S} UTC"
    if not trust.tsa_roots:
        raise Unconfirmed(
            f"a time stamp by {said.authority or 'an authority that is not named'} says that the first"
            f" {anchored.size} entries existed at {when}, but no root was given to check it with (--tsa-root)"
        )
    check_token(anchor.token, over=over, roots=trust.tsa_roots)
    return (
        f"the first {anchored.size} entries existed before {when}, says {said.authority} under a root that"
        f" you gave{NOT_UNIQUE}"
    )


def _check_same_history(anchor: Anchor, anchored: Checkpoint, own: Checkpoint) -> None:
    old, new = sorted((anchored, own), key=lambda checkpoint: checkpoint.size)
    check_consistency(
        old_root=old.root,
        old_size=old.size,
        new_root=new.root,
        new_size=new.size,
        path=anchor.path,
    )
