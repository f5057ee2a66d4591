"""Going round the witnesses: the newest signed checkpoint, all of them at once, published when enough agree.

Only HTTP happens in threads; what comes back is judged and stored by the one that asks. Cut off anywhere, the
next round goes on: what was stored counts, what was not is asked again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Thread

import structlog
from django.conf import settings

from apps.ledger.log_keys import succession_notes
from apps.ledger.models import Checkpoint, Publication
from apps.ledger.selectors import consistency, log_verifier, newest_signed
from apps.ledger.services.publish import make_public
from apps.ledger.witnessing import client
from apps.ledger.witnessing.client import NoReply, Reply
from apps.ledger.witnessing.conflicts import conflict
from apps.ledger.witnessing.judging import Cosigned, Elsewhere, Useless, judge, names
from apps.ledger.witnessing.policy_file import (
    Asked,
    check_log,
    witness_policy,
    witnesses_to_ask,
)
from apps.ledger.witnessing.recording import (
    Claim,
    claim,
    lines_below,
    record_cosignatures,
    record_failure,
    release,
)
from pharmatrace.kernel.tlog.note import NoteError
from pharmatrace.kernel.tlog.policy import Policy, PolicyUnmet
from pharmatrace.kernel.tlog.witness_protocol import Request, write_request

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]
UNKNOWN_KEY = 403  # C2SP tlog-witness: no key that the witness knows for this log signed it
GRACE = 0.25
"""Seconds that those who are a little slower get once enough have cosigned."""

_busy: set[str] = set()
"""Addresses that a thread of this process waits for: one that drips an answer holds one thread, not more."""


def ask_witnesses(*, clock: Clock, everyone: bool = False) -> Checkpoint | None:
    """One round about the newest signed checkpoint; returns it if this call published it.

    Asks whoever has not cosigned it and is not in a pause; with `everyone`, all of them. Takes about twice
    WITNESS_SECONDS at most. Raises PolicyFault. Call it outside any transaction.
    """
    policy, checkpoint = witness_policy(), newest_signed()
    if checkpoint is None:
        return None
    check_log(policy)
    if publish_if_met(policy, checkpoint, clock):
        return checkpoint
    if policy.asks_nobody:
        return None
    claims = claim(witnesses_to_ask(policy), checkpoint, at=clock(), everyone=everyone)
    return checkpoint if _Round(policy, checkpoint, clock).go(claims) else None


def publish_if_met(policy: Policy, checkpoint: Checkpoint, clock: Clock) -> bool:
    """Publishes the checkpoint when the stored cosignatures are enough and it is not published yet."""
    if Publication.objects.filter(checkpoint=checkpoint.size).exists():
        return False
    lines = lines_below(checkpoint, {(w.key.name, w.key.key_id) for w in policy.witnesses})
    if not policy.asks_nobody:
        found = {line.split(" ", 2)[1] for line in lines.splitlines()}
        if not policy.is_met_by({w.name for w in policy.witnesses if w.key.name in found}):
            return False  # not even by name: no signature need be verified
        if not _is_met(policy, checkpoint.note + lines, checkpoint.size):
            return False
    if not make_public(checkpoint, at=clock(), cosignatures=lines):
        return False
    log.info("published", size=checkpoint.size, cosignatures=lines.count("\n"))
    return True


def _is_met(policy: Policy, note: str, size: int) -> bool:
    """Verified once more, from what is stored: what is published is what a reader's policy will look at."""
    try:
        policy.check(note, logs=[log_verifier(size)])
    except PolicyUnmet:
        return False
    except NoteError as fault:
        log.error("cosignatures_damaged", reason=str(fault))
        return False
    return True


def _ask(asked: Asked, body: bytes, notes: Sequence[str], seconds: float) -> Reply:
    """Its answer; where it does not know the key that signed, once more after it was told how that key was named: it
    may know one that was replaced. Raises NoReply."""
    answer = client.post(f"{asked.url}add-checkpoint", body, seconds=seconds)
    if answer.status != UNKNOWN_KEY or not notes:
        return answer
    for note in notes:
        client.post(f"{asked.url}add-key", note.encode(), seconds=seconds)
    return client.post(f"{asked.url}add-checkpoint", body, seconds=seconds)


@dataclass
class _Round:
    """One checkpoint and those who are asked about it."""

    policy: Policy
    checkpoint: Checkpoint
    clock: Clock
    answers: SimpleQueue[tuple[Asked, Reply | NoReply]] = field(default_factory=SimpleQueue)
    waiting: dict[str, Asked] = field(default_factory=dict)
    asked_again: set[str] = field(default_factory=set)

    def go(self, claims: list[Claim]) -> bool:
        """True if the checkpoint was published."""
        for one in claims:
            self.send(one.asked, min(one.size, self.checkpoint.size))
        published = False
        deadline = time.monotonic() + 2 * settings.WITNESS_SECONDS
        while self.waiting:
            try:
                asked, reply = self.answers.get(timeout=max(deadline - time.monotonic(), 0.001))
            except Empty:
                break
            del self.waiting[asked.url]
            self.take(asked, reply)
            if not published and publish_if_met(self.policy, self.checkpoint, self.clock):
                published, deadline = True, min(deadline, time.monotonic() + GRACE)
        for asked in self.waiting.values():
            # After a publication it was only slow; its claim runs out by itself, and it is asked again.
            if not published:
                self.fail(asked, "it did not answer in time")
        return published

    def send(self, asked: Asked, old: int) -> None:
        """Sends in a thread that nobody has to wait for."""
        if asked.url in _busy:
            release(
                asked, at=self.clock()
            )  # told when it was too late; no second thread waits for it
            return
        self.waiting[asked.url] = asked
        notes = succession_notes(size=self.checkpoint.size)
        first = self.checkpoint.first
        known = max(
            old - first, 0
        )  # of an older shard it may know more; of this one it knows nothing yet
        proof = tuple(consistency(old, self.checkpoint.size, first=first)) if known else ()
        body = write_request(Request(known, proof, self.checkpoint.note))
        seconds = float(settings.WITNESS_SECONDS)

        def run() -> None:
            try:
                reply: Reply | NoReply = _ask(asked, body, notes, seconds)
            except NoReply as fault:
                reply = fault
            finally:
                _busy.discard(asked.url)
            self.answers.put((asked, reply))

        _busy.add(asked.url)
        Thread(target=run, daemon=True, name=f"witness {asked.url}").start()

    def take(self, asked: Asked, reply: Reply | NoReply) -> None:
        """Stores what an answer is worth, or asks once more."""
        if isinstance(reply, NoReply):
            self.fail(asked, str(reply))
            return
        now = self.clock()
        worth = judge(reply, note=self.checkpoint.note, keys=asked.keys, now=int(now.timestamp()))
        if isinstance(worth, Cosigned):
            record_cosignatures(asked, self.checkpoint, worth.signatures, at=now)
        elif isinstance(worth, Useless):
            self.fail(asked, worth.sentence)
        elif (
            isinstance(worth, Elsewhere)
            and worth.size is not None
            and worth.size <= self.checkpoint.tree_size
            and asked.url not in self.asked_again
        ):
            self.asked_again.add(asked.url)
            self.send(asked, self.checkpoint.first + worth.size)
        else:
            conflict(asked, worth, self.checkpoint, at=now)

    def fail(self, asked: Asked, problem: str) -> None:
        log.warning("witness_failed", url=asked.url, name=names(asked.keys), problem=problem)
        record_failure(asked, problem, at=self.clock())
