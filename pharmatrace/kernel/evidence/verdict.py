"""The verdict on an evidence bundle: everything that was checked, and what was not.

Needs nothing but the bundle. What a bundle cannot show is said as "not checked"; one failing check
and the verdict does not hold. Nor does it where a statement was signed with a key that was reported stolen: every
proof is good then, and whoever has the key may have made it ("not to be relied on").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pharmatrace.kernel.evidence.anchor_checks import check_anchors
from pharmatrace.kernel.evidence.anchor_trust import NOTHING, AnchorTrust
from pharmatrace.kernel.evidence.authority_checks import check_keys, check_signature
from pharmatrace.kernel.evidence.bundle_reading import BundleError, NotABundle, read_bundle
from pharmatrace.kernel.evidence.entry_checks import check_entry
from pharmatrace.kernel.evidence.findings import Check, Findings, Outcome
from pharmatrace.kernel.evidence.history_checks import (
    check_containers,
    check_corrections,
    check_disclosure,
    check_history,
    check_subject,
)
from pharmatrace.kernel.evidence.log_checks import check_policy, pinned_by_policy
from pharmatrace.kernel.evidence.marks import check_marks
from pharmatrace.kernel.evidence.meaning_checks import check_meaning
from pharmatrace.kernel.evidence.shard_checks import Keys, check_chain, check_heads, is_led_to
from pharmatrace.kernel.evidence.shown import Bundle, ShownStatement
from pharmatrace.kernel.evidence.statement import StatementError, read_statement_unverified
from pharmatrace.kernel.evidence.trees import Trees
from pharmatrace.kernel.tlog.note import Verifier
from pharmatrace.kernel.tlog.policy import Policy
from pharmatrace.kernel.tlog.verifier_keys import parse_witness_key

__all__ = ["Check", "Outcome", "Verdict", "verify_bundle"]

CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks in the order in which they were made."""

    checks: tuple[Check, ...]
    unconfirmed_log_key: str | None = None
    """The verifier key of the log that the verdict is about, when the reader did not give one: whoever made
    the bundle may have made the log. None when the key was given, or when the file has none to use."""

    @property
    def holds(self) -> bool:
        """True when nothing fails and nothing is doubted. What was not checked is in `unchecked`, and should be
        read."""
        return not self.failed and not self.doubted

    @property
    def failed(self) -> tuple[Check, ...]:
        return self._with(Outcome.FAILS)

    @property
    def doubted(self) -> tuple[Check, ...]:
        """What is as it was recorded and nevertheless not to be relied on: signed with a stolen key."""
        return self._with(Outcome.DOUBTED)

    @property
    def unchecked(self) -> tuple[Check, ...]:
        return self._with(Outcome.NOT_CHECKED)

    def _with(self, outcome: Outcome) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.outcome is outcome)


def verify_bundle(
    bundle: Bundle | bytes | str,
    *,
    log_vkey: str | None = None,
    witness_vkeys: Sequence[str] = (),
    policy: Policy | None = None,
    now: datetime | None = None,
    anchor_trust: AnchorTrust = NOTHING,
) -> Verdict:
    """Checks a bundle, or a bundle's file.

    `log_vkey` is the log's verifier key, known from elsewhere, or several of one log with spaces between; without
    it the bundle's own is used and said to be. `witness_vkeys` are keys of witnesses (type 0x04 or 0x06), likewise: each must have
    cosigned, and what others cosigned counts for nothing. With `policy` its quorum must have cosigned, and a
    log that it lists needs no `log_vkey`. With `now` (aware), statements from the future fail. `anchor_trust`
    is what the reader holds anchors against; without it they are said to be unconfirmed. A file with
    a wrong field gives a failing `format` check. Raises NotABundle for a file that is no bundle at all, and
    NoteError for a key that is no verifier key of its kind.
    """
    pinned = (
        [Verifier.parse(vkey) for vkey in log_vkey.split() or [""]] if log_vkey is not None else []
    )
    witnesses = [parse_witness_key(vkey) for vkey in dict.fromkeys(witness_vkeys)]
    findings = Findings()
    if not isinstance(bundle, Bundle):
        try:
            bundle = read_bundle(bundle)
        except NotABundle:
            raise
        except BundleError as fault:
            findings.fails("format", fault.place, fault.sentence)
            return Verdict(tuple(findings.checks))
    findings.holds("format", "", "the file has exactly the fields of the format")
    pinned = pinned or pinned_by_policy(bundle, policy)
    keys, trees = check_heads(bundle, pinned, findings, witnesses=witnesses, policy=policy)
    log = keys[-1]
    if policy is not None:
        led_to = is_led_to(bundle, pinned_by_policy(bundle, policy))
        check_policy(bundle, log, policy, findings, led_to=led_to)
    _check_contents(bundle, keys, trees, findings, anchor_trust)
    if now is not None:
        _check_times(bundle, now, findings)
    return Verdict(tuple(findings.checks), log.newest.vkey() if log and not pinned else None)


def _check_contents(
    bundle: Bundle,
    log_keys: Keys,
    trees: Trees,
    findings: Findings,
    anchor_trust: AnchorTrust,
) -> None:
    for (below, part), log, tree in zip(bundle.parts, log_keys, trees.all, strict=True):
        told = findings.below(below)
        check_anchors(part, log, tree.checkpoint, told, trust=anchor_trust)
    registrar = check_chain(bundle, log_keys, trees, findings)
    keys = check_keys(bundle, registrar, trees, findings)
    for at, event in enumerate(bundle.events):
        place = f"/events/{at}"
        check_entry(event, place, trees, findings)
        check_signature(event, place, keys, findings)
        check_marks(event, place, registrar, trees, findings)
    check_history(bundle, findings)
    check_subject(bundle, findings)
    check_containers(bundle, findings)
    check_corrections(bundle, findings)
    check_meaning(bundle, findings)
    check_disclosure(bundle, findings)


def _check_times(bundle: Bundle, now: datetime, findings: Findings) -> None:
    latest = (now + CLOCK_SKEW).timestamp()
    for at, event in enumerate(bundle.events):
        if not isinstance(event.signature, ShownStatement):
            continue
        try:
            signed_at = read_statement_unverified(event.signature.cose).iat
        except StatementError:
            continue  # said by the check of the signature
        if signed_at > latest:
            place = f"/events/{at}/signature"
            findings.fails("time", place, "the statement was signed in the future")
