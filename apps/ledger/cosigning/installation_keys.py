"""The keys that this installation cosigns with. A self-contained one makes them on first use; others say so."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from pharmatrace.witness.keys import WitnessKeys, load_keys, make_keys


def witness_name() -> str:
    """The name that new keys get: the host of SITE_URL and `/witness`. Old keys keep the one they have."""
    return f"{urlsplit(settings.SITE_URL).netloc}/witness"


def installation_keys() -> WitnessKeys:
    """Raises WitnessKeyFault where they are missing (`manage.py witness_log keys --make`) or damaged."""
    return _keys(Path(settings.WITNESS_KEY_FOLDER), settings.SELF_CONTAINED, witness_name())


@lru_cache(maxsize=4)
def _keys(folder: Path, may_make: bool, name: str) -> WitnessKeys:
    """Read once: every request would be two files and two keys."""
    return make_keys(folder, name) if may_make else load_keys(folder)
