"""Signed notes: text signed by one or more keys (C2SP signed-note)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from pharmatrace.kernel.tlog.base64text import from_base64, to_base64

ED25519 = 0x01
"""Signature type of plain Ed25519 over the note text."""

KEY_SIZES = {0x01: 32, 0x04: 32, 0x06: 1312}
"""Length of the public key by signature type: those that this code knows."""

MAX_SIGNATURES = 64
MAX_SIZE = 1_000_000
_DASH = "\u2014 "


class NoteError(Exception):
    """The note is malformed, or is not signed as it must be."""


class NoteSigner(Protocol):
    """Signs note texts under a name; what the bytes mean is up to its signature type."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def sign(self, text: str) -> bytes: ...


class NoteVerifier(Protocol):
    """Knows one key by name and ID, and says whether a signature of its type is good."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def verify(self, text: str, signature: bytes) -> bool: ...


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: the signature is without the four bytes of the key ID."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """An opened note: at least one signature is verified; unverified ones are of unknown keys."""

    text: str
    verified: tuple[NoteSignature, ...]
    unverified: tuple[NoteSignature, ...]


def key_id(name: str, type: int, public: bytes) -> bytes:
    """SHA-256(name || 0x0A || type || public key)[:4]."""
    return sha256(name.encode() + b"\n" + bytes((type,)) + public).digest()[:4]


def check_key_name(name: str) -> str:
    """Returns the name. Raises NoteError for an empty one, a space, a plus or a control character."""
    if not name or "+" in name or any(char.isspace() or char < " " for char in name):
        raise NoteError(f"{name!r} cannot be the name of a key")
    if any("\ud800" <= char <= "\udfff" for char in name):
        raise NoteError(f"{name!r} is not valid Unicode")
    return name


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs note texts with Ed25519. `private` is anything with `sign` and `public_key`."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> Signer:
        """From the 32-byte seed of RFC 8032."""
        return cls(check_key_name(name), Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, ED25519, self.public)

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.public)

    def sign(self, text: str) -> bytes:
        """64 bytes over the text as UTF-8."""
        return self.private.sign(text.encode())


@dataclass(frozen=True, slots=True)
class Verifier:
    """Verifies plain Ed25519 note signatures (type 0x01)."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        """Reads `<name>+<hex key ID>+<base64(0x01 || public key)>`. Raises NoteError."""
        return cls(*parse_vkey(vkey, ED25519))

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, ED25519, self.public)

    def vkey(self) -> str:
        return format_vkey(self.name, ED25519, self.public)

    def verify(self, text: str, signature: bytes) -> bool:
        return verify_ed25519(self.public, text.encode(), signature)


def format_vkey(name: str, type: int, public: bytes) -> str:
    """The verifier key as text."""
    return f"{name}+{key_id(name, type, public).hex()}+{to_base64(bytes((type,)) + public)}"


def parse_vkey(vkey: str, type: int) -> tuple[str, bytes]:
    """Name and public key of a verifier key of this type. Raises NoteError."""
    name, _, rest = vkey.partition("+")
    identifier, _, material = rest.partition("+")
    check_key_name(name)
    try:
        key = from_base64(material)
    except ValueError:
        raise NoteError("the verifier key is not <name>+<key ID>+<base64 key>") from None
    if key[:1] != bytes((type,)):
        raise NoteError(f"the verifier key is of type 0x{key[:1].hex()}, not 0x{type:02x}")
    if len(key) != 1 + KEY_SIZES[type]:
        raise NoteError(f"the verifier key does not hold one key of {KEY_SIZES[type]} bytes")
    if identifier != key_id(name, type, key[1:]).hex():
        raise NoteError("the key ID of the verifier key does not fit its name and key")
    return name, key[1:]


def vkey_type(vkey: str) -> int:
    """The signature type that a verifier key names; nothing else of it is checked. Raises NoteError."""
    try:
        return from_base64("".join(vkey.split("+", 2)[2:]))[0]
    except (ValueError, IndexError):
        raise NoteError("the verifier key is not <name>+<key ID>+<base64 key>") from None


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """True if the signature is good. The caller rejects the whole note otherwise."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign_note(text: str, signers: Sequence[NoteSigner]) -> str:
    """The text with one signature line per signer. Raises NoteError for a text that cannot be one."""
    if not signers:
        raise NoteError("a note has at least one signature")
    _check_characters(text)
    if not text.endswith("\n"):
        raise NoteError("the text of a note ends in a newline")
    return f"{text}\n" + "".join(signature_line(text, signer) for signer in signers)


def signature_line(text: str, signer: NoteSigner) -> str:
    """The line to add below a note so that it carries this signature too. Raises NoteError."""
    name = check_key_name(signer.name)
    return NoteSignature(name, signer.key_id, signer.sign(text)).line


def split_note(note: str | bytes) -> tuple[str, tuple[NoteSignature, ...]]:
    """Text and signatures, nothing verified. Raises NoteError for a malformed note."""
    if isinstance(note, bytes):
        try:
            note = note.decode()
        except UnicodeDecodeError:
            raise NoteError("the note is not valid UTF-8") from None
    if len(note) > MAX_SIZE:
        raise NoteError("the note is too large")
    _check_characters(note)
    text, gap, signatures = note.rpartition("\n\n")
    if not gap:
        raise NoteError("the note has no blank line before its signatures")
    if not signatures.endswith("\n"):
        raise NoteError("the last line of the note has no end")
    lines = signatures[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"the note has more than {MAX_SIGNATURES} signatures")
    return text + "\n", tuple(_parse_line(line) for line in lines)


def open_note(note: str | bytes, verifiers: Iterable[NoteVerifier]) -> Note:
    """The note if at least one known key signed it and no known key's signature is wrong.

    Signatures of unknown keys are returned as unverified; a second one of the same known key is
    ignored. Raises NoteError.
    """
    known: dict[tuple[str, bytes], NoteVerifier] = {}
    for verifier in verifiers:
        if known.setdefault((verifier.name, verifier.key_id), verifier) is not verifier:
            raise NoteError(f"two known keys are both {verifier.name}+{verifier.key_id.hex()}")
    text, signatures = split_note(note)
    verified: dict[tuple[str, bytes], NoteSignature] = {}
    unverified = []
    for signature in signatures:
        key = signature.name, signature.key_id
        signer = known.get(key)
        if signer is None:
            unverified.append(signature)
        elif not signer.verify(text, signature.signature):
            raise NoteError(f"the signature of {signature.name} on the note is wrong")
        else:
            verified.setdefault(key, signature)
    if not verified:
        raise NoteError("no known key signed the note")
    return Note(text, tuple(verified.values()), tuple(unverified))


def _parse_line(line: str) -> NoteSignature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise NoteError("a signature line is not a dash, a name and a signature")
    try:
        raw = from_base64(encoded)
    except ValueError:
        raise NoteError(f"the signature of {name} is not base64") from None
    if len(raw) < 5:
        raise NoteError(f"the signature of {name} is too short")
    return NoteSignature(check_key_name(name), raw[:4], raw[4:])


def _check_characters(text: str) -> None:
    if any(char < " " and char != "\n" for char in text):
        raise NoteError("the note has a control character other than newline")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NoteError("the note is not valid Unicode") from None
