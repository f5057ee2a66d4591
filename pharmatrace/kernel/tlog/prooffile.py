"""One inclusion proof and its checkpoint as a text file (C2SP tlog-proof)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pharmatrace.kernel.tlog.base64text import from_base64, to_base64
from pharmatrace.kernel.tlog.proofs import ProofError

_MAGIC = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ProofFile:
    """Entry `index` is in the tree of the checkpoint (a signed note), by this path.

    `extra` is opaque and authenticated by nothing.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def text(self) -> str:
        lines = [_MAGIC]
        if self.extra is not None:
            lines.append(f"extra {to_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(to_base64(digest) for digest in self.path)
        return "\n".join(lines) + "\n\n" + self.checkpoint


def parse_proof_file(text: str) -> ProofFile:
    """Reads the file; nothing in it is verified by that. Raises ProofError when malformed."""
    head, gap, checkpoint = text.partition("\n\n")
    magic, *lines = head.split("\n")
    if magic != _MAGIC or not gap:
        raise ProofError(f"the proof file does not start with {_MAGIC}")
    extra = None
    try:
        if lines and lines[0].startswith("extra "):
            extra = from_base64(lines.pop(0).removeprefix("extra "))
        index = _INDEX.fullmatch(lines.pop(0) if lines else "")
        path = tuple(from_base64(line) for line in lines)
    except ValueError:
        raise ProofError("a line of the proof file is not base64") from None
    if not index or any(len(digest) != 32 for digest in path):
        raise ProofError("the proof file has no index or a hash that is not 32 bytes")
    return ProofFile(int(index[1]), path, checkpoint, extra)
