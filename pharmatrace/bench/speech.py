"""How a measurement tells what it is doing."""

from __future__ import annotations

from typing import Protocol


class Say(Protocol):
    def __call__(self, line: str, /) -> None: ...
