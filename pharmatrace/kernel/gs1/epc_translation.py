"""Between the two spellings of one identifier, EPC URN and Digital Link, whichever is given."""

from __future__ import annotations

import re

from pharmatrace.kernel.gs1.epc_of_link import FROM_THE_TABLE, Prefixes, urn_of_link
from pharmatrace.kernel.gs1.epc_urn import uri_from_urn
from pharmatrace.kernel.gs1.schemes import CLASS_SCHEMES, INSTANCE_SCHEMES, WITHOUT_LINK
from pharmatrace.kernel.refusal import Refused

_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{0,31}:\S+", re.IGNORECASE | re.ASCII)
_EPC_WORDS = "|".join(sorted({*INSTANCE_SCHEMES, *CLASS_SCHEMES}))
_MEANT_AS_EPC = re.compile(rf"urn:[^:]*:(?:{_EPC_WORDS}):", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)


def translate(uri: str, prefixes: Prefixes = FROM_THE_TABLE) -> str:
    """The other spelling of `uri`; URNs that are no EPC of a GS1 key are kept as they are.

    Raises `Refused`: what `uri_from_urn` and `urn_of_link` raise, `epc_uri` for text that is neither
    URN nor link.
    """
    if _WEB.match(uri):
        return urn_of_link(uri, prefixes)
    if uri[:8].lower() == "urn:epc:":  # letters of either case, as in every URN (RFC 8141 §3.1)
        uri = "urn:epc:" + uri[8:]
    if WITHOUT_LINK.fullmatch(uri):
        return uri
    # A URN of nobody's namespace that names an EPC scheme (`urn:ec:id:pgln:…`) is a mistyped EPC.
    if uri.startswith("urn:epc:") or _MEANT_AS_EPC.match(uri):
        return uri_from_urn(uri)
    if _URN.fullmatch(uri):
        return uri
    raise Refused.one("epc_uri", f"{uri!r} is neither a URN nor a Digital Link.", uri=uri, place=0)
