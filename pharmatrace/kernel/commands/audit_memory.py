"""What an audit remembers of a shard from one time to the next: one JSON file for each."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from pharmatrace.kernel.tlog.tree import CompactRange


@dataclass(frozen=True, slots=True)
class Before:
    """Where the last audit of this shard ended. `followed_by` is the origin of the next one, once that was audited."""

    vkey: str
    tree: CompactRange
    followed_by: str | None = None


def place_of(origin: str) -> Path:
    """Where it is remembered unless somebody says otherwise."""
    home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return home / "pharmatrace" / "audit" / f"{_digest(origin)[:32]}.json"


def place_beside(first: Path, origin: str) -> Path:
    """Where a later shard is remembered, when somebody said where the first one is."""
    return first.with_name(f"{first.name}.{_digest(origin)[:16]}")


def remembered(place: Path) -> Before | None:
    """Raises ValueError for a file that is not ours: forgetting must be asked for (--from-start)."""
    try:
        told = json.loads(place.read_bytes())
        tree = CompactRange.from_bytes(bytes.fromhex(told["tree"]))
        return Before(told["key"], tree, told.get("followed_by"))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise ValueError(f"{place} does not say where the last audit ended ({fault})") from None


def remember(place: Path, now: Before, checkpoint: str) -> None:
    """`checkpoint` is the note up to which it went, for people."""
    told = {"key": now.vkey, "tree": now.tree.to_bytes().hex(), "checkpoint": checkpoint}
    if now.followed_by is not None:
        told["followed_by"] = now.followed_by
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(place.name + ".new")
    beside.write_text(json.dumps(told, indent=1) + "\n")
    beside.replace(place)


def _digest(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()
