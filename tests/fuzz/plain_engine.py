"""Mutates and reads, blindly, for some seconds; prints one line of what it saw.

Each input is bounded in time by an alarm and the process in memory by its peak, looked at after
each input, and by an address space that it cannot leave.
"""

from __future__ import annotations

import random
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fuzz.mutations import mutate
from tests.fuzz.reader import Reader, vectors_folder
from tests.fuzz.readers import READERS

MOST_MEMORY = 200 * 2**20
MOST_SECONDS = 5
_ADDRESSES = 2 * 2**30
_BROKEN = "broken-"


def inputs(reader: Reader, seed: int, folder: Path) -> Iterator[bytes]:
    """The seeds, then mutations of them and of what mutations made, without end."""
    dice = random.Random(seed)
    pool = reader.seeds(folder)
    yield from pool
    seeds = tuple(pool)
    while True:
        made = mutate(dice.choice(pool), dice, seeds, reader.words)
        yield made
        if dice.random() < 0.05:  # a mutation is sometimes mutated further
            pool.append(made)
            if len(pool) > 2 * len(seeds) + 200:
                pool[dice.randrange(len(seeds), len(pool))] = pool.pop()


def keep(fault: BaseException, data: bytes, kept: Path) -> None:
    """Writes down the shortest input that fails in the way `fault` does."""
    frames = traceback.extract_tb(fault.__traceback__)[-1:]
    name = f"{_BROKEN}{type(fault).__name__}-" + "-".join(
        f"{Path(f.filename).stem}-{f.lineno}" for f in frames
    )
    file = kept / name
    if not file.exists() or file.stat().st_size > len(data):
        file.write_bytes(data)
        print(f"{file}: {str(fault)[:300]}", flush=True)


def broken_in(kept: Path) -> list[Path]:
    """The inputs that were kept because they broke a law."""
    return sorted(kept.glob(f"{_BROKEN}*"))


def peak_memory() -> int:
    """The most this process has had in memory, in octets."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@contextmanager
def alarm(seconds: int) -> Iterator[None]:
    """Raises TimeoutError after `seconds` of the processor's time."""

    def ring(*_: object) -> None:
        raise TimeoutError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def run(name: str, seconds: int, seed: int, kept: Path) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
    kept.mkdir(parents=True, exist_ok=True)
    reader, count, slowest, longest = READERS[name], 0, 0.0, 0
    reader.check(b"")  # what is loaded once is no input's doing
    begun = time.monotonic()
    for data in inputs(reader, seed, vectors_folder()):
        at = time.perf_counter()
        try:
            with alarm(MOST_SECONDS):
                reader.check(data)
        except BaseException as fault:
            if isinstance(fault, KeyboardInterrupt):
                raise
            keep(fault, data, kept)
        took = time.perf_counter() - at
        count += 1
        if took > slowest:
            slowest, longest = took, len(data)
        if time.monotonic() - begun > seconds:
            break
    peak, broken = peak_memory(), len(broken_in(kept))
    print(
        f"{name}: {count:,} inputs in {time.monotonic() - begun:.0f} s, peak {peak / 2**20:.0f} MB, slowest "
        f"{slowest * 1000:.0f} ms ({longest:,} octets), {broken} broken",
        flush=True,
    )
    return int(broken > 0 or peak > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])))
