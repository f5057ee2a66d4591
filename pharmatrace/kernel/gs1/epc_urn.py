"""EPC URNs (GS1 Tag Data Standard 2.0 §6) and the identifiers they stand for.

A URN shows where the company prefix ends; a key alone does not, so the way back needs the length of
the prefix. Check digits are dropped in URNs and computed on the way back.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from pharmatrace.kernel.gs1.identifiers import ID_STEM, Sgtin, Sscc
from pharmatrace.kernel.gs1.schemes import CLASS_SCHEMES, INSTANCE_SCHEMES
from pharmatrace.kernel.refusal import Refused

# A URN keeps these signs of set 82 (TDS table A-1); the others are percent-encoded.
_STAYS = "!'()*+,-.:;=_"
_URN = re.compile(r"urn:epc:(id|class|idpat):([a-z]+):(.+)", re.ASCII | re.DOTALL)


def uri_from_urn(urn: str) -> str:
    """The canonical Digital Link URI for an EPC, class or pattern URN with a GS1 key.

    Raises `Refused`: `urn_scheme` for an unknown kind, `urn_form` for a wrong shape.
    """
    found = _URN.fullmatch(urn)
    schemes = INSTANCE_SCHEMES if found and found[1] == "id" else CLASS_SCHEMES
    scheme = schemes.get(f"{found[1]}:{found[2]}") if found else None
    if found is None or scheme is None:
        raise Refused.one("urn_scheme", f"{urn!r} is not an EPC URN with a GS1 key.", urn=urn)
    parts = scheme.match(found[3])
    if parts is None:
        raise Refused.one("urn_form", f"{urn!r} does not have the form {scheme.example}.", urn=urn)
    return ID_STEM + scheme.to_path(parts)


def identity_from_urn(urn: str) -> Sgtin | Sscc:
    """The pack or logistic unit of an `sgtin` or `sscc` URN. Raises `Refused` as `uri_from_urn`,
    and `urn_scheme` for every other kind."""
    segments = uri_from_urn(urn).removeprefix(ID_STEM).split("/")
    if segments[0] == "00":
        return Sscc(segments[1])
    if segments[0] == "01" and segments[2:3] == ["21"]:
        return Sgtin(segments[1], unquote(segments[3]))
    raise Refused.one("urn_scheme", f"{urn!r} does not name a pack or logistic unit.", urn=urn)


def sgtin_urn(gtin: str, serial: str, prefix_length: int) -> str:
    """`urn:epc:id:sgtin:…` for a GTIN-14 and serial, split after `prefix_length` digits."""
    return f"urn:epc:id:sgtin:{_item(gtin, prefix_length)}.{escape(serial)}"


def lgtin_urn(gtin: str, lot: str, prefix_length: int) -> str:
    """`urn:epc:class:lgtin:…` for a GTIN-14 and lot."""
    return f"urn:epc:class:lgtin:{_item(gtin, prefix_length)}.{escape(lot)}"


def sscc_urn(sscc: str, prefix_length: int) -> str:
    """`urn:epc:id:sscc:…` for an SSCC; its extension digit moves behind the prefix."""
    return f"urn:epc:id:sscc:{split_moved(sscc, prefix_length)}"


def sgln_urn(gln: str, prefix_length: int, extension: str = "0") -> str:
    """`urn:epc:id:sgln:…` for a GLN; extension `0` means the place itself."""
    return f"urn:epc:id:sgln:{split_straight(gln, prefix_length)}.{escape(extension)}"


def pgln_urn(gln: str, prefix_length: int) -> str:
    """`urn:epc:id:pgln:…` for a party's GLN."""
    return f"urn:epc:id:pgln:{split_straight(gln, prefix_length)}"


def _item(gtin: str, prefix_length: int) -> str:
    if len(gtin) != 14:
        raise Refused.one("gtin_length", "A URN is built from a GTIN of 14 digits.", gtin=gtin)
    return split_moved(gtin, prefix_length)


def split_moved(key: str, prefix_length: int) -> str:
    """`key` without its check digit, its first digit moved behind the prefix and the dot. Raises
    `Refused` `prefix_length`."""
    check_prefix_length(key[1:], prefix_length)
    return f"{key[1 : 1 + prefix_length]}.{key[0]}{key[1 + prefix_length : -1]}"


def split_straight(key: str, prefix_length: int) -> str:
    """`key` without its check digit, with a dot behind the prefix. Raises `Refused` `prefix_length`."""
    check_prefix_length(key, prefix_length)
    return f"{key[:prefix_length]}.{key[prefix_length:-1]}"


def check_prefix_length(key: str, prefix_length: int) -> None:
    """Raises `Refused` `prefix_length` outside 6 to 12 digits (TDS 2.0 §6.3)."""
    if not 6 <= prefix_length <= 12:
        raise Refused.one(
            "prefix_length",
            f"A GS1 Company Prefix has 6 to 12 digits, not {prefix_length}.",
            key=key,
            prefix_length=prefix_length,
        )


def escape(value: str) -> str:
    """`value` as a URN spells it (TDS annex A)."""
    return quote(value, safe=_STAYS)
