"""The pack's bundle with an anchor of every kind, and what is wrong with some of them: for `make.py`.

`time-stamp.tsr` beside it is a real response over that checkpoint, by an authority that `make_anchors.py` makes up.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from pharmatrace.kernel.evidence.anchor_forms import (
    EvmAnchor,
    EvmRecord,
    OpenTimestampsAnchor,
    TimeStampAnchor,
)
from pharmatrace.kernel.evidence.anchor_stamped import stamped
from pharmatrace.kernel.evidence.bundle import Bundle
from pharmatrace.kernel.tlog.note import Verifier

TIME_STAMP = Path(__file__).with_name("time-stamp.tsr")
_MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08"
_IN_BLOCK = b"\x08\x00" + bytes.fromhex("0588960d73d71901") + b"\x03\xa0\xf7\x36"  # 900000
_URL = b"https://calendar.example"
_PENDING = (
    bytes.fromhex("0083dfe30d2ef90c8e") + bytes((len(_URL) + 1,)) + bytes((len(_URL),)) + _URL
)
RECORD = EvmRecord(5, "0x" + "a" * 40, "0x" + "b" * 40, "0x" + "c" * 64, 77, "0x" + "d" * 64, 3)


def anchored(bundle: Bundle) -> Bundle:
    """Anchors: time stamp, a proof that leads to a block and to a calendar, one that is pending, and a receipt of a
    smaller checkpoint."""
    whole, smaller = bundle.anchors
    digest = sha256(stamped(whole.checkpoint, Verifier.parse(bundle.log.vkey))).digest()
    both = _MAGIC + digest + b"\xff" + _PENDING + b"\xf0\x05nonce" + _IN_BLOCK
    return replace(
        bundle,
        anchors=(
            TimeStampAnchor(whole.checkpoint, TIME_STAMP.read_bytes()),
            OpenTimestampsAnchor(whole.checkpoint, both),
            OpenTimestampsAnchor(whole.checkpoint, _MAGIC + digest + _PENDING),
            EvmAnchor(smaller.checkpoint, RECORD, smaller.path),
        ),
    )


Edit = Callable[[dict[str, Any]], object]


def _octets(at: int, name: str, change: Callable[[bytearray], object]) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        raw = bytearray(base64.b64decode(document["anchors"][at][name]))
        change(raw)
        document["anchors"][at][name] = base64.b64encode(raw).decode()

    return edit


def _granted_not(raw: bytearray) -> None:
    at = raw.index(b"\x30\x03\x02\x01\x00")  # PKIStatusInfo with nothing but status 0
    raw[at + 4] = 2


def _another_imprint(raw: bytearray) -> None:
    at = raw.index(b"\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20")
    raw[at + 13] ^= 1


def _record(name: str, value: object) -> Edit:
    return lambda d: d["anchors"][3]["record"].update({name: value})


def _of_smaller(at: int) -> Edit:
    """The anchored checkpoint is the log's, and not the one that was told outside."""
    return lambda d: d["anchors"][at].update(
        checkpoint=d["anchors"][3]["checkpoint"], path=d["anchors"][3]["path"]
    )


ANCHOR_EDITS: dict[str, tuple[str, Edit]] = {
    "time-stamp-of-another-checkpoint": ("anchor", _of_smaller(0)),
    "time-stamp-over-something-else": ("anchor", _octets(0, "token", _another_imprint)),
    "time-stamp-not-granted": ("anchor", _octets(0, "token", _granted_not)),
    "time-stamp-breaks-off": ("anchor", _octets(0, "token", lambda raw: raw.pop())),
    "time-stamp-with-octet-behind": ("anchor", _octets(0, "token", lambda raw: raw.append(0))),
    "time-stamp-empty": ("anchor", _octets(0, "token", lambda raw: raw.clear())),
    "proof-of-another-checkpoint": ("anchor", _of_smaller(1)),
    "proof-breaks-off": ("anchor", _octets(1, "proof", lambda raw: raw.pop())),
    "proof-with-octet-behind": ("anchor", _octets(1, "proof", lambda raw: raw.append(0))),
    "proof-with-unknown-operation": (
        "anchor",
        _octets(1, "proof", lambda raw: raw.__setitem__(raw.index(b"\xf0\x05nonce"), 0xF5)),
    ),
    "receipt-with-another-path": ("anchor", lambda d: d["anchors"][3]["path"].reverse()),
    "receipt-of-another-log": (
        "anchor",
        lambda d: d["anchors"][3].update(
            checkpoint=d["anchors"][3]["checkpoint"].replace("log1", "log2")
        ),
    ),
    "receipt-in-upper-case": ("format", _record("contract", "0x" + "A" * 40)),
    "receipt-without-0x": ("format", _record("sender", "b" * 40)),
    "receipt-hash-too-short": ("format", _record("block_hash", "0x" + "d" * 62)),
    "receipt-block-negative": ("format", _record("block", -1)),
    "receipt-with-more": ("format", _record("note", "trust me")),
    "anchor-with-field-of-another-kind": ("format", lambda d: d["anchors"][0].update(proof="")),
    "anchor-without-its-token": ("format", lambda d: d["anchors"][0].pop("token")),
    "anchor-kind-no-text": ("format", lambda d: d["anchors"][0].update(kind=7)),
}
