"""The manifest: every file of a case with its size and hash, as the text of a signed note (C2SP signed-note).

pharmatrace case file/1
case 0d6f2c5e-…
issuer did:web:trace.example.org:parties:…
made 2026-11-20T12:00:00Z
<SHA-256, hexadecimal> <octets> <path>
…
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

HEADER = "pharmatrace case file/1"
MANIFEST, INDEX, SIGNER, PAGE = "manifest.txt", "case.json", "signer.json", "index.html"
MOST_FILES = 5_000
_PATH = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*(?:/[a-z0-9]+(?:[-.][a-z0-9]+)*){0,3}", re.ASCII)
_CASE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_LINE = re.compile(r"([0-9a-f]{64}) (0|[1-9]\d{0,11}) (\S+)", re.ASCII)
_ISSUER = re.compile(r"did:web:[!-*,-~]{1,300}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class ManifestError(Exception):
    """The text is no manifest of a case file."""


@dataclass(frozen=True, slots=True)
class Digest:
    """`size` in octets, `hash` is SHA-256."""

    size: int
    hash: bytes

    @classmethod
    def of(cls, data: bytes) -> Digest:
        return cls(len(data), sha256(data).digest())


@dataclass(frozen=True, slots=True)
class Manifest:
    """`case` is a UUID, `issuer` the did:web of the authority."""

    case: str
    issuer: str
    made_at: datetime
    files: Mapping[str, Digest]


def is_path(text: str) -> bool:
    """Lower-case names without surprises: nothing that leads out of a folder, nothing two systems read apart."""
    return len(text) <= 100 and _PATH.fullmatch(text) is not None


def write_manifest(manifest: Manifest) -> str:
    """The text, its files in the order of their paths. Raises ManifestError for what cannot be read back."""
    moment = manifest.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    head = [HEADER, f"case {manifest.case}", f"issuer {manifest.issuer}", f"made {moment}"]
    files = [
        f"{digest.hash.hex()} {digest.size} {path}"
        for path, digest in sorted(manifest.files.items())
    ]
    text = "\n".join([*head, *files]) + "\n"
    read_manifest(text)
    return text


def read_manifest(text: str) -> Manifest:
    """Raises ManifestError."""
    lines = text.split("\n")
    if lines[0] != HEADER or lines[-1] or len(lines) < 6:
        raise ManifestError(f"the manifest does not begin with {HEADER!r}, or names no file")
    case, issuer, made = (
        _after(line, word)
        for line, word in zip(lines[1:4], ("case", "issuer", "made"), strict=True)
    )
    if not _CASE.fullmatch(case) or not _ISSUER.fullmatch(issuer) or not _MOMENT.fullmatch(made):
        raise ManifestError("the manifest does not say which case, by whom and when")
    try:
        made_at = datetime.fromisoformat(made)
    except ValueError:
        raise ManifestError("the manifest was made at no time that there is") from None
    return Manifest(case, issuer, made_at, _files(lines[4:-1]))


def _files(lines: list[str]) -> dict[str, Digest]:
    if len(lines) > MOST_FILES:
        raise ManifestError(f"a case file has at most {MOST_FILES:,} files")
    files: dict[str, Digest] = {}
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None or not is_path(found[3]):
            raise ManifestError("a line of the manifest is not a hash, a size and a path")
        if found[3] in files or found[3] == MANIFEST:
            raise ManifestError(f"the manifest cannot name {found[3]} here")
        files[found[3]] = Digest(int(found[2]), bytes.fromhex(found[1]))
    if list(files) != sorted(files):
        raise ManifestError("the files of the manifest are not in order")
    return files


def _after(line: str, word: str) -> str:
    return line.removeprefix(f"{word} ") if line.startswith(f"{word} ") else ""
