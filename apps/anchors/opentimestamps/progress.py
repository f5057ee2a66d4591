"""A proof on its way: the file so far, and since when."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from opentimestamps.core.op import OpSHA256
from opentimestamps.core.serialize import BytesDeserializationContext, BytesSerializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

from pharmatrace.kernel.tlog.base64text import from_base64, to_base64


@dataclass(frozen=True, slots=True)
class Progress:
    stamp: Timestamp
    begun_at: datetime

    @classmethod
    def begin(cls, over: bytes, at: datetime) -> Progress:
        return cls(Timestamp(sha256(over).digest()), at)

    @classmethod
    def read(cls, stored: bytes) -> Progress:
        told = json.loads(stored)
        context = BytesDeserializationContext(from_base64(told["proof"]))
        file = DetachedTimestampFile.deserialize(context)
        return cls(file.timestamp, datetime.fromisoformat(told["begun_at"]))

    def write(self) -> bytes:
        told = {"proof": to_base64(self.proof()), "begun_at": self.begun_at.isoformat()}
        return json.dumps(told).encode()

    def proof(self) -> bytes:
        """The `.ots` file."""
        context = BytesSerializationContext()
        DetachedTimestampFile(OpSHA256(), self.stamp).serialize(context)
        return bytes(context.getbytes())
