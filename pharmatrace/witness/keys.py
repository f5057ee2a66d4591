"""What a witness cosigns with: two files, readable by their owner only, Ed25519 and ML-DSA-44.

Each is one line, a signer key as in golang.org/x/mod/sumdb/note: PRIVATE+KEY+<name>+<key id>+<base64>, the
last part being the signature type and the 32-byte seed. The name is the witness's for ever; it stands in the file.
"""

from __future__ import annotations

import base64
import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from pharmatrace import keyfiles
from pharmatrace.kernel.tlog.cosignature import COSIGNATURE, Cosigner
from pharmatrace.kernel.tlog.note import (
    NoteError,
    NoteSigner,
    check_key_name,
    format_vkey,
    key_id,
)
from pharmatrace.kernel.tlog.subtree_cosignature import (
    MAX_NAME,
    SUBTREE_COSIGNATURE,
    SubtreeCosigner,
)

FILES = {COSIGNATURE: "witness-ed25519.key", SUBTREE_COSIGNATURE: "witness-ml-dsa-44.key"}
PREFIX = "PRIVATE+KEY"


class WitnessKeyFault(Exception):
    """A key of the witness is missing, readable by others, or damaged. The sentence says what to do."""


@dataclass(frozen=True)
class WitnessKeys:
    """The keys of one witness, under its one name."""

    name: str
    ed25519: Ed25519PrivateKey
    ml_dsa: MLDSA44PrivateKey

    def cosigners(self, at: datetime) -> tuple[NoteSigner, ...]:
        second = int(at.timestamp())
        return (
            Cosigner(self.name, self.ed25519, second),
            SubtreeCosigner(self.name, self.ml_dsa, second),
        )

    def vkeys(self) -> tuple[str, str]:
        """The verifier keys, Ed25519 first: what others put into their policies."""
        return (
            format_vkey(self.name, COSIGNATURE, self.ed25519.public_key().public_bytes_raw()),
            format_vkey(
                self.name, SUBTREE_COSIGNATURE, self.ml_dsa.public_key().public_bytes_raw()
            ),
        )


def make_keys(folder: Path, name: str) -> WitnessKeys:
    """The keys in `folder`; those that are missing are made, under `name`. Raises WitnessKeyFault."""
    try:
        check_key_name(name)
    except NoteError as fault:
        raise WitnessKeyFault(f"{fault}.") from None
    if len(name.encode()) > MAX_NAME:
        raise WitnessKeyFault(f"The name of a witness has at most {MAX_NAME} bytes.")
    for type, file in FILES.items():
        keyfiles.read_or_make(folder / file, lambda type=type: _new_text(type, name))  # type: ignore[misc]
    return load_keys(folder)


def load_keys(folder: Path) -> WitnessKeys:
    """The keys in `folder`. Raises WitnessKeyFault."""
    (name, ed25519), (other, ml_dsa) = (_read(folder / FILES[type], type) for type in FILES)
    if name != other:
        raise WitnessKeyFault(f"The two keys in {folder} have two names, {name} and {other}.")
    return WitnessKeys(
        name,
        Ed25519PrivateKey.from_private_bytes(ed25519),
        MLDSA44PrivateKey.from_seed_bytes(ml_dsa),
    )


def _new_text(type: int, name: str) -> str:
    seed = os.urandom(32)
    identifier = key_id(name, type, _public(type, seed)).hex()
    return f"{PREFIX}+{name}+{identifier}+{base64.b64encode(bytes((type,)) + seed).decode()}"


def _public(type: int, seed: bytes) -> bytes:
    if type == COSIGNATURE:
        return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return MLDSA44PrivateKey.from_seed_bytes(seed).public_key().public_bytes_raw()


def _read(path: Path, type: int) -> tuple[str, bytes]:
    """Name and seed."""
    try:
        text, mode = path.read_text().strip(), path.stat().st_mode
    except OSError as error:
        raise WitnessKeyFault(
            f"The witness's key {path} cannot be read ({error.strerror}). Put it back from its copy, or make"
            " a new witness: others have to be given its new keys."
        ) from error
    except UnicodeDecodeError:
        raise WitnessKeyFault(f"{path} is no signer key.") from None
    if stat.S_IMODE(mode) & 0o077:
        raise WitnessKeyFault(f"{path} can be read by others than its owner. Run: chmod 600 {path}")
    parts = text.split("+", 4)
    try:
        raw = base64.b64decode(parts[4], validate=True)
    except (IndexError, ValueError):
        raw = b""
    if "+".join(parts[:2]) != PREFIX or len(raw) != 33 or raw[0] != type:
        raise WitnessKeyFault(
            f"{path} is no signer key of type 0x{type:02x} (PRIVATE+KEY+name+id+base64)."
        )
    if key_id(parts[2], type, _public(type, raw[1:])).hex() != parts[3]:
        raise WitnessKeyFault(f"{path} is damaged: the key does not have the id it names.")
    return parts[2], raw[1:]
