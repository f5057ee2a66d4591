"""A shipment as EPCIS XML 1.2, in the shape of GS1 US's guideline for DSCSA: who sends to whom, master data
of products, places and parties, the transaction statement, and every event of every package in it.

Each event stands as it was recorded; one that also names packages of other shipments is reduced to those of
this one and keeps its ID (docs/epcis.md: who sees what). Nothing is added to an event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from apps.custody.models import CustodyEvent, PackageEvent
from apps.exchange.documents import hash_id, shown
from apps.exchange.dscsa.information import Line, TransactionInformation
from apps.exchange.dscsa.shipment import Contents, chunks
from apps.exchange.sight import Sight
from apps.parties.models import Organisation, Site
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.epcis.parts import MasterDataElement, MasterDataList
from pharmatrace.kernel.epcis.xml_writing import XmlWriter
from pharmatrace.kernel.gs1.epc_of_link import Prefixes, urn_of_link
from pharmatrace.kernel.gs1.identifiers import package_ids

GS1_US = "http://epcis.gs1us.org/hc/ns"
LEGAL_NOTICE = "Seller has complied with each applicable subsection of FDCA Sec. 581(27)(A)-(G)."
MDA = "urn:epcglobal:cbv:mda#"  # as the guideline spells them
VTYPE = "urn:epcglobal:epcis:vtype:"
EVENTS_AT_ONCE = 50  # documents of up to 2,000 packages each
_HYPHENATED = re.compile(r"(\d{4,5})-(\d{3,4})-(\d{1,2})", re.ASCII)


def write_epcis(told: TransactionInformation, target: BinaryIO, *, at: datetime) -> None:
    """Writes the document to `target`, event by event. Raises Refused `prefix_length_unknown` and others of
    `urn_of_link` where a key has no URN: it is not guessed how long a company prefix is."""
    shipment = told.shipment
    prefixes = _prefixes(told)
    affirmed = {
        "gs1ushc:dscsaTransactionStatement": {
            "gs1ushc:affirmTransactionStatement": "true",
            "gs1ushc:legalNotice": LEGAL_NOTICE,
        }
    }
    with XmlWriter(
        target,
        version="1.2",
        created_at=at,
        prefixes=prefixes,
        master_data=_master_data(told, prefixes),
        sender=_sgln(shipment.sender.gln, prefixes),
        receiver=_sgln(shipment.receiver.gln, prefixes),
        identifier=hash_id(shipment.first),
        authority="SGLN",
        header_fields=affirmed if told.statement.affirmed_at else {},
        namespaces={"gs1ushc": GS1_US},
    ) as writer:
        for event, allowed in _events(told):
            writer.write(shown(event, Sight(narrowed={event.pk: allowed})))


def _events(told: TransactionInformation) -> Iterator[tuple[CustodyEvent, set[str]]]:
    """Commissioning, packing and shipping in the order in which they were recorded, each with the URIs it
    shows."""
    inside = told.contents.inside
    ids = sorted(
        {
            *_commissionings(told.contents),
            *told.contents.packings,
            *(event.pk for event in told.shipment.events),
        }
    )
    every = {RESOLVER + path for path in inside}
    for first in range(0, len(ids), EVENTS_AT_ONCE):
        portion = ids[first : first + EVENTS_AT_ONCE]
        for event in CustodyEvent.objects.filter(pk__in=portion).order_by("pk"):
            allowed = every
            if event.kind == Kind.PACK:
                parent = str(event.document["parentID"]).removeprefix(RESOLVER)
                allowed = {
                    uri
                    for uri in event.document["childEPCs"]
                    if inside.get(uri.removeprefix(RESOLVER)) == parent
                }
            yield event, allowed


def _commissionings(contents: Contents) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(contents.inside):
        found |= set(
            PackageEvent.objects.filter(
                package_id__in=package_ids(chunk), event__kind=Kind.COMMISSION
            ).values_list("event_id", flat=True)
        )
    return found


def _prefixes(told: TransactionInformation) -> Prefixes:
    """What the organisations of this shipment registered; of other keys the public table tells."""
    involved = {
        told.shipment.sender.pk,
        told.shipment.receiver.pk,
        *(line.batch.product.manufacturer_id for line in told.lines),
    }
    owned = Organisation.objects.filter(pk__in=involved).values_list("gs1_prefixes", flat=True)
    return Prefixes.of(prefix for prefixes in owned for prefix in prefixes)


def _sgln(gln: str, prefixes: Prefixes) -> str:
    return urn_of_link(f"{RESOLVER}414/{gln}", prefixes)


def _master_data(told: TransactionInformation, prefixes: Prefixes) -> list[MasterDataList]:
    """Products under class patterns; sites, and parties besides, under SGLNs; and the parties as events name
    them."""
    products = {line.batch.product_id: line for line in told.lines}
    parties = {one.gln: one for one in (told.shipment.sender, told.shipment.receiver)}
    places: dict[str, Organisation | Site] = {**parties, **_sites(told)}
    lists = {
        "EPCClass": [_product(line, prefixes) for line in products.values()],
        "Location": [_place(f"414/{gln}", one, prefixes) for gln, one in places.items()],
        "SourceDest": [_place(f"417/{gln}", one, prefixes) for gln, one in parties.items()],
    }
    return [
        MasterDataList(type=VTYPE + name, elements=tuple(elements))
        for name, elements in lists.items()
        if elements
    ]


def _sites(told: TransactionInformation) -> dict[str, Site]:
    """The places where it was packaged and shipped."""
    sites = [event.site for event in told.shipment.events if event.site]
    sites += Site.objects.filter(pk__in={line.batch.site_id for line in told.lines})
    return {site.gln: site for site in sites}


def _product(line: Line, prefixes: Prefixes) -> MasterDataElement:
    product = line.batch.product
    ndc = ndc_11(line.ndc)
    return _element(
        urn_of_link(f"{RESOLVER}01/{product.gtin}", prefixes),
        additionalTradeItemIdentification=ndc,
        additionalTradeItemIdentificationTypeCode="FDA_NDC_11" if ndc else "",
        manufacturerOfTradeItemPartyName=product.manufacturer.name,
        regulatedProductName=product.name,
        dosageFormType=product.form,
        strengthDescription=product.strength,
        netContentDescription=product.pack_size,
    )


def _place(path: str, one: Organisation | Site, prefixes: Prefixes) -> MasterDataElement:
    return _element(
        urn_of_link(RESOLVER + path, prefixes),
        name=one.name,
        streetAddressOne=one.street,
        city=one.city,
        state=one.state,
        postalCode=one.postal_code,
        countryCode=one.country,
    )


def _element(id: str, **attributes: str) -> MasterDataElement:
    said = tuple((MDA + name, text) for name, text in attributes.items() if text)
    return MasterDataElement(id=id, attributes=said)


def ndc_11(text: str) -> str:
    """The NDC in 11 digits, 5-4-2 without hyphens. Empty where it is not certain: ten digits without
    hyphens do not say which part lacks its zero."""
    found = _HYPHENATED.fullmatch(text.strip())
    if found:
        return found[1].zfill(5) + found[2].zfill(4) + found[3].zfill(2)
    digits = text.strip()
    return digits if len(digits) == 11 and digits.isascii() and digits.isdigit() else ""
