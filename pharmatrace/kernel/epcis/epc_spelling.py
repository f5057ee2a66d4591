"""One event with its identifiers spelled another way: EPC URNs for Digital Links (EPCIS 2.0 §12,
`GS1-EPC-Format`). Only the spelling changes: the event hash counts what is named (CBV 2.0 §8.9).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from pharmatrace.kernel.epcis.model import Event, TransformationEvent
from pharmatrace.kernel.epcis.parts import Quantity, SensorElement
from pharmatrace.kernel.gs1.epc_of_link import FROM_THE_TABLE, Prefixes, urn_of_link
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.refusal import Refused

Spelling = Callable[[str], str]
# A serial that is spelled alike in a link and in a URN (TDS 2.0 annex A), behind what it belongs to.
_PLAIN = re.compile(r"(https://id\.gs1\.org/01/\d{14})/21/([A-Za-z0-9\-._]{1,20})", re.ASCII)


class AsUrn:
    """Spells a Digital Link as an EPC URN. What has none stays a link and is counted in `kept`, by
    the code of the reason: `prefix_length_unknown` (never guessed) or `epc_missing`. Other URIs,
    private URNs among them, are left alone."""

    def __init__(self, prefixes: Prefixes = FROM_THE_TABLE) -> None:
        self.kept: Counter[str] = Counter()
        self._prefixes = prefixes
        self._heads: dict[str, str] = {}  # one answer names few products and many packs

    def __call__(self, uri: str) -> str:
        if not uri.startswith(ID_STEM):
            return uri
        plain = _PLAIN.fullmatch(uri)
        if plain is None:
            return self._urn(uri)
        head = self._heads.get(plain[1])
        if head is None:
            urn = self._urn(uri)
            if urn is not uri:
                self._heads[plain[1]] = urn[: -len(plain[2])]
            return urn
        return head + plain[2]

    def _urn(self, uri: str) -> str:
        try:
            return urn_of_link(uri, self._prefixes)
        except Refused as refused:
            self.kept[refused.refusals[0].code] += 1
            return uri


def respelled(event: Event, spell: Spelling) -> Event:
    """`event` with `spell` applied wherever readers bring a key into normal form: objects, classes,
    places, parties, transactions, the transformation, and devices. Extensions are their owner's."""
    changes = {
        "epcs": tuple(map(spell, event.epcs)),
        "children": tuple(map(spell, event.children)),
        "parent": event.parent and spell(event.parent),
        "quantities": _quantities(event.quantities, spell),
        "read_point": event.read_point and spell(event.read_point),
        "biz_location": event.biz_location and spell(event.biz_location),
        "sources": tuple((kind, spell(uri)) for kind, uri in event.sources),
        "destinations": tuple((kind, spell(uri)) for kind, uri in event.destinations),
        "biz_transactions": tuple((kind, spell(uri)) for kind, uri in event.biz_transactions),
        "sensor_elements": tuple(_sensor(one, spell) for one in event.sensor_elements),
    }
    if isinstance(event, TransformationEvent):
        changes |= {
            "input_epcs": tuple(map(spell, event.input_epcs)),
            "output_epcs": tuple(map(spell, event.output_epcs)),
            "input_quantities": _quantities(event.input_quantities, spell),
            "output_quantities": _quantities(event.output_quantities, spell),
            "transformation_id": event.transformation_id and spell(event.transformation_id),
        }
    return replace(event, **changes)  # type: ignore[arg-type]


def _quantities(quantities: tuple[Quantity, ...], spell: Spelling) -> tuple[Quantity, ...]:
    return tuple(replace(one, epc_class=spell(one.epc_class)) for one in quantities)


def _sensor(element: SensorElement, spell: Spelling) -> SensorElement:
    metadata = element.metadata
    if metadata and metadata.device_id:
        metadata = replace(metadata, device_id=spell(metadata.device_id))
    reports = tuple(
        replace(one, device_id=spell(one.device_id)) if one.device_id else one
        for one in element.reports
    )
    return replace(element, metadata=metadata, reports=reports)
