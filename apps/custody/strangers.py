"""Which events are about things we do not track: the rule of `kernel.custody.unmanaged`, with what is
registered here. Three queries at most for a whole document, none where everything it names is known."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from apps.catalog.models import Product
from apps.custody.items import Item
from apps.custody.loading import Loaded
from apps.custody.models import Package
from apps.parties.selectors import owners_of_prefixes
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.custody.unmanaged import Names, is_unmanaged, names_of


@dataclass(frozen=True, slots=True)
class Registered:
    """What of the names in doubt is ours. `names` are those of the events in doubt, by event hash ID."""

    names: dict[str, Names] = field(default_factory=dict)
    packages: frozenset[UUID] = frozenset()
    gtins: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()

    def is_stranger(self, item: Item, loaded: Loaded) -> bool:
        """Asked when an event's turn has come: what earlier events of its document brought to life is ours."""
        names = self.names.get(item.hash)
        return (
            names is not None
            and is_unmanaged(
                names, packages=self.packages, gtins=self.gtins, prefixes=self.prefixes
            )
            and not any(id in loaded.states for id in names.packages)
        )


def registered(items: Iterable[Item], loaded: Loaded) -> Registered:
    """Looks up what the events name that are not plainly about our packages."""
    names = {item.hash: names_of(item.event) for item in items if not _plainly_ours(item, loaded)}
    if not names:
        return Registered()
    return Registered(
        names=names,
        packages=_packages({id for one in names.values() for id in one.packages}),
        gtins=_gtins({gtin for one in names.values() for gtin in one.gtins}),
        prefixes=frozenset(
            owners_of_prefixes({prefix for one in names.values() for prefix in one.prefixes})
        ),
    )


def _plainly_ours(item: Item, loaded: Loaded) -> bool:
    act = item.act
    if act is None:
        return False
    first = act.packages[0][1]
    if act.kind is Kind.COMMISSION and (first[3:17], act.lot or "") in loaded.world.batches:
        return True
    return any(id in loaded.states for id, _ in act.packages)


def _packages(ids: Collection[UUID]) -> frozenset[UUID]:
    if not ids:
        return frozenset()
    return frozenset(Package.objects.filter(id__in=ids).values_list("id", flat=True))


def _gtins(gtins: Collection[str]) -> frozenset[str]:
    if not gtins:
        return frozenset()
    return frozenset(Product.objects.filter(gtin__in=gtins).values_list("gtin", flat=True))
