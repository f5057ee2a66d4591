"""How many digits of a GS1 key are the company's prefix, from the public table in biip."""

from __future__ import annotations

from biip import ParseError
from biip.gs1_prefixes import GS1CompanyPrefix


def company_prefix_length(key: str) -> int | None:
    """Length of the GS1 Company Prefix at the start of `key`, or None when nobody can know.

    `key` starts with the prefix: a GLN or GTIN-13, a GTIN-14 without its indicator digit, an SSCC
    without its extension digit.
    """
    try:
        prefix = GS1CompanyPrefix.extract(key)
    except ParseError:
        return None
    return len(prefix.value) if prefix else None
