"""Who plays: invented organisations, their sites and people.

Global location numbers start with 952, the prefix GS1 keeps for demonstrations and examples.
"""

from __future__ import annotations

from dataclasses import dataclass

from pharmatrace.kernel.gs1.check_digit import check_digit


@dataclass(frozen=True, slots=True)
class Player:
    """An organisation with one site and one person. `number` makes its GLNs and its SSCCs."""

    key: str
    number: int
    kind: str
    name: str
    country: str
    city: str
    site: str
    activities: tuple[str, ...]
    person: str
    email: str
    role: str = "admin"

    @property
    def coordinates(self) -> str:
        return CITIES[self.city]

    @property
    def prefix(self) -> str:
        return f"952{self.number:06d}"

    @property
    def gln(self) -> str:
        return _gln(self.prefix, 0)

    @property
    def site_gln(self) -> str:
        return _gln(self.prefix, 1)


def _gln(prefix: str, reference: int) -> str:
    body = f"{prefix}{reference:03d}"
    return body + check_digit(body)


# Latitude and longitude of the real cities; the sites in them are invented.
CITIES = {
    "Alcobendas": "40.54750, -3.64190",
    "Getafe": "40.30570, -3.73290",
    "Lisboa": "38.72230, -9.13930",
    "Madrid": "40.41680, -3.70380",
    "Porto": "41.14960, -8.61100",
    "Sevilla": "37.38910, -5.98450",
    "Sintra": "38.80290, -9.38170",
    "Vila Nova de Gaia": "41.13360, -8.61740",
}

MAKE, TRADE, DISPENSE = ("manufacture",), ("wholesale",), ("dispense",)

CAST = {
    player.key: player
    for player in (
        Player(
            "maker-m", 101, "manufacturer", "Demo Maker M (real figures, invented maker)", "PT",
            "Sintra", "Packaging line Sintra", MAKE, "Mia", "mia@demo.example",
        ),
        Player(
            "maker-p", 102, "manufacturer", "Demo Maker P (real figures, invented maker)", "ES",
            "Alcobendas", "Packaging line Alcobendas", MAKE, "Max", "max@demo.example",
        ),
        Player(
            "wholesaler", 201, "distributor", "Douro & Ebro Demo Wholesale", "PT",
            "Vila Nova de Gaia", "Gaia warehouse", TRADE, "Dan", "dan@demo.example",
        ),
        Player(
            "logistics", 202, "distributor", "Iberia Demo Logistics", "ES",
            "Getafe", "Getafe hub", TRADE, "Dora", "dora@demo.example",
        ),
        Player(
            "pharmacy-porto", 301, "pharmacy", "Farmácia Demo da Ribeira", "PT",
            "Porto", "Ribeira counter", DISPENSE, "Petra", "petra@demo.example",
        ),
        Player(
            "pharmacy-lisboa", 302, "pharmacy", "Farmácia Demo do Castelo", "PT",
            "Lisboa", "Castelo counter", DISPENSE, "Paul", "paul@demo.example",
        ),
        Player(
            "pharmacy-madrid", 303, "pharmacy", "Farmacia Demo del Parque", "ES",
            "Madrid", "Parque counter", DISPENSE, "Pilar", "pilar@demo.example",
        ),
        Player(
            "pharmacy-sevilla", 304, "pharmacy", "Farmacia Demo del Puente", "ES",
            "Sevilla", "Puente counter", DISPENSE, "Pia", "pia@demo.example",
        ),
        Player(
            "hospital-lisboa", 305, "pharmacy", "Hospital Demo do Tejo", "PT",
            "Lisboa", "Hospital pharmacy Tejo", DISPENSE, "Hugo", "hugo@demo.example",
        ),
        Player(
            "hospital-madrid", 306, "pharmacy", "Hospital Demo del Prado", "ES",
            "Madrid", "Hospital pharmacy Prado", DISPENSE, "Helena", "helena@demo.example",
        ),
        Player(
            "regulator", 401, "regulator", "Demo Medicines Authority", "PT",
            "Lisboa", "Inspectorate", (), "Rosa", "rosa@demo.example",
        ),
    )
}  # fmt: skip

STARS = ("maker-m", "wholesaler", "pharmacy-porto", "regulator")  # one account per role to print

PHARMACIES = {
    "PT": ("pharmacy-porto", "pharmacy-lisboa"),
    "ES": ("pharmacy-madrid", "pharmacy-sevilla"),
}
HOSPITALS = {"PT": ("hospital-lisboa",), "ES": ("hospital-madrid",)}
