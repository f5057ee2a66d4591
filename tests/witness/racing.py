"""Eight threads and one store: whatever their order, no witness goes back."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from pharmatrace.kernel.tlog.checkpoint import parse_checkpoint
from pharmatrace.kernel.tlog.note import split_note
from pharmatrace.kernel.tlog.witness_protocol import origin_hash
from pharmatrace.witness.answering import Store, add_checkpoint
from pharmatrace.witness.keys import WitnessKeys
from tests.witness.growing_log import GrowingLog

THREADS, ROUNDS = 8, 12
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def race(
    make_store: Callable[[], Store], keys: WitnessKeys, *, done: Callable[[], None] = lambda: None
) -> list[tuple[int, int]]:
    """Each thread asks from the size it was told last to a larger one, from two histories. Returns the
    accepted steps (old, new), which must be one chain of one history."""
    logs = [GrowingLog(), GrowingLog(history="other")]
    for log in logs:
        log.grown(400)
    start, faults, steps = threading.Barrier(THREADS), [], []

    def ask(number: int) -> None:
        choose, log, size = random.Random(number), logs[number % 2], 0
        try:
            store = make_store()
            start.wait()
            for _ in range(ROUNDS):
                new = size + choose.randint(1, 9)
                body = log.request(size, new)
                answer = add_checkpoint(body, store=store, keys=keys, clock=lambda: NOON)
                if answer.status == 200:
                    steps.append((size, new))
                    size = new
                elif answer.status == 409:
                    size = int(answer.body)
                else:
                    assert answer.status == 422, answer
        except Exception as fault:
            faults.append(fault)
        finally:
            done()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(THREADS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not faults, faults
    steps.sort()
    assert steps and steps[0][0] == 0
    assert [new for _, new in steps[:-1]] == [old for old, _ in steps[1:]]
    kept = make_store().latest(origin_hash("log.example"))
    assert kept is not None
    last = parse_checkpoint(split_note(kept)[0])
    assert last.size == steps[-1][1]
    assert last.root in [log.root(last.size) for log in logs]
    return steps
