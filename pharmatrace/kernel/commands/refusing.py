"""How commands say no: one line per reason on standard error, and exit status 1."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

from pharmatrace.kernel.refusal import Refusal


def tell(refusals: Iterable[Refusal]) -> int:
    """Prints `{"code", "sentence", "place"}` per reason; 1, the exit status of a refusal."""
    for refusal in refusals:
        line = {
            "code": refusal.code,
            "sentence": refusal.sentence,
            "place": refusal.data.get("place", 0),
        }
        print(json.dumps(line, ensure_ascii=False), file=sys.stderr)
    return 1
