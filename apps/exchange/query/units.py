"""Units of measure (UN/ECE Recommendation 20) that can be converted into each other.

Events are found by what was measured, not by the unit it was written in: 68 FAH is 20 CEL. Each
unit is `base = value × factor + zero`, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

UNIT = r"[A-Z0-9]{2,4}"


@dataclass(frozen=True, slots=True)
class Unit:
    quantity: str
    factor: Fraction
    zero: Fraction = Fraction(0)


def _units(quantity: str, factors: str) -> dict[str, Unit]:
    """`factors` is `code factor code factor …`."""
    words = factors.split()
    pairs = zip(words[::2], words[1::2], strict=True)
    return {code: Unit(quantity, Fraction(factor)) for code, factor in pairs}


UNITS: dict[str, Unit] = {
    "KEL": Unit("temperature", Fraction(1)),
    "CEL": Unit("temperature", Fraction(1), Fraction("273.15")),
    "FAH": Unit("temperature", Fraction(5, 9), Fraction("459.67") * Fraction(5, 9)),
    "A48": Unit("temperature", Fraction(5, 9)),
    **_units("mass", """KGM 1 GRM 0.001 MGM 0.000001 MC 0.000000001 TNE 1000 HGM 0.1 DG 0.0001
        CGM 0.00001 LBR 0.45359237 ONZ 0.028349523125 STN 907.18474 LTN 1016.0469088 APZ 0.0311034768
        GRN 0.00006479891 STI 6.35029318 2U 1000"""),
    **_units("length", """MTR 1 DMT 0.1 CMT 0.01 MMT 0.001 4H 0.000001 C45 0.000000001 KMT 1000 HMT 100
        INH 0.0254 FOT 0.3048 YRD 0.9144 SMI 1609.344 NMI 1852"""),
    **_units("area", """MTK 1 DMK 0.01 CMK 0.0001 MMK 0.000001 KMK 1000000 HAR 10000 ARE 100
        INK 0.00064516 FTK 0.09290304 YDK 0.83612736 ACR 4046.8564224"""),
    **_units("volume", """MTQ 1 DMQ 0.001 CMQ 0.000001 MMQ 0.000000001 LTR 0.001 DLT 0.0001 CLT 0.00001
        MLT 0.000001 4G 0.000000001 HLT 0.1 INQ 0.000016387064 FTQ 0.028316846592
        YDQ 0.764554857984 GLL 0.003785411784 GLI 0.00454609 PT 0.000473176473 QT 0.000946352946
        OZA 0.0000295735295625 OZI 0.0000284130625 BLL 0.158987294928"""),
    **_units("time", """SEC 1 C26 0.001 B98 0.000001 MIN 60 HUR 3600 DAY 86400 WEE 604800"""),
    **_units("speed", """MTS 1 KMH 5/18 2X 1/60 2M 0.01 HM 0.44704 KNT 463/900 FS 0.3048"""),
    **_units("acceleration", "MSK 1 M40 0.9144 A73 0.3048 A76 0.01 K40 9.80665"),
    **_units("pressure", """PAL 1 HPA 100 KPA 1000 MPA 1000000 A89 1000000000 74 0.001 BAR 100000
        MBR 100 ATM 101325 ATT 98066.5 HN 133.322387415"""),
    **_units("energy", "JOU 1 KJO 1000 3B 1000000 GV 1000000000 WHR 3600 KWH 3600000 MWH 3600000000"),
    **_units("power", "WTT 1 KWT 1000 MAW 1000000 A90 1000000000 C31 0.001 D80 0.000001"),
    **_units("force", "NEW 1 B47 1000 B73 1000000 C20 0.001 DU 0.00001"),
    **_units("frequency", "HTZ 1 KHZ 1000 MHZ 1000000 A86 1000000000 RPM 1/60 RPS 1"),
    **_units("voltage", "VLT 1 KVT 1000 2Z 0.001 D82 0.000001 B78 1000000"),
    **_units("current", "AMP 1 B22 1000 4K 0.001 B84 0.000001 C39 0.000000001"),
    **_units("resistance", "OHM 1 B49 1000 B75 1000000 E45 0.001"),
    **_units("ratio", "P1 0.01 NX 0.001 59 0.000001 61 0.000000001 C62 1"),
    **_units("mass concentration", "KMQ 1 GL 1 23 1000 M1 0.001 GQ 0.000000001 GP 0.000001 A93 0.001"),
    **_units("amount of substance", "C34 1 B45 1000 C18 0.001 FH 0.000001"),
    **_units("angle", "C81 1 C25 0.001"),
    **_units("degrees", "DD 1 D61 1/60 D62 1/3600"),
    **_units("illuminance", "LUX 1 KLX 1000"),
    **_units("radioactivity", "BQL 1 2Q 1000 4N 1000000 GBQ 1000000000 CUR 37000000000 MCU 37000000"),
    **_units("dose", "A95 1 C13 0.001 C80 0.01"),
    **_units("dose equivalent", "D13 1 C28 0.001 P72 0.000001"),
    **_units("memory", "A99 1 AD 8"),
}  # fmt: skip


def alike(code: str) -> dict[str, Unit]:
    """The units that `code` can be converted into, itself first; itself alone where it is not known."""
    own = UNITS.get(code, Unit(code, Fraction(1)))
    return {code: own} | {
        other: unit
        for other, unit in UNITS.items()
        if unit.quantity == own.quantity and other != code
    }


def comparison(
    value: str, operator: str, asked: Fraction, code: str, *, spread: bool = False
) -> str:
    """A JSON path predicate: `value` (a path) in the unit of its `@.uom`, against `asked` in `code`. All
    numbers are whole, so nothing is lost in conversion. A `spread` (standard deviation) has no zero."""
    units = alike(code)
    own = units[code]
    bound = asked * own.factor + (0 if spread else own.zero)
    either = []
    for other, unit in units.items():
        zero = Fraction(0) if spread else unit.zero
        scale = _scale(unit.factor, zero, bound)
        factor, zero_, limit = (int(one * scale) for one in (unit.factor, zero, bound))
        side = value if factor == 1 else f"{value} * {factor}"
        side = f"{side} + {zero_}" if zero_ else side
        either.append(f'(@.uom == "{other}" && {side} {operator} {limit})')
    return " || ".join(either)


def _scale(*numbers: Fraction) -> int:
    scale = 1
    for one in numbers:
        scale *= (one * scale).denominator
    return scale
