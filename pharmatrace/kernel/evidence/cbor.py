"""Deterministic CBOR (RFC 8949 §4.2.1) for the few shapes that facts and statements use.

Written out by hand because writing is on the hot path, and because reading takes only what writing makes and
allocates nothing that is not there; tests hold both equal to cbor2's canonical form.
"""

from __future__ import annotations

from typing import Any

_SMALL_UINT = [bytes((value,)) if value < 24 else bytes((24, value)) for value in range(256)]
_DEEPEST = 48
_NULL, _FALSE, _TRUE = b"\xf6", b"\xf4", b"\xf5"


def head(major: int, argument: int) -> bytes:
    """Initial byte of `major` type and its shortest argument. Raises ValueError over 64 bits."""
    kind = major << 5
    if argument < 24:
        return bytes((kind | argument,))
    if argument < 0x100:
        return bytes((kind | 24, argument))
    if argument < 0x10000:
        return bytes((kind | 25,)) + argument.to_bytes(2, "big")
    if argument < 0x100000000:
        return bytes((kind | 26,)) + argument.to_bytes(4, "big")
    if argument < 0x10000000000000000:
        return bytes((kind | 27,)) + argument.to_bytes(8, "big")
    raise ValueError("a number of more than 64 bits has no place here")


def uint(value: int) -> bytes:
    """A whole number from 0."""
    if 0 <= value < 256:
        return _SMALL_UINT[value]
    return head(0, value)


def text(value: str) -> bytes:
    """A text string. Raises UnicodeEncodeError for a lone surrogate."""
    raw = value.encode()
    return head(3, len(raw)) + raw


def octets(value: bytes) -> bytes:
    """A byte string."""
    return head(2, len(value)) + value


def encode(value: Any) -> bytes:
    """str, int, bytes, None, bool, list or tuple of these. Raises TypeError for anything else."""
    if isinstance(value, str):
        return text(value)
    if value is None:
        return _NULL
    if isinstance(value, bool):
        return _TRUE if value else _FALSE
    if isinstance(value, int):
        return uint(value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return octets(value)
    if isinstance(value, list | tuple):
        return head(4, len(value)) + b"".join([encode(item) for item in value])
    raise TypeError(f"a fact cannot hold a {type(value).__name__}")


def decode(data: bytes) -> Any:
    """The one value in the bytes; arrays are lists. Raises ValueError for anything that `encode` does not write."""
    value, end = _read(data, 0, 0)
    if end != len(data):
        raise ValueError("there are bytes after the end")
    return value


def _read(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    """The value at this place, and where the next one starts."""
    if depth > _DEEPEST:
        raise ValueError("the value is nested too deep")
    major, argument, at = _read_head(data, at)
    if major == 0:
        return argument, at
    if major == 1:
        return -1 - argument, at
    if major in (2, 3):
        raw = data[at : at + argument]
        if len(raw) != argument:
            raise ValueError("the bytes end too early")
        return (raw if major == 2 else raw.decode()), at + argument
    if major == 4:
        items = []
        for _ in range(argument):  # ends with the bytes, however many are announced
            item, at = _read(data, at, depth + 1)
            items.append(item)
        return items, at
    if major == 7 and argument in (20, 21, 22):
        return (False, True, None)[argument - 20], at
    raise ValueError("this form of CBOR has no place here")


def _read_head(data: bytes, at: int) -> tuple[int, int, int]:
    if at >= len(data):
        raise ValueError("the bytes end too early")
    major, small = data[at] >> 5, data[at] & 31
    if small < 24:
        return major, small, at + 1
    if small > 27:
        raise ValueError("this form of CBOR has no place here")
    end = at + 1 + (1 << small - 24)
    argument = int.from_bytes(data[at + 1 : end], "big")
    if head(major, argument) != data[at:end]:
        raise ValueError("a number is not in its shortest form, or ends too early")
    return major, argument, end
