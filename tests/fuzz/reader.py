"""What is fuzzed: a reader with seeds to start from and a check of the laws it must obey."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pharmatrace.kernel.refusal import Refusal, Refused


@dataclass(frozen=True, slots=True)
class Reader:
    """`check(data)` raises when a law is broken; `seeds(folder)` are inputs from the folder of public
    vectors (which may be absent) and of our own; `words` are tokens of the language."""

    name: str
    check: Callable[[bytes], None]
    seeds: Callable[[Path], list[bytes]]
    words: tuple[str, ...] = ()


def vectors_folder() -> Path:
    """Where the public vectors are, as for the tests."""
    beside = Path(__file__).parents[3] / "shared" / "conformance"
    return Path(os.environ.get("PHARMATRACE_CONFORMANCE") or beside)


def text_of(data: bytes) -> str:
    """Any text, half surrogate pairs included."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def check_refusal(refusal: Refusal) -> None:
    """A refusal has a code in snake case and a sentence for people."""
    assert refusal.code and refusal.code.replace("_", "a").isalnum(), refusal
    assert refusal.code == refusal.code.lower(), refusal
    assert refusal.sentence, refusal


def check_refused(refused: Refused) -> None:
    for refusal in refused.refusals:
        check_refusal(refusal)


def files(folder: Path, *patterns: str, most: int = 60_000) -> list[bytes]:
    """The files under `folder` that match, not larger than `most`."""
    return [
        path.read_bytes()
        for pattern in patterns
        for path in sorted(folder.glob(pattern))
        if path.is_file() and path.stat().st_size <= most
    ]
