"""Checks of the log itself: its key, the checkpoint, who cosigned it."""

from __future__ import annotations

from collections.abc import Sequence

from pharmatrace.kernel.evidence.findings import Findings
from pharmatrace.kernel.evidence.shown import Bundle
from pharmatrace.kernel.tlog.checkpoint import Checkpoint, CheckpointError, parse_checkpoint
from pharmatrace.kernel.tlog.cosignature import CosignatureVerifier, cosigned_at
from pharmatrace.kernel.tlog.note import Note, NoteError, NoteVerifier, Verifier, open_note


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
    pinned: Sequence[CosignatureVerifier] = (),
) -> Checkpoint | None:
    """The checkpoint if the log signed it; with it the cosignatures of the witnesses in the bundle, and
    of those the reader knows from elsewhere (`pinned`): only these count."""
    place = "/checkpoint"
    if log is None:
        findings.not_checked("checkpoint", place, "there is no key to check the checkpoint with")
        return None
    try:
        listed = [CosignatureVerifier.parse(vkey) for vkey in bundle.log.witnesses]
        others = [witness for witness in pinned if witness not in listed]
        note = open_note(bundle.checkpoint, [log, *listed, *others])
        checkpoint = _signed_by_log(note, bundle.log.origin, log)
    except (NoteError, CheckpointError) as fault:
        findings.fails("checkpoint", place, str(fault))
        return None
    findings.holds("checkpoint", place, f"the log signed its state at {checkpoint.size} entries")
    _check_cosignatures(note, listed, others, pinned, findings)
    return checkpoint


def _signed_by_log(note: Note, origin: str, log: NoteVerifier) -> Checkpoint:
    if not any(found.name == log.name and found.key_id == log.key_id for found in note.verified):
        raise NoteError("the log did not sign the checkpoint")
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != origin:
        raise CheckpointError(f"the checkpoint is of {checkpoint.origin}, not of {origin}")
    return checkpoint


def _check_cosignatures(
    note: Note,
    listed: Sequence[CosignatureVerifier],
    others: Sequence[CosignatureVerifier],
    pinned: Sequence[CosignatureVerifier],
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
        if witness in pinned:
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
