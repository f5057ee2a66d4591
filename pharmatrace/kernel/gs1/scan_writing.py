"""What a scanner sends for a symbol: the symbology identifier and the message (GS1 General
Specifications §5.1.2). Labels are proved by it, and scanners imitated.
"""

from __future__ import annotations

from pharmatrace.kernel.gs1.application_identifiers import AIS, ai_at
from pharmatrace.kernel.gs1.check_digit import check_digit, has_good_check_digit
from pharmatrace.kernel.gs1.element_strings import GS
from pharmatrace.kernel.gs1.symbologies import COMPOSITE
from pharmatrace.kernel.refusal import Refused

# For plain text, for GS1 elements.
_MATRIX = {"QR": ("]Q1", "]Q3"), "DM": ("]d1", "]d2"), "DotCode": ("]J0", "]J1")}
_DATABAR_GTIN = ("Omni", "Truncated", "Stacked", "StackedOmni", "Limited")
# Identifier, zeros in front, digits of the symbol.
_RETAIL = {
    "EAN13": ("]E0", "", 13), "UPCA": ("]E0", "0", 12), "UPCE": ("]E0", "0", 12),
    "EAN8": ("]E4", "", 8),
}  # fmt: skip


def write_scan(
    carrier: str, message: str, composite: str = "", *, add_check_digit: bool = False
) -> str:
    """The scan of a `carrier` (`DM`, `QR`, `DotCode`, `GS1_128_CCA`, `GS1_128_CCC`, `DataBar…`,
    `EAN13`, `EAN8`, `UPCA`, `UPCE`).

    `message` starts with GS (for FNC1) when it is GS1 elements; retail symbols and DataBar take a GTIN.
    `composite` is the elements of the component beside a linear symbol, starting with GS. Raises
    `Refused` `carrier_message` when the carrier cannot hold that.
    """
    if carrier in _MATRIX and not composite:
        elements = message.startswith(GS)
        return _MATRIX[carrier][elements] + (message[1:] if elements else message)
    if composite and not composite.startswith(GS):
        raise _refused(carrier, composite)
    if carrier in _RETAIL:
        return _retail(carrier, message, composite, add_check_digit)
    if carrier.removeprefix("DataBar") in _DATABAR_GTIN and carrier.startswith("DataBar"):
        return _databar(carrier, message, composite, add_check_digit)
    if carrier in ("GS1_128_CCA", "GS1_128_CCC", "DataBarExpanded") and message.startswith(GS):
        if carrier != "DataBarExpanded" and not composite:
            return "]C1" + message[1:]
        # One message: a separator where the linear symbol ends in a value of variable length.
        joint = GS if composite and not _ends_predefined(message) else ""
        return "]e0" + message[1:] + joint + composite[1:]
    raise _refused(carrier, message)


def _retail(carrier: str, message: str, composite: str, add_check_digit: bool) -> str:
    identifier, zeros, length = _RETAIL[carrier]
    padding = f"{GS}01".ljust(17 - length, "0")
    digits = _gtin(carrier, message.removeprefix(padding), length, add_check_digit)
    return identifier + zeros + digits + (COMPOSITE + composite[1:] if composite else "")


def _databar(carrier: str, message: str, composite: str, add_check_digit: bool) -> str:
    digits = _gtin(carrier, message.removeprefix(f"{GS}01"), 14, add_check_digit)
    if carrier == "DataBarLimited" and digits[0] > "1":
        raise _refused(carrier, message)
    return "]e001" + digits + composite[1:]


def _gtin(carrier: str, digits: str, length: int, add_check_digit: bool) -> str:
    if add_check_digit and len(digits) == length - 1 and digits.isascii() and digits.isdigit():
        digits += check_digit(digits)
    elif add_check_digit or len(digits) != length or not has_good_check_digit(digits):
        raise _refused(carrier, digits)
    return digits


def _ends_predefined(message: str) -> bool:
    """Whether the last element of `message` has a length of its own."""
    index, predefined = 1, False
    while index < len(message):
        entry = ai_at(message, index)
        if entry is None:
            return False
        predefined = entry.predefined
        end = message.find(GS, index)
        if predefined:
            index += len(entry.ai) + AIS[entry.ai].longest
            index += message[index : index + 1] == GS
        else:
            index = len(message) if end < 0 else end + 1
    return predefined


def _refused(carrier: str, message: str) -> Refused:
    return Refused.one(
        "carrier_message", f"A symbol {carrier!r} cannot hold {message!r}.", carrier=carrier
    )
