"""Linters for North American coupons (GS1 US, North American Coupon Application Guideline): AI 8110,
and AI 8112 for positive offer files.

A coupon is one row of digits: fields whose first digit says how long they are (VLI), then optional
fields, each with its number in front, in ascending order.
"""

from __future__ import annotations

from collections.abc import Callable

from pharmatrace.kernel.gs1.linters.company_prefixes import gcppos1
from pharmatrace.kernel.gs1.linters.days_and_times import yymmdd
from pharmatrace.kernel.gs1.linters.fault import Fault, non_digit

_REQUIREMENT_CODES = "012349"
_PREFIX_OR_NONE = "01234569"


class _Stop(Exception):
    """Carries the first fault out of the walk."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


class _Walk:
    """Walks over the digits; every step takes some of them or stops at a fault."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def stop(self, code: str, start: int | None = None, length: int | None = None) -> _Stop:
        """A fault from `start` on; of the whole text when nothing of what should come is there."""
        start = self.at if start is None else start
        if start >= len(self.text):
            return _Stop(Fault(code, 0, len(self.text)))
        rest = len(self.text) - start
        return _Stop(Fault(code, start, rest if length is None else length))

    def one(self, missing: str, invalid: str, allowed: str) -> str:
        """One digit that must be there and be `allowed`."""
        if self.at == len(self.text):
            raise self.stop(missing)
        digit = self.text[self.at]
        if digit not in allowed:
            raise self.stop(invalid, length=1)
        self.at += 1
        return digit

    def some(self, length: int, truncated: str) -> str:
        """`length` digits."""
        if len(self.text) - self.at < length:
            raise self.stop(truncated)
        self.at += length
        return self.text[self.at - length : self.at]

    def measured(self, name: str, length_name: str, allowed: str, plus: int) -> str:
        """Digits behind a digit that says how many: that many and `plus`, none for 9 where allowed."""
        vli = self.one(
            f"coupon_missing_{name}_vli", f"coupon_invalid_{length_name}_length", allowed
        )
        nothing_follows = vli == "9" and allowed == _PREFIX_OR_NONE
        length = 0 if nothing_follows else int(vli) + plus
        return self.some(length, f"coupon_truncated_{name}")

    def prefix(self, name: str, length_name: str, allowed: str) -> None:
        """A company prefix behind its length."""
        digits = self.measured(name, length_name, allowed, 6)
        fault = gcppos1(digits) if digits else None
        if fault:
            raise _Stop(Fault(fault.code, self.at - len(digits), len(digits)))

    def field(self, number: str) -> bool:
        """Whether the optional field `number` comes next; its number is taken."""
        if self.text[self.at : self.at + 1] != number:
            return False
        self.at += 1
        return True

    def end(self) -> None:
        if self.at < len(self.text):
            raise self.stop("coupon_excess_data")


def couponcode(text: str) -> Fault | None:
    """AI 8110, a coupon as the shopper hands it over."""
    return non_digit(text) if text and non_digit(text) else _fault_of(_coupon, text)


def couponposoffer(text: str) -> Fault | None:
    """AI 8112, a coupon that is looked up in a positive offer file."""
    return non_digit(text) if text and non_digit(text) else _fault_of(_offer, text)


def _fault_of(walk_over: Callable[[_Walk], None], text: str) -> Fault | None:
    walk = _Walk(text)
    try:
        walk_over(walk)
    except _Stop as stop:
        return stop.fault
    return None


def _offer(walk: _Walk) -> None:
    walk.one("coupon_missing_format_code", "coupon_invalid_format_code", "01")
    walk.measured("funder", "funder", "0123456", 6)
    walk.some(6, "coupon_truncated_offer_code")
    walk.measured("serial_number", "serial_number", "0123456789", 6)
    walk.end()


def _coupon(walk: _Walk) -> None:
    walk.prefix("gcp", "gcp", "0123456")
    walk.some(6, "coupon_truncated_offer_code")
    walk.measured("save_value", "save_value", "12345", 0)
    _purchase(walk, "1st")
    if walk.field("1"):
        name = "additional_purchase_rules_code"
        walk.one(f"coupon_missing_{name}", f"coupon_invalid_{name}", "0123")
        _further_purchase(walk, "2nd")
    if walk.field("2"):
        _further_purchase(walk, "3rd")
    _days(walk)
    if walk.field("5"):
        walk.measured("serial_number", "serial_number", "0123456789", 6)
    if walk.field("6"):
        walk.prefix("retailer_gcp_or_gln", "retailer_gcp_or_gln", "1234567")
    if walk.field("9"):
        _miscellaneous(walk)
    walk.end()


def _purchase(walk: _Walk, which: str) -> None:
    name = f"{which}_purchase_requirement"
    walk.measured(name, name, "12345", 0)
    walk.one(f"coupon_missing_{name}_code", f"coupon_invalid_{name}_code", _REQUIREMENT_CODES)
    walk.some(3, f"coupon_truncated_{which}_purchase_family_code")


def _further_purchase(walk: _Walk, which: str) -> None:
    _purchase(walk, which)
    walk.prefix(f"{which}_purchase_gcp", f"{which}_purchase_gcp", _PREFIX_OR_NONE)


def _days(walk: _Walk) -> None:
    expiry = ""
    if walk.field("3"):
        expiry = walk.some(6, "coupon_too_short_for_expiration_date")
        if yymmdd(expiry):
            # The dictionary's own spelling.
            raise walk.stop("coupon_invalid_exipiration_date", walk.at - 6, 6)
    if walk.field("4"):
        start = walk.some(6, "coupon_too_short_for_start_date")
        if yymmdd(start):
            raise walk.stop("coupon_invalid_start_date", walk.at - 6, 6)
        if expiry and start > expiry:
            raise walk.stop("coupon_expiration_before_start", walk.at - 14, 14)


def _miscellaneous(walk: _Walk) -> None:
    for name, allowed in (
        ("save_value_code", "01256"),
        ("save_value_applies_to_item", "012"),
        ("store_coupon_flag", "0123456789"),
        ("dont_multiply_flag", "01"),
    ):
        walk.one(f"coupon_missing_{name}", f"coupon_invalid_{name}", allowed)
