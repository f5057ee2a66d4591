"""What a client has to know of this log before it can check anything (`log.json`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from apps.ledger.models import Entry, Head
from apps.ledger.selectors import log_verifier

VERSION = 1


def log_description() -> bytes | None:
    """The JSON document; None before the log was opened."""
    origin = Head.objects.values_list("origin", flat=True).first()
    if origin is None:
        return None
    try:
        vkey = log_verifier().vkey()
    except Entry.DoesNotExist:
        return None
    return orjson.dumps(description(origin, vkey), option=orjson.OPT_INDENT_2) + b"\n"


def description(origin: str, vkey: str) -> dict[str, Any]:
    return {
        "version": VERSION,
        "origin": origin,
        "url": f"{settings.SITE_URL}/log/",
        "keys": [{"vkey": vkey, "use": "checkpoints, receipts"}],
        "policy": _policy(vkey),
        "formats": {
            "tiles": "https://c2sp.org/tlog-tiles",
            "checkpoint": "https://c2sp.org/tlog-checkpoint",
            "proof": "https://c2sp.org/tlog-proof",
            "receipt": "https://www.rfc-editor.org/rfc/rfc9942",
            "entry": "0x01, type, commitment: 34 octets (docs/formats.md)",
        },
        "entry_types": {"0": "genesis", "1": "custody", "2": "registry"},
    }


def _policy(vkey: str) -> str | None:
    """What this log publishes by (C2SP tlog-policy). A reader's own policy is the reader's to choose."""
    if settings.WITNESS_POLICY_FILE:
        try:
            return Path(settings.WITNESS_POLICY_FILE).read_text()
        except OSError:
            return None  # the sealer says it louder
    return f"log {vkey}\nquorum none\n"
