"""The files of the log that every shard has, by the names of their addresses."""

from __future__ import annotations

SHARD_FILES = (
    "checkpoint", "checkpoint-of-size", "checkpoints", "consistency", "description", "growth-receipt", "key",
    "keys", "proof", "receipt", "tile",
)  # fmt: skip
