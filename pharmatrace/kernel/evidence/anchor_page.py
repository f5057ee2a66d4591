"""The public page of the anchors of one checkpoint: `anchors/<size>`, JSON (docs/formats.md).

`anchors/newest` is the page of the largest checkpoint that is anchored; each names the one before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pharmatrace.kernel.evidence.anchor_forms import EvmRecord
from pharmatrace.kernel.evidence.anchor_stamped import AnchorError

NEWEST = "anchors/newest"
MAX_SIZE = 1_000_000
_FILE = re.compile(r"(0|[1-9][0-9]{0,17})-[0-9a-f]{16}\.(tsr|ots)")
_KINDS = {"rfc3161": "tsr", "opentimestamps": "ots", "evm": None}


@dataclass(frozen=True, slots=True)
class Shown:
    """One anchor. `by` is who keeps it; `file` its name below `anchors/`, or `record` for an EVM."""

    kind: str
    by: str
    at: str
    file: str | None = None
    record: EvmRecord | None = None


@dataclass(frozen=True, slots=True)
class AnchorPage:
    """`note` is the checkpoint, `previous` the size of the next smaller one that is anchored."""

    size: int
    note: str
    previous: int | None
    anchors: tuple[Shown, ...]


def page_path(size: int) -> str:
    return f"anchors/{size}"


def write_page(page: AnchorPage) -> bytes:
    told = {
        "version": 1,
        "size": page.size,
        "checkpoint": page.note,
        "previous": page.previous,
        "anchors": [_told(one) for one in page.anchors],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def read_page(data: bytes) -> AnchorPage:
    """Raises AnchorError. Fields that are not known are passed over: later versions may tell more."""
    if len(data) > MAX_SIZE:
        raise AnchorError("the page of anchors is too large")
    try:
        told = json.loads(data)
        page = AnchorPage(
            size=_number(told["size"]),
            note=_text(told["checkpoint"]),
            previous=None if told["previous"] is None else _number(told["previous"]),
            anchors=tuple(_shown(one) for one in _list(told["anchors"])),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise AnchorError(f"this is no page of anchors ({type(fault).__name__}: {fault})") from None
    if page.previous is not None and page.previous >= page.size:
        raise AnchorError("the page before must be of a smaller checkpoint")
    return page


def _told(one: Shown) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": one.kind, "by": one.by, "at": one.at}
    if one.file is not None:
        told["file"] = one.file
    if one.record is not None:
        told["record"] = {name: getattr(one.record, name) for name in _RECORD}
    return told


_RECORD = ("chain_id", "contract", "sender", "transaction", "block", "block_hash", "log_index")


def _shown(told: Mapping[str, Any]) -> Shown:
    kind = _text(told["kind"])
    file, record = told.get("file"), told.get("record")
    ending = _KINDS.get(kind)
    name = _text(file) if ending else None
    if name is not None and not (_FILE.fullmatch(name) and name.endswith(f".{ending}")):
        raise ValueError(f"{name!r} is no name of a file")
    return Shown(
        kind=kind,
        by=_text(told["by"]),
        at=_text(told["at"]),
        file=name,
        record=_record(record) if kind == "evm" else None,
    )


def _record(told: Any) -> EvmRecord:
    numbers = {name: _number(told[name]) for name in ("chain_id", "block", "log_index")}
    texts = {name: _text(told[name]).lower() for name in _RECORD if name not in numbers}
    return EvmRecord(**texts, **numbers)  # type: ignore[arg-type]


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise TypeError("a list is expected")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    value.encode()  # half of a surrogate pair is a ValueError
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
        raise TypeError("a whole number from 0 is expected")
    return value
