"""Which package a row names: by a scan, by GTIN and serial, or by SSCC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from apps.exchange.intake.columns import PACKAGE
from pharmatrace.kernel.gs1.identifiers import Sgtin, Sscc
from pharmatrace.kernel.gs1.read import Reading, read
from pharmatrace.kernel.refusal import Refused


def package_of(values: Mapping[str, Any]) -> tuple[Sgtin | Sscc, Mapping[str, Any]]:
    """The package, and the row's values with lot and expiry of the scan where the row has none.

    Raises Refused `package_missing`, `package_half`, `contradiction`, or what is wrong with the scan.
    """
    code, gtin, serial, sscc = (values.get(name) for name in PACKAGE)
    if code is None:
        if sscc and not gtin and not serial:
            return Sscc(sscc), values
        if sscc:
            raise _contradiction(
                "sscc", "A row is about a pack or about a logistic unit, not both."
            )
        if gtin and serial:
            return Sgtin(gtin, serial), values
        if gtin or serial:
            missing = "serial" if gtin else "gtin"
            raise Refused.one("package_half", f"The {missing} is missing.", column=missing)
        raise Refused.one(
            "package_missing", "The row names no package: fill in code, or gtin and serial, or sscc.",
            column="code",
        )  # fmt: skip
    reading, package = scanned(code, "code")
    _agree(values, reading)
    if isinstance(package, Sscc):
        return package, values
    more: dict[str, Any] = {"lot": reading.lot, "expiry": reading.expiry}
    return package, {**{name: one for name, one in more.items() if one}, **values}


def scanned(code: str, column: str) -> tuple[Reading, Sgtin | Sscc]:
    """Raises Refused with what is wrong with the scan."""
    reading = read(code)
    faults = reading.faults or ((reading.problem,) if reading.problem else ())
    package = reading.identity
    if faults or package is None:
        raise Refused(
            type(one)(one.code, one.sentence, {**one.data, "column": column})
            for one in faults
            if one
        )
    return reading, package


def _agree(values: Mapping[str, Any], reading: Reading) -> None:
    for name in ("gtin", "serial", "sscc", "lot", "expiry"):
        here: str | date | None = values.get(name)
        there = getattr(reading, name)
        if here is not None and (there is not None or name in PACKAGE) and here != there:
            raise _contradiction(name, f"The scan says {name} {there}, the column {here}.")


def _contradiction(column: str, sentence: str) -> Refused:
    return Refused.one("contradiction", sentence, column=column)
