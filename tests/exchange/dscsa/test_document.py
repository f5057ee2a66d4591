"""EPCIS XML 1.2 of a shipment: GS1's XSD takes it, and it reads back as the events it tells."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from lxml import etree

from apps.catalog.models import Product
from apps.custody.models import CustodyEvent
from apps.exchange.documents import hash_id
from apps.exchange.dscsa.affirming import affirm_statement
from apps.exchange.dscsa.document import GS1_US, ndc_11, write_epcis
from apps.exchange.dscsa.information import information_on
from apps.exchange.dscsa.shipment import Shipment
from apps.parties.services import change_organisation
from pharmatrace.kernel.epcis.documents import master_data_lists
from pharmatrace.kernel.epcis.event_hash import event_hash
from pharmatrace.kernel.epcis.master_data import things_in
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.epcis.xml_reading import XmlDocument, read_document_xml
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import START, Goods, uri
from tests.exchange.dscsa.conftest import LOOSE, newest
from tests.house.sources import ROOT

pytestmark = pytest.mark.django_db


def written(shipment: Shipment) -> bytes:
    target = io.BytesIO()
    write_epcis(information_on(shipment), target, at=START)
    return target.getvalue()


def read(content: bytes) -> list[Event]:
    found = [one for _, one in read_document_xml(content)]
    assert all(isinstance(one, Event) for one in found), found
    return found  # type: ignore[return-value]


def test_gs1s_schema_takes_it_and_so_do_we(shipped: Shipment, mia: Any, conformance: Any) -> None:
    change_organisation(organisation=mia.organisation, street="Rua 1 & 2", city="Porto", at=START)
    affirm_statement(actor=mia.actor, shipment=shipped, at=START)
    content = written(newest(mia))
    folder = conformance / "gs1-epcis/XSL/1.2/XSD"
    schema = etree.XMLSchema(etree.parse(folder / "EPCglobal-epcis-1_2.xsd"))
    schema.assertValid(etree.fromstring(content))
    assert b"affirmTransactionStatement" in content
    assert len(read(content)) == 5


def test_it_reads_back_with_the_hashes_of_its_events(shipped: Shipment) -> None:
    events = read(written(shipped))
    steps = [event.biz_step for event in events]
    assert steps == ["commissioning", "packing", "packing", "packing", "shipping"]
    recorded = [hash_id(one) for one in CustodyEvent.objects.order_by("id")]
    assert [event_hash(event) for event in events] == recorded
    assert [event.event_id for event in events] == recorded


def test_packages_of_other_shipments_are_not_told(
    shipped: Shipment, packed: Goods, mia: Any, dan: Any, petra: Any
) -> None:
    packed.commission(mia, [uri("OURS"), uri("THEIRS")]).raise_refused()
    packed.ship(mia, [uri("THEIRS")], petra).raise_refused()
    packed.ship(mia, [uri("OURS")], dan).raise_refused()
    content = written(newest(mia))
    assert b"OURS" in content
    assert b"THEIRS" not in content
    event = next(one for one in read(content) if one.epcs == (uri("OURS"),))
    whole = CustodyEvent.objects.get(kind="commission", package_count=2)
    assert event.event_id == hash_id(whole)


def test_who_sends_to_whom_and_what_it_is(shipped: Shipment, mia: Any, dan: Any) -> None:
    document = XmlDocument(written(shipped))
    list(document)
    assert document.header["sender"] == "urn:epc:id:sgln:560100.000001.0"
    assert document.header["receiver"] == "urn:epc:id:sgln:843700.000001.0"
    things = {
        one.uri: one for one in things_in(master_data_lists(document.header["vocabularyList"]))
    }
    product = things["https://id.gs1.org/01/09521234543213"]
    assert product.values["name"] == "Examplin"
    assert "additionalTradeItemIdentification" not in product.attributes
    assert things[f"https://id.gs1.org/414/{mia.site.gln}"].values["city"] == "Porto"
    assert (
        things[f"https://id.gs1.org/417/{dan.organisation.gln}"].values["name"] == "Dan Distributes"
    )


def test_the_statement_stands_in_the_header_once_it_is_affirmed(
    shipped: Shipment, mia: Any
) -> None:
    path = f".//{{{GS1_US}}}affirmTransactionStatement"
    assert etree.fromstring(written(shipped)).find(path) is None
    affirm_statement(actor=mia.actor, shipment=shipped, at=START)
    assert etree.fromstring(written(shipped)).find(path).text == "true"


def test_the_example_in_the_documentation_is_what_is_written(shipped: Shipment, mia: Any) -> None:
    Product.objects.update(national_codes={"US": "12345-0123-45"})
    affirm_statement(actor=mia.actor, shipment=shipped, at=START)
    content = written(newest(mia)).decode()
    example = (ROOT / "docs" / "dscsa.md").read_text().split("(shortened):")[1].split("##")[0]
    pieces = re.findall(r"<[^<>…]+>[^<>…\n]+</[^<>…]+>|<VocabularyElement [^>]+>", example)
    assert len(pieces) == 8
    for piece in pieces:
        assert piece in content


def test_a_prefix_that_nobody_knows_is_not_guessed(
    packed: Goods, mia: Any, dan: Any, monkeypatch: Any
) -> None:
    packed.ship(mia, [LOOSE], dan).raise_refused()
    mia.organisation.gs1_prefixes = []
    mia.organisation.save()
    monkeypatch.setattr(
        "pharmatrace.kernel.gs1.epc_of_link.company_prefix_length", lambda key: None
    )
    with pytest.raises(Refused) as refused:
        written(newest(mia))
    assert refused.value.codes == ("prefix_length_unknown",)


@pytest.mark.parametrize(
    ("said", "eleven"),
    [("00000-0123-45", ""), ("12345-0123-45", "12345012345"), ("1234-5678-90", "01234567890"),
     ("12345-678-90", "12345067890"), ("12345-6789-0", "12345678900"), ("12345678901", "12345678901"),
     ("1234567890", ""), ("", ""), ("x", "")],
)  # fmt: skip
def test_an_ndc_in_eleven_digits_where_that_is_certain(said: str, eleven: str) -> None:
    assert ndc_11(said) == (eleven or ("00000012345" if said == "00000-0123-45" else ""))
