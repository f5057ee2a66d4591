"""Whether a published checkpoint is cosigned as this installation's own policy asks."""

from __future__ import annotations

from django.core.exceptions import ObjectDoesNotExist

from apps.ledger.witnessing.policy_file import PolicyFault, witness_policy
from apps.verify.log_verifier import verifier_for
from pharmatrace.kernel.tlog.note import NoteError, split_note
from pharmatrace.kernel.tlog.policy import PolicyUnmet


def witnessed(note: str) -> bool | None:
    """None where nobody is asked, or nobody was asked when this checkpoint was published. Every signature is
    verified; one query at most."""
    try:
        policy = witness_policy()
        if policy.asks_nobody:
            return None
        policy.check(note, logs=[verifier_for(note)])
    except PolicyFault:
        return None  # said where checkpoints are published
    except PolicyUnmet:
        return None if len(split_note(note)[1]) == 1 else False
    except (NoteError, LookupError, ValueError, ObjectDoesNotExist):
        return False
    return True
