"""When an event is about things we do not track. Pure: what is registered here comes in as sets.

An event is managed, and the rules of custody apply to all of it, as soon as it names one of these, in any of
its lists of serial things:

* a package that exists here (so every pack and case, and a stranger's SSCC once something was packed into it);
* an SGTIN, or anything else under a GTIN, whose product is registered here: an unknown serial of it stays a
  refusal, because that is how a fake shows itself;
* an SSCC under a GS1 company prefix that is registered to an organisation here.

What else an event may be about leaves it unmanaged: quantities of a class (LGTIN) whatever their product,
assets, documents, transactions, places, private URNs, and the serial things of strangers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pharmatrace.kernel.custody.act import MOST_PACKAGES
from pharmatrace.kernel.epcis.model import Event, ExtendedEvent, TransformationEvent
from pharmatrace.kernel.gs1.identifiers import ID_STEM, package_ids
from pharmatrace.kernel.gs1.normal_form import normal_uri
from pharmatrace.kernel.refusal import Refusal

# A GTIN, the GTIN that an ITIP (a piece of a trade item) begins with, or an SSCC.
_TRACKED = re.compile(
    re.escape(ID_STEM) + r"(?:(?:01/([0-9]{14})|8006/([0-9]{14})[0-9]{4})(?:/.*)?|00/([0-9]{18}))"
)
_SERIAL = re.compile(re.escape(ID_STEM) + r"(?:00/|.*/21/)")
_PREFIX_LENGTHS = range(4, 13)  # of a GS1 company prefix (General Specifications §1.4.2)


@dataclass(frozen=True, slots=True)
class Names:
    """What an event names that might be ours: ids of packages, GTINs, and all that may be the company prefix of
    an SSCC. `things` is how many serial things it names at all."""

    packages: frozenset[UUID]
    gtins: frozenset[str]
    prefixes: frozenset[str]
    things: int


def names_of(event: Event) -> Names:
    uris = list(_serial_things(event))
    found = {uri: match for uri in uris if (match := _TRACKED.fullmatch(uri))}
    return Names(
        packages=frozenset(package_ids(uri.removeprefix(ID_STEM) for uri in found)),
        gtins=frozenset(gtin for match in found.values() if (gtin := match[1] or match[2])),
        prefixes=frozenset(
            match[3][1 : 1 + length]
            for match in found.values()
            if match[3]
            for length in _PREFIX_LENGTHS
        ),
        things=len(uris),
    )


def is_unmanaged(
    names: Names,
    *,
    packages: Collection[UUID],
    gtins: Collection[str],
    prefixes: Collection[str],
) -> bool:
    """Whether none of `names` is among what exists or is registered here."""
    return not (
        any(id in packages for id in names.packages)
        or any(gtin in gtins for gtin in names.gtins)
        or any(prefix in prefixes for prefix in names.prefixes)
    )


def too_many(names: Names) -> list[Refusal]:
    """An event about strangers' things is no larger than one about ours (DESIGN §4)."""
    if names.things <= MOST_PACKAGES:
        return []
    return [
        Refusal(
            "too_many_packages",
            f"One event carries at most {MOST_PACKAGES:,} packages; this one has {names.things:,}. "
            "Split it.",
            {"count": names.things},
        )
    ]


def _serial_things(event: Event) -> Iterator[str]:
    if event.parent is not None:
        yield event.parent
    yield from event.epcs
    yield from event.children
    classes = event.quantities
    if isinstance(event, TransformationEvent):
        yield from event.input_epcs
        yield from event.output_epcs
        classes = (*classes, *event.input_quantities, *event.output_quantities)
    # A serial thing is one, also where somebody writes it in place of a class.
    yield from (one.epc_class for one in classes if _SERIAL.search(one.epc_class))
    if isinstance(event, ExtendedEvent):
        yield from _texts(event.extensions)


def _texts(value: Any) -> Iterator[str]:
    """An event of somebody's own type keeps its lists as they came, under names that only they know."""
    if isinstance(value, str):
        yield normal_uri(value)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
