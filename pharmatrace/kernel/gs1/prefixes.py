"""How many digits of a GS1 key are the company's prefix, from the public table in biip."""

from __future__ import annotations

import re

from biip import ParseError
from biip.gs1_prefixes import GS1CompanyPrefix

_DIGITS = re.compile(r"[0-9]+")


def company_prefix_length(key: str) -> int | None:
    """Length of the GS1 Company Prefix at the start of `key`, or None when nobody can know.

    `key` starts with the prefix: a GLN or GTIN-13, a GTIN-14 without its indicator digit, an SSCC
    without its extension digit. What follows the digits in front (a GIAI may hold letters) is no part
    of a prefix.
    """
    digits = _DIGITS.match(key)
    try:
        prefix = GS1CompanyPrefix.extract(digits[0] if digits else "")
    except ParseError:
        return None
    return len(prefix.value) if prefix else None
