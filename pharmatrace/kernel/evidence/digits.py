"""Octets as decimal digits: QR codes hold digits at ten bits for three, and any address may carry them.

Twelve octets become 29 digits; the rest of fewer becomes as many as the largest of its length has.
"""

from __future__ import annotations

GROUP = 12
_WIDTH = {size: len(str((1 << 8 * size) - 1)) for size in range(1, GROUP + 1)}
_SIZE = {width: size for size, width in _WIDTH.items()}


def to_digits(data: bytes) -> str:
    """2.42 digits an octet."""
    parts = [data[at : at + GROUP] for at in range(0, len(data), GROUP)]
    return "".join(f"{int.from_bytes(part, 'big'):0{_WIDTH[len(part)]}}" for part in parts)


def from_digits(text: str) -> bytes:
    """Raises ValueError for what `to_digits` does not write."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError("these are not digits")
    octets = b""
    for at in range(0, len(text), _WIDTH[GROUP]):
        part = text[at : at + _WIDTH[GROUP]]
        size = _SIZE.get(len(part))
        if size is None or int(part) >> 8 * size:
            raise ValueError("these digits stand for no octets")
        octets += int(part).to_bytes(size, "big")
    return octets
