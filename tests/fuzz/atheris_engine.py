"""The same readers under atheris, which keeps mutations that reach new code and mutates them further.

atheris is no requirement of ours: install it beside, in an environment of its own. It ends at the first input that
takes six times `plain_engine.MOST_SECONDS` (of the clock, not of the processor) or makes the process larger than `MOST_MEMORY`, and leaves that behind.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["pharmatrace.kernel"]):
    from tests.fuzz.mutations import mutate
    from tests.fuzz.plain_engine import (
        MOST_MEMORY,
        MOST_SECONDS,
        broken_in,
        keep,
        peak_memory,
    )
    from tests.fuzz.reader import vectors_folder
    from tests.fuzz.readers import READERS


def run(name: str, seconds: int, seed: int, kept: Path) -> None:
    reader = READERS[name]
    reader.check(b"")  # what is loaded once is no input's doing
    seeds = tuple(reader.seeds(vectors_folder()))
    corpus = kept / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, data in enumerate(seeds):
        (corpus / f"seed-{number:04}").write_bytes(data)
    seen: dict[str, Any] = {"count": 0, "slowest": 0.0, "told": time.monotonic()}

    def check(data: bytes) -> None:
        begun = time.perf_counter()
        try:
            reader.check(data)
        except BaseException as fault:
            keep(fault, data, kept)
        seen["slowest"] = max(seen["slowest"], time.perf_counter() - begun)
        seen["count"] += 1
        if time.monotonic() - seen["told"] > 3:
            seen["told"] = time.monotonic()
            tell()

    def tell() -> None:
        line = (
            f"{name}: {seen['count']:,} inputs, peak {peak_memory() / 2**20:.0f} MB, "
            f"slowest {seen['slowest'] * 1000:.0f} ms, {len(broken_in(kept))} broken"
        )
        (kept / "seen.txt").write_text(line + "\n")

    def mutated(data: bytes, largest: int, number: int) -> bytes:
        if number % 4 == 0:
            return atheris.Mutate(data, largest)
        return mutate(data, random.Random(number), seeds, reader.words)[:largest]

    options = [
        sys.argv[0], f"-max_total_time={seconds}", f"-seed={seed}", f"-timeout={6 * MOST_SECONDS}",
        f"-rss_limit_mb={MOST_MEMORY // 2**20}", "-max_len=60000", "-len_control=0", "-verbosity=0",
        f"-artifact_prefix={kept}/", str(corpus),
    ]  # fmt: skip
    atheris.Setup(options, check, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
