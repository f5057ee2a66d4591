"""Checks of the log itself: its key, the checkpoint, who cosigned it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pharmatrace.kernel.evidence.findings import Findings
from pharmatrace.kernel.evidence.registry_entries import named_key
from pharmatrace.kernel.evidence.shown import Bundle, Shard
from pharmatrace.kernel.evidence.statement import StatementError
from pharmatrace.kernel.evidence.trees import first_of
from pharmatrace.kernel.tlog.checkpoint import Checkpoint, CheckpointError
from pharmatrace.kernel.tlog.cosignature import cosigned_at
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import Note, NoteError, NoteVerifier, Verifier
from pharmatrace.kernel.tlog.policy import Policy, PolicyLog, PolicyUnmet
from pharmatrace.kernel.tlog.verifier_keys import WitnessKey, parse_witness_key


def check_log_key(
    bundle: Bundle | Shard,
    pinned: Sequence[Verifier],
    findings: Findings,
    *,
    led_to: bool = False,
) -> LogKeys | None:
    """The keys to check the log with, and whether the reader knows them: the bundle's own key must be one of those
    pinned, or one that a pinned one leads to by the old keys' notes. Without any the bundle's own is used, which
    is said. `led_to`: a pinned key of another shard leads to this one's."""
    place = "/log/vkey"
    try:
        own = Verifier.parse(bundle.log.vkey)
    except NoteError as fault:
        findings.fails("log key", place, str(fault))
        return LogKeys(pinned[0]) if pinned else None
    keys = named_in(bundle, own, findings)
    if not pinned:
        findings.not_checked(
            "log key",
            place,
            f"the log's key comes from the bundle itself: compare it with the published {own.vkey()}",
        )
    elif own in pinned:
        findings.holds("log key", place, "the log's key is the one you gave")
    elif known := [one for one in keys.all if one in pinned]:
        notes = len(keys.all) - 1 - keys.all.index(known[-1])
        findings.holds(
            "log key", place, f"the key you gave leads to the log's key by {notes} signed notes"
        )
    elif led_to:
        findings.holds(
            "log key", place, "the key you gave, of another shard of this log, leads to this one"
        )
    else:
        findings.fails("log key", place, "the bundle is of a log with another key than yours")
        return LogKeys(pinned[0])
    return keys


def named_in(bundle: Bundle | Shard, own: Verifier, findings: Findings) -> LogKeys:
    """The log's keys by the old keys' own notes; the last of them must be the bundle's. Where the entries stand
    in the log is checked with the genesis."""
    if not bundle.log_keys:
        return LogKeys(own)
    place = "/genesis"
    try:
        first = bundle.genesis.fact("log_key")
        keys = LogKeys(Verifier.parse(first if isinstance(first, str) else ""))
        for at, entry in enumerate(bundle.log_keys):
            place = f"/log_keys/{at}"
            keys = named_key(entry, keys, bundle.log.origin, first=first_of(bundle.genesis))
        place = "/log/vkey"
        if keys.newest != own:
            raise StatementError("the last key that is named is not the key of this bundle")
    except (NoteError, StatementError) as fault:
        findings.fails("log key", place, str(fault))
        return LogKeys(own)
    return keys


def check_checkpoint(
    bundle: Bundle | Shard,
    keys: LogKeys | None,
    findings: Findings,
    *,
    pinned: Sequence[WitnessKey] = (),
    policy: Policy | None = None,
) -> Checkpoint | None:
    """The checkpoint if the log signed it; with it the cosignatures of the witnesses in the bundle, and
    of those the reader knows from elsewhere: `pinned` must have cosigned, of the policy's the quorum
    (`check_policy`). Only these count."""
    place = "/checkpoint"
    if keys is None:
        findings.not_checked("checkpoint", place, "there is no key to check the checkpoint with")
        return None
    try:
        listed = [parse_witness_key(vkey) for vkey in bundle.log.witnesses]
        others = [witness for witness in pinned if witness not in listed]
        note, checkpoint = open_of_log(bundle.checkpoint, keys, bundle.log.origin, listed + others)
    except (NoteError, CheckpointError) as fault:
        findings.fails("checkpoint", place, str(fault))
        return None
    findings.holds("checkpoint", place, f"the log signed its state at {checkpoint.size} entries")
    known = [*pinned, *(one.key for one in policy.witnesses)] if policy else pinned
    _check_cosignatures(note, listed, others, known, findings)
    return checkpoint


def pinned_by_policy(bundle: Bundle, policy: Policy | None) -> list[Verifier]:
    """The log's keys that the reader's policy lists: those the reader knows."""
    logs = [one.key for one in policy.logs] if policy else []
    origins = {bundle.log.origin, *(shard.log.origin for shard in bundle.shards)}
    return [one for one in logs if isinstance(one, Verifier) and one.name in origins]


def check_policy(
    bundle: Bundle,
    keys: LogKeys | None,
    policy: Policy,
    findings: Findings,
    *,
    led_to: bool = False,
) -> None:
    """The checkpoint is signed by a log of the reader's policy, or by the key that a listed one leads to (`led_to`:
    one of another shard), and cosigned by its quorum."""
    place = "/checkpoint"
    if keys is not None:
        listed = [one.key for one in policy.logs]
        follows = led_to or any(one in listed for one in keys.all)
        if keys.newest not in listed and follows:
            policy = replace(policy, logs=(*policy.logs, PolicyLog(keys.newest)))
    try:
        _, cosigned = policy.check(bundle.checkpoint, logs=[keys.newest] if keys else [])
    except (NoteError, PolicyUnmet) as fault:
        findings.fails("policy", place, f"your policy is not met: {fault}")
        return
    names = ", ".join(one.name for one in cosigned) or "nobody, and asks for nobody"
    findings.holds("policy", place, f"your policy is met: cosigned by {names}")


def open_of_log(
    text: str, keys: LogKeys, origin: str, more: Sequence[NoteVerifier] = ()
) -> tuple[Note, Checkpoint]:
    """A checkpoint of this origin, signed by the key that signs its size. Raises NoteError, CheckpointError."""
    note, checkpoint = keys.open(text, more)
    if checkpoint.origin != origin:
        raise CheckpointError(f"the checkpoint is of {checkpoint.origin}, not of {origin}")
    return note, checkpoint


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
