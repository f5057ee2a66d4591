"""How single values are spelled in the pre-hash string (CBV 2.0 §8.9.2): times in UTC with
milliseconds, numbers without idle zeros, CBV words as web URIs, GS1 keys in normal form."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

from pharmatrace.kernel.epcis.model import utc_text
from pharmatrace.kernel.gs1.normal_form import normal_uri

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_OLD_WORDS = re.compile(r"urn:epcglobal:cbv:(bizstep|disp|btt|sdt|er):")
_NEW_WORDS = {
    "bizstep": "BizStep-", "disp": "Disp-", "btt": "BTT-", "sdt": "SDT-", "er": "ER-",
}  # fmt: skip


@lru_cache(maxsize=16384)
def value_text(text: str) -> str:
    """The normal spelling of `text`. Numbers may be written as strings in XML, so everything that
    looks like a number is treated as one."""
    if "urn:epcglobal:cbv:" in text:
        text = _OLD_WORDS.sub(lambda old: f"https://ref.gs1.org/cbv/{_NEW_WORDS[old[1]]}", text)
    if _NUMBER.fullmatch(text):
        return number_text(text)
    return normal_uri(text)


def number_text(text: str) -> str:
    """`1.50` → `1.5`, `007` → `7`, `+2` → `2`. Numbers are doubles, as in the reference: beyond 2⁵³
    a vector (stringValue in SensorDataExamples.xml) shows their rounding."""
    if len(text) < 16 and text.isdigit():
        return text.lstrip("0") or "0"
    number = float(text)
    if number in (float("inf"), float("-inf")):
        return text
    return str(int(number)) if number == int(number) else str(number)


def time_text(text: str) -> str:
    """A time in UTC with milliseconds; text that is no time, or none of the years 1 to 9999 in UTC,
    is left alone, one without a zone is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text.upper())
        return utc_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return text
