"""An OpenTimestamps calendar on loopback: it promises first, and delivers when a block is mined."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpAppend, OpPrepend, OpSHA256
from opentimestamps.core.serialize import BytesSerializationContext
from opentimestamps.core.timestamp import Timestamp

from tests.anchors.openssl_tsa import Answer, serving

EASY = 0x207FFFFF  # the difficulty of a chain for tests: every other header will do


def header(merkle_root: bytes, at: int) -> bytes:
    """A block header (80 bytes) over the root, with the little work that EASY asks for."""
    for nonce in range(1000):
        made = (
            (1).to_bytes(4, "little") + b"\0" * 32 + merkle_root
            + at.to_bytes(4, "little") + EASY.to_bytes(4, "little") + nonce.to_bytes(4, "little")
        )  # fmt: skip
        if int.from_bytes(sha256(sha256(made).digest()).digest(), "little") <= 0x7FFFFF << 232:
            return made
    raise AssertionError("no luck")


@dataclass
class Calendar:
    """`mined` is (height, merkle root) once there is a block; `fault` answers in place of everything."""

    name: str
    url: str = ""
    promised: set[bytes] = field(default_factory=set)
    mined: dict[bytes, bytes] = field(default_factory=dict)  # what was promised → merkle root
    height: int = 0
    fault: Answer | None = None
    asked: list[str] = field(default_factory=list)

    def mine(self, height: int) -> None:
        """A block with what was promised so far."""
        self.height = height
        for promise in self.promised:
            self.mined[promise] = self._into_block(Timestamp(promise)).msg

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        self.asked.append(path)
        if self.fault:
            return self.fault
        if method == "POST" and path == "/digest":
            stamp = Timestamp(body)
            end = stamp.ops.add(OpPrepend(self.name.encode())).ops.add(OpSHA256())
            end.attestations.add(PendingAttestation(self.url))
            self.promised.add(end.msg)
            return 200, _bytes(stamp), {}
        promise = bytes.fromhex(path.removeprefix("/timestamp/"))
        if promise not in self.mined:
            return 404, b"Pending", {}
        stamp = Timestamp(promise)
        self._into_block(stamp).attestations.add(BitcoinBlockHeaderAttestation(self.height))
        return 200, _bytes(stamp), {}

    def _into_block(self, stamp: Timestamp) -> Timestamp:
        beside = sha256(self.name.encode()).digest()
        return stamp.ops.add(OpAppend(beside)).ops.add(OpSHA256()).ops.add(OpSHA256())


def _bytes(stamp: Timestamp) -> bytes:
    context = BytesSerializationContext()
    stamp.serialize(context)
    return bytes(context.getbytes())


@contextmanager
def calendars(*names: str) -> Iterator[list[Calendar]]:
    made = [Calendar(name) for name in names]
    servers = [serving(one.answer) for one in made]
    try:
        for one, server in zip(made, servers, strict=True):
            one.url = server.__enter__()
        yield made
    finally:
        for server in servers:
            server.__exit__(None, None, None)
