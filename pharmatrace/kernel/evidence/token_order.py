"""Certificates inside a time-stamp response, put into the order that DER asks for.

Authorities run by openssl send the certificates of a chain as they lie, not sorted as the members of a set in DER
(X.690 §11.6), and openssl itself does not mind. Our reader does. No signature covers that order, nor the certificates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SEQUENCE, CONTEXT_0 = 0x30, 0xA0


@dataclass(frozen=True, slots=True)
class _Field:
    """One element: `start` of its tag, `inside` where its content begins, `end` behind it."""

    tag: int
    start: int
    inside: int
    end: int


def in_order(response: bytes) -> bytes:
    """The response with the same certificates in order. Unchanged where it is none, or has none."""
    try:
        certificates = _certificates(response)
        if certificates is None:
            return response
        members = [response[one.start : one.end] for one in _fields(response, certificates)]
    except ValueError:
        return response
    return (
        response[: certificates.inside] + b"".join(sorted(members)) + response[certificates.end :]
    )


def _certificates(data: bytes) -> _Field | None:
    """TimeStampResp → ContentInfo → SignedData → certificates [0] (RFC 5652 §5.1)."""
    whole = _field(data, 0, len(data))
    for number, tag in ((1, SEQUENCE), (1, CONTEXT_0), (0, SEQUENCE)):
        members = list(_fields(data, whole))
        if len(members) <= number or members[number].tag != tag:
            return None
        whole = members[number]
    return next((one for one in _fields(data, whole) if one.tag == CONTEXT_0), None)


def _fields(data: bytes, outer: _Field) -> Iterator[_Field]:
    """The elements inside `outer`. Raises ValueError."""
    at = outer.inside
    while at < outer.end:
        found = _field(data, at, outer.end)
        yield found
        at = found.end


def _field(data: bytes, at: int, end: int) -> _Field:
    if at + 2 > end or data[at] & 0x1F == 0x1F:
        raise ValueError("no element")
    length, inside = data[at + 1], at + 2
    if length & 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= 4 or inside + octets > end:
            raise ValueError("no length")
        length, inside = int.from_bytes(data[inside : inside + octets], "big"), inside + octets
    if inside + length > end:
        raise ValueError("an element breaks off")
    return _Field(data[at], at, inside, inside + length)
