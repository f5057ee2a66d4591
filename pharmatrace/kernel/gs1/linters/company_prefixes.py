"""Linters for the place of a GS1 Company Prefix: whether one can begin there."""

from __future__ import annotations

from pharmatrace.kernel.gs1.linters.fault import Fault, non_digit, whole

_SHORTEST = 4


def gcppos1(text: str) -> Fault | None:
    """A GS1 Company Prefix begins with the first character."""
    if len(text) < _SHORTEST:
        return whole("too_short_for_gcp", text)
    fault = non_digit(text[:_SHORTEST])
    return Fault("invalid_gcp_prefix", fault.start, 1) if fault else None


def gcppos2(text: str) -> Fault | None:
    """A GS1 Company Prefix begins with the second character."""
    if len(text) < 2:
        return whole("too_short_for_gcp", text)
    fault = gcppos1(text[1:])
    return Fault(fault.code, fault.start + 1, fault.length) if fault else None
