"""The witnesses whose cosignatures an audit checks: those that the auditor names, else those of the log's own policy."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pharmatrace.kernel.evidence.shard_following import DESCRIPTION
from pharmatrace.kernel.tlog.audit import Missing, Source
from pharmatrace.kernel.tlog.policy_reading import PolicyError, parse_policy
from pharmatrace.kernel.tlog.verifier_keys import WitnessKey, parse_witness_key


def audit_witnesses(source: Source, given: Sequence[str]) -> tuple[WitnessKey, ...]:
    """Each once. Without `given` (verifier keys) the keys are the log's word: they show that what it publishes as
    cosigned is, and nothing about who holds them. Raises NoteError, and ValueError for a description that cannot be
    read."""
    if given:
        return tuple(dict.fromkeys(parse_witness_key(vkey) for vkey in given))
    try:
        policy = json.loads(source.read(DESCRIPTION)).get("policy")
        return tuple(one.key for one in parse_policy(policy.encode()).witnesses) if policy else ()
    except Missing:
        return ()
    except (ValueError, AttributeError, RecursionError, PolicyError) as fault:
        raise ValueError(f"{DESCRIPTION} cannot be read: {fault!r}") from None
