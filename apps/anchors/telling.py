"""tell: the newest published checkpoint → whoever is configured to keep or stamp it.

The rows are the truth: what is due is a row, a step is claimed for a few minutes (SKIP LOCKED), taken outside any
transaction, and its outcome stored. Cut off anywhere, the step is taken again when the claim has run out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.anchors.backends import Backend, Done, Hopeless, Pending, Told, Trouble, backends
from apps.anchors.models import Anchor, AnchorAttempt
from apps.ledger.models import Checkpoint
from apps.ledger.selectors import latest_checkpoint, log_verifier
from pharmatrace.kernel.evidence.anchor_stamped import stamped

log = structlog.get_logger(__name__)
CLAIM = timedelta(minutes=3)  # longer than any step takes
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
State = AnchorAttempt.State
OPEN = (State.WAITING, State.PENDING)
PATIENCE = timedelta(days=60)  # then what is still pending is given up
_said: set[str] = set()


def tell(*, at: datetime, most: int = 20) -> int:
    """Opens what is due and takes up to `most` steps; returns how many. May run anywhere, any number at once."""
    newest = latest_checkpoint()
    if newest is None:
        return 0
    kinds = {one.name: one for one in backends()}
    _say_what_is_missing(kinds.values())
    open_due(kinds.values(), newest, at=at)
    taken = 0
    while taken < most and (attempt := _claim(kinds.values(), newest, at)):
        _take(kinds[attempt.backend], attempt, at)
        taken += 1
    return taken


def open_due(kinds: Iterable[Backend], newest: Checkpoint, *, at: datetime) -> None:
    """A row for each target whose turn it is. Older checkpoints are not told: they follow from consistency."""
    for kind in kinds:
        for target in kind.targets():
            rows = AnchorAttempt.objects.filter(backend=kind.name, target=target)
            last = rows.order_by("-begun_at").first()
            if last is None or _is_due(kind, last, newest, at):
                attempt = AnchorAttempt(
                    checkpoint=newest, backend=kind.name, target=target,
                    begun_at=at, next_at=at, changed_at=at,
                )  # fmt: skip
                AnchorAttempt.objects.bulk_create([attempt], ignore_conflicts=True)


def _say_what_is_missing(kinds: Iterable[Backend]) -> None:
    """Once in every process: an installation that is anchored nowhere shall not look like one that is."""
    for kind in kinds:
        if not kind.targets() and kind.name not in _said:
            _said.add(kind.name)
            log.warning("anchor_not_configured", backend=kind.name, missing=kind.missing)


def _is_due(kind: Backend, last: AnchorAttempt, newest: Checkpoint, at: datetime) -> bool:
    if last.state == State.WAITING or (kind.serial and last.state == State.PENDING):
        return False
    grown = newest.size - last.checkpoint_id
    return grown > 0 and (
        at - last.begun_at >= kind.rhythm.every or 0 < kind.rhythm.entries <= grown
    )


def _claim(kinds: Iterable[Backend], newest: Checkpoint, at: datetime) -> AnchorAttempt | None:
    ours = Q(pk__in=[])
    for kind in kinds:
        ours |= Q(backend=kind.name, target__in=kind.targets())
    with transaction.atomic():
        rows = AnchorAttempt.objects.filter(ours, state__in=OPEN, next_at__lte=at)
        attempt = rows.select_for_update(skip_locked=True).order_by("next_at").first()
        if attempt is None:
            return None
        attempt.next_at = at + CLAIM
        attempt.save(update_fields=["next_at"])
    if attempt.state == State.WAITING and attempt.checkpoint_id < newest.size:
        _move_on(attempt, newest, at)
    return attempt


def _move_on(attempt: AnchorAttempt, newest: Checkpoint, at: datetime) -> None:
    """What could not be told yet makes room for what is newest now."""
    before = attempt.checkpoint
    attempt.checkpoint, attempt.begun_at = newest, at
    try:
        with transaction.atomic():
            attempt.save(update_fields=["checkpoint", "begun_at"])
    except IntegrityError:  # the newest has a row of its own
        attempt.checkpoint = before


def _take(kind: Backend, attempt: AnchorAttempt, at: datetime) -> None:
    checkpoint = attempt.checkpoint
    verifier = log_verifier(checkpoint.size)
    told = Told(
        origin=verifier.name,
        size=checkpoint.tree_size,
        root=bytes(checkpoint.root),
        stamped=stamped(checkpoint.note, verifier),
    )
    try:
        outcome = kind.step(told, attempt.target, bytes(attempt.progress), at=at)
    except Trouble as trouble:
        _failed(attempt, str(trouble), at)
    except Hopeless as end:
        _settle(attempt, at, state=State.FAILED, last_error=str(end)[:300], failing_since=at)
        _log("anchor_given_up", attempt, reason=str(end))
    except Exception as fault:  # a fault of ours must not stop the other anchors
        log.exception("anchor_fault", backend=attempt.backend, size=attempt.checkpoint_id)
        _failed(attempt, f"a fault of ours: {type(fault).__name__}", at)
    else:
        _keep(attempt, outcome, at)


def _keep(attempt: AnchorAttempt, outcome: Pending | Done, at: datetime) -> None:
    good = {"tries": 0, "failing_since": None}
    if isinstance(outcome, Pending) and at - attempt.begun_at >= PATIENCE:
        sentence = f"it did not become final in {PATIENCE.days} days: {outcome.sentence}"
        _settle(attempt, at, state=State.FAILED, last_error=sentence[:300], failing_since=at)
        _log("anchor_given_up", attempt, reason=sentence)
        return
    if isinstance(outcome, Pending):
        _settle(
            attempt, at, state=State.PENDING, progress=outcome.progress, next_at=at + outcome.wait,
            last_error=outcome.sentence[:300], **good,
        )  # fmt: skip
        return
    with transaction.atomic():
        Anchor.objects.get_or_create(
            checkpoint=attempt.checkpoint,
            backend=attempt.backend,
            target=attempt.target,
            defaults={
                "receipt": outcome.receipt,
                "proof": outcome.proof,
                "anchored_at": at,
            },
        )
        _settle(attempt, at, state=State.DONE, progress=b"", last_error="", **good)
    _log("anchored", attempt)


def _failed(attempt: AnchorAttempt, reason: str, at: datetime) -> None:
    wait = min(FIRST_WAIT * 2 ** min(attempt.tries, 12), LONGEST_WAIT)
    _settle(
        attempt, at, tries=attempt.tries + 1, next_at=at + wait, last_error=reason[:300],
        failing_since=attempt.failing_since or at,
    )  # fmt: skip
    _log("anchor_failed", attempt, reason=reason, next_in=wait.total_seconds())


def _settle(attempt: AnchorAttempt, at: datetime, **changes: object) -> None:
    """Only while the claim is ours: who claimed after us settles it."""
    rows = AnchorAttempt.objects.filter(pk=attempt.pk, next_at=attempt.next_at)
    rows.update(changed_at=at, **changes)


def _log(event: str, attempt: AnchorAttempt, **more: object) -> None:
    tell = log.info if event == "anchored" else log.warning
    tell(event, backend=attempt.backend, target=attempt.target, size=attempt.checkpoint_id, **more)
