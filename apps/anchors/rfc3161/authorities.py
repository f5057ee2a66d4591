"""The authorities of this installation, from the setting ANCHOR_RFC3161."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.x509 import Certificate, load_pem_x509_certificates
from django.core.exceptions import ImproperlyConfigured

OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Authority:
    """Where it answers, the roots its certificate must lead to, and the policy it must name, if any."""

    url: str
    roots: tuple[Certificate, ...]
    policy: str | None


def read_authorities(entries: Sequence[str]) -> tuple[Authority, ...]:
    """`URL|ROOTS.pem` or `URL|ROOTS.pem|POLICY`, one each. Raises ImproperlyConfigured."""
    found = tuple(_read(entry) for entry in entries)
    if len({one.url for one in found}) != len(found):
        raise ImproperlyConfigured("ANCHOR_RFC3161 names one authority twice.")
    return found


def _read(entry: str) -> Authority:
    url, *more = (part.strip() for part in entry.split("|"))
    if len(more) not in (1, 2) or not is_address(url):
        raise ImproperlyConfigured(
            f"ANCHOR_RFC3161: {entry!r} is not URL|ROOTS.pem or URL|ROOTS.pem|POLICY,"
            " like https://tsa.example.org/tsr|/etc/pharmatrace/tsa-root.pem|1.2.3.4"
        )
    policy = more[1] if len(more) == 2 else None
    if policy is not None and not OID.fullmatch(policy):
        raise ImproperlyConfigured(f"ANCHOR_RFC3161: {policy!r} is no policy (1.2.3.4).")
    try:
        roots = load_pem_x509_certificates(Path(more[0]).read_bytes())
    except (OSError, ValueError) as fault:
        raise ImproperlyConfigured(
            f"ANCHOR_RFC3161: no certificates can be read from {more[0]} ({fault})."
        ) from fault
    return Authority(url, tuple(roots), policy)


def is_address(url: str) -> bool:
    """An address without a name or a password in it: those would stand in rows and in the log."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and "@" not in parts.netloc
            and len(url) <= LONGEST
        )
    except ValueError:
        return False
