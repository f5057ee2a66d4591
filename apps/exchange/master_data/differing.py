"""What is proposed against what our record says, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from apps.catalog.models import Product
from apps.exchange.master_data.models import Proposal
from apps.parties.models import Organisation, Site
from apps.parties.selectors import owners_of_prefixes

Kind = Proposal.Kind
Record = Organisation | Site | Product
PLACE = ("name", "street", "city", "state", "postal_code", "country")
PRODUCT = ("name", "strength", "form", "pack_size", "ndc")
FIELDS = {Kind.ORGANISATION: PLACE, Kind.SITE: (*PLACE, "coordinates"), Kind.PRODUCT: PRODUCT}
SHORTEST_PREFIX, LONGEST_PREFIX = 4, 12


@dataclass(frozen=True, slots=True)
class Difference:
    """`old` is empty where the record says nothing, or is not there."""

    field: str
    old: str
    new: str


@dataclass(slots=True)
class Records:
    """What is registered under some keys, and whose the keys are that are not."""

    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    products: Mapping[str, Product] = field(default_factory=dict)
    prefixes: Mapping[str, UUID] = field(default_factory=dict)

    @classmethod
    def under(cls, keys: Iterable[str]) -> Records:
        """`keys` are GLNs and GTINs. Four queries."""
        wanted = set(keys)
        prefixes = {one for key in wanted for one in _prefixes_of(key)}
        products = Product.objects.filter(gtin__in=wanted).select_related("manufacturer")
        return cls(
            organisations={one.gln: one for one in Organisation.objects.filter(gln__in=wanted)},
            sites={one.gln: one for one in Site.objects.filter(gln__in=wanted)},
            products={one.gtin: one for one in products},
            prefixes=owners_of_prefixes(prefixes),
        )

    def record(self, kind: str, key: str) -> Record | None:
        if kind == Kind.PRODUCT:
            return self.products.get(key)
        return self.sites.get(key) if kind == Kind.SITE else self.organisations.get(key)

    def owner(self, kind: str, key: str) -> UUID | None:
        """The organisation that the record is of; of what is not registered, whose company prefix the key
        has; None where nobody registered it."""
        record = self.record(kind, key)
        if isinstance(record, Organisation):
            return record.pk
        if isinstance(record, Site):
            return record.organisation_id
        if isinstance(record, Product):
            return record.manufacturer_id
        owners = (self.prefixes[one] for one in _prefixes_of(key) if one in self.prefixes)
        return next(owners, None)


def differences(kind: str, values: Mapping[str, str], record: Record | None) -> list[Difference]:
    """Fields that would change, in the order of the record. What is not said is not a difference."""
    found = []
    for name in FIELDS[Kind(kind)]:
        new = values.get(name, "")
        old = _said(record, name)
        if new and new != old:
            found.append(Difference(name, old, new))
    return found


def _said(record: Record | None, name: str) -> str:
    if record is None:
        return ""
    if name == "ndc" and isinstance(record, Product):
        return str(record.national_codes.get("US", ""))
    return str(getattr(record, name))


def _prefixes_of(key: str) -> list[str]:
    """The company prefixes that a key may begin with, the longest first. A GTIN-14 has a digit in front."""
    digits = key[1:] if len(key) == 14 else key
    return [digits[:length] for length in range(LONGEST_PREFIX, SHORTEST_PREFIX - 1, -1)]
