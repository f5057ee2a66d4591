"""The key that signs checkpoints: one file, readable by its owner only, never in the database.

Its text is a signer key as in golang.org/x/mod/sumdb/note: PRIVATE+KEY+<origin>+<key id>+<base64>. The origin is that of
the log's first shard, whichever runs: all shards are signed with one key, each under its own origin, and so with a key
ID of its own. What is signed names the origin, so nothing signed for one shard is good for another.
"""

from __future__ import annotations

import base64
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from apps.ledger.guard import SealingStopped
from pharmatrace import keyfiles
from pharmatrace.kernel.tlog.note import Signer, check_key_name

PREFIX = "PRIVATE+KEY"
ED25519 = b"\x01"


class LogKeyFault(SealingStopped):
    """The log's key is missing, is readable by others, or is another one than the log was opened with."""


def make_log_key(origin: str) -> Signer:
    """The key in LOG_KEY_FILE; where there is none, a new one. Only for a log that has no entry yet."""
    keyfiles.read_or_make(_path(), lambda: _new_text(origin))
    return load_log_key(origin)


def load_log_key(origin: str) -> Signer:
    """The signer in LOG_KEY_FILE. Raises LogKeyFault."""
    return _read(_path(), origin)


def _read(path: Path, origin: str) -> Signer:
    try:
        text = path.read_text().strip()
        mode = path.stat().st_mode
    except OSError as error:
        raise LogKeyFault(
            f"The log {origin} exists, but its key does not: {path} ({error.strerror}). Put the key file"
            " back from its backup; a new key would not be accepted by anyone who knows this log."
        ) from error
    if stat.S_IMODE(mode) & 0o077:
        raise LogKeyFault(f"{path} can be read by others than its owner. Run: chmod 600 {path}")
    return _signer(text, origin, path)


def next_log_key(origin: str) -> Signer | None:
    """The signer in the file beside LOG_KEY_FILE, for the key that the log is about to change to, or has just changed
    to. None where there is no such file. Raises LogKeyFault."""
    path = next_path()
    return _read(path, origin) if path.exists() else None


def make_next_log_key(origin: str) -> Signer:
    """The key beside LOG_KEY_FILE; where there is none, a new one."""
    keyfiles.read_or_make(next_path(), lambda: _new_text(settings.LOG_ORIGIN))
    return _read(next_path(), origin)


def put_next_in_place() -> None:
    """The key beside it takes the place of the old one in LOG_KEY_FILE. The old one is gone."""
    next_path().replace(_path())


def log_signer_named(origin: str, signer: Signer) -> Signer:
    """The same key under the origin of another shard of the log."""
    return Signer(check_key_name(origin), signer.private)


def next_path() -> Path:
    return _path().with_name(_path().name + ".next")


def _path() -> Path:
    return Path(settings.LOG_KEY_FILE)


def _new_text(origin: str) -> str:
    seed = Ed25519PrivateKey.generate().private_bytes_raw()
    key_id = Signer.from_seed(origin, seed).key_id.hex()
    return f"{PREFIX}+{origin}+{key_id}+{base64.b64encode(ED25519 + seed).decode()}"


def _signer(text: str, origin: str, path: Path) -> Signer:
    parts = text.split("+", 4)
    if len(parts) != 5 or "+".join(parts[:2]) != PREFIX:
        raise LogKeyFault(f"{path} is no signer key (PRIVATE+KEY+name+id+base64).")
    if parts[2] not in (origin, settings.LOG_ORIGIN):
        raise LogKeyFault(
            f"{path} holds the key of the log {parts[2]}, and LOG_ORIGIN is {origin}. An origin never changes:"
            " set LOG_ORIGIN back, or point LOG_KEY_FILE to the key of this log."
        )
    try:
        raw = base64.b64decode(parts[4], validate=True)
    except ValueError as error:
        raise LogKeyFault(f"{path} is damaged: {error}.") from error
    if len(raw) != 33 or raw[:1] != ED25519:
        raise LogKeyFault(f"{path} is damaged: an Ed25519 key is 0x01 and 32 bytes.")
    named = Signer.from_seed(parts[2], raw[1:])
    if named.key_id.hex() != parts[3]:
        raise LogKeyFault(f"{path} is damaged: the key does not have the id it names.")
    return named if parts[2] == origin else log_signer_named(origin, named)
