"""Checks of the log itself: its key, the checkpoint, who cosigned it."""

from __future__ import annotations

from collections.abc import Sequence

from pharmatrace.kernel.evidence.findings import Findings
from pharmatrace.kernel.evidence.shown import Bundle
from pharmatrace.kernel.tlog.checkpoint import Checkpoint, CheckpointError, parse_checkpoint
from pharmatrace.kernel.tlog.cosignature import cosigned_at
from pharmatrace.kernel.tlog.note import Note, NoteError, NoteVerifier, Verifier, open_note
from pharmatrace.kernel.tlog.policy import Policy, PolicyUnmet
from pharmatrace.kernel.tlog.verifier_keys import WitnessKey, parse_witness_key


def log_verifier(bundle: Bundle, pinned: Verifier | None, findings: Findings) -> Verifier | None:
    """The key to check the log with: the pinned one, or else the bundle's own, which is said."""
    try:
        own = Verifier.parse(bundle.log.vkey)
    except NoteError as fault:
        findings.fails("log key", "/log/vkey", str(fault))
        return pinned
    if pinned is None:
        findings.not_checked(
            "log key",
            "/log/vkey",
            f"the log's key comes from the bundle itself: compare it with the published {own.vkey()}",
        )
        return own
    if pinned != own:
        findings.fails("log key", "/log/vkey", "the bundle is of a log with another key than yours")
    else:
        findings.holds("log key", "/log/vkey", "the log's key is the one you gave")
    return pinned


def check_checkpoint(
    bundle: Bundle,
    log: Verifier | None,
    findings: Findings,
    *,
    pinned: Sequence[WitnessKey] = (),
    policy: Policy | None = None,
) -> Checkpoint | None:
    """The checkpoint if the log signed it; with it the cosignatures of the witnesses in the bundle, and
    of those the reader knows from elsewhere: `pinned` must have cosigned, of the policy's the quorum
    (`check_policy`). Only these count."""
    place = "/checkpoint"
    if log is None:
        findings.not_checked("checkpoint", place, "there is no key to check the checkpoint with")
        return None
    try:
        listed = [parse_witness_key(vkey) for vkey in bundle.log.witnesses]
        others = [witness for witness in pinned if witness not in listed]
        note = open_note(bundle.checkpoint, [log, *listed, *others])
        checkpoint = _signed_by_log(note, bundle.log.origin, log)
    except (NoteError, CheckpointError) as fault:
        findings.fails("checkpoint", place, str(fault))
        return None
    findings.holds("checkpoint", place, f"the log signed its state at {checkpoint.size} entries")
    known = [*pinned, *(one.key for one in policy.witnesses)] if policy else pinned
    _check_cosignatures(note, listed, others, known, findings)
    return checkpoint


def pinned_by_policy(bundle: Bundle, policy: Policy | None) -> Verifier | None:
    """The log's key where the reader's policy lists it: then it is one the reader knows."""
    for one in policy.logs if policy else ():
        if isinstance(one.key, Verifier) and one.key.vkey() == bundle.log.vkey:
            return one.key
    return None


def check_policy(bundle: Bundle, log: Verifier | None, policy: Policy, findings: Findings) -> None:
    """The checkpoint is signed by a log of the reader's policy and cosigned by its quorum."""
    place = "/checkpoint"
    try:
        _, cosigned = policy.check(bundle.checkpoint, logs=[log] if log else [])
    except (NoteError, PolicyUnmet) as fault:
        findings.fails("policy", place, f"your policy is not met: {fault}")
        return
    names = ", ".join(one.name for one in cosigned) or "nobody, and asks for nobody"
    findings.holds("policy", place, f"your policy is met: cosigned by {names}")


def _signed_by_log(note: Note, origin: str, log: NoteVerifier) -> Checkpoint:
    if not any(found.name == log.name and found.key_id == log.key_id for found in note.verified):
        raise NoteError("the log did not sign the checkpoint")
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != origin:
        raise CheckpointError(f"the checkpoint is of {checkpoint.origin}, not of {origin}")
    return checkpoint


def _check_cosignatures(
    note: Note,
    listed: Sequence[WitnessKey],
    others: Sequence[WitnessKey],
    known: Sequence[WitnessKey],
    findings: Findings,
) -> None:
    signed = {(found.name, found.key_id): found for found in note.verified}
    for at, witness in enumerate((*listed, *others)):
        place = f"/log/witnesses/{at}" if at < len(listed) else "/checkpoint"
        found = signed.get((witness.name, witness.key_id))
        if found is None:
            findings.fails("cosignature", place, f"{witness.name} did not cosign the checkpoint")
            continue
        sentence = f"{witness.name} cosigned the checkpoint at {cosigned_at(found)} (POSIX time)"
        if witness in known:
            findings.holds("cosignature", place, sentence)
        else:
            findings.not_checked(
                "cosignature", place, f"{sentence}, but its key comes from the bundle itself"
            )
    if not listed and not others:
        findings.not_checked("cosignature", "/log/witnesses", "no witness is named in the bundle")
    for unknown in note.unverified:
        findings.not_checked(
            "cosignature", "/checkpoint", f"the signature of {unknown.name} is of an unknown key"
        )
