"""EPCIS XML as partners send it: 2.0, 1.2, 1.1, query results, master data; faults with their place."""

from __future__ import annotations

import pytest

from pharmatrace.kernel.epcis.jsonld_writing import write_event
from pharmatrace.kernel.epcis.xml_reading import XmlDocument, read_document_xml
from pharmatrace.kernel.refusal import Refusal, Refused

TIMES = "<eventTime>2026-11-20T22:00:00+01:00</eventTime><eventTimeZoneOffset>+01:00</eventTimeZoneOffset>"
PACK = "<epcList><epc>urn:epc:id:sgtin:0614141.107346.2017</epc></epcList>"
LINK = "https://id.gs1.org/01/10614141073464/21/2017"
MYS = 'xmlns:my="https://dan.example/epcis/"'


def document(events: str, *, version: str = "2.0", header: str = "", more: str = MYS) -> bytes:
    number = "2" if version == "2.0" else "1"
    return (
        f'<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:{number}" {more} '
        f'schemaVersion="{version}" creationDate="2026-11-20T21:00:00Z">{header}'
        f"<EPCISBody><EventList>\n{events}\n</EventList></EPCISBody></epcis:EPCISDocument>"
    ).encode()


def only(source: bytes):
    ((_, found),) = read_document_xml(source)
    assert not isinstance(found, Refusal), found.data["refusals"]
    return write_event(found)


def refused(source: bytes) -> tuple[Refusal, ...]:
    ((_, found),) = read_document_xml(source)
    assert isinstance(found, Refusal)
    return found.data["refusals"]


def object_event(inner: str = "", *, before: str = "", start: str = "") -> str:
    return (
        f"<ObjectEvent>{TIMES}{start}{before or PACK}<action>OBSERVE</action>{inner}</ObjectEvent>"
    )


def test_an_event_keeps_its_time_zone_and_gets_bare_words_and_links():
    obj = only(document(object_event("<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>")))
    assert obj["eventTime"] == "2026-11-20T21:00:00.000Z"
    assert obj["eventTimeZoneOffset"] == "+01:00"
    assert (obj["bizStep"], obj["epcList"]) == ("shipping", [LINK])


def test_the_place_of_an_event_is_its_line_and_column():
    found = list(read_document_xml(document(object_event() + "\n  " + object_event())))
    assert [place for place, _ in found] == ["2:1", "3:3"]


def test_1_2_keeps_newer_fields_in_its_extensions():
    base = (
        "<baseExtension><eventID>urn:uuid:404d95fc-9457-4a51-bd6a-0bba133845a8</eventID>"
        "<errorDeclaration><declarationTime>2026-11-21T00:00:00Z</declarationTime>"
        "<reason>urn:epcglobal:cbv:er:incorrect_data</reason></errorDeclaration></baseExtension>"
    )
    extension = (
        "<extension><quantityList><quantityElement><epcClass>urn:epc:idpat:sgtin:0614141.107346.*"
        "</epcClass><quantity>5</quantity></quantityElement></quantityList>"
        '<sourceList><source type="urn:epcglobal:cbv:sdt:owning_party">urn:epc:id:pgln:0614141.00001'
        "</source></sourceList><ilmd><cbvmda:lotNumber>A1</cbvmda:lotNumber></ilmd></extension>"
    )
    more = 'xmlns:cbvmda="urn:epcglobal:cbv:mda"'
    event = object_event(extension, start=base).replace("OBSERVE", "ADD")
    obj = only(document(event, version="1.2", more=more))
    assert obj["eventID"].startswith("urn:uuid:404d")
    assert obj["errorDeclaration"]["reason"] == "incorrect_data"
    assert obj["quantityList"] == [
        {"epcClass": "https://id.gs1.org/01/10614141073464", "quantity": 5}
    ]
    assert obj["sourceList"][0]["type"] == "owning_party"
    assert obj["ilmd"] == {"cbvmda:lotNumber": "A1"}


def test_1_2_keeps_transformations_and_what_came_later_in_the_extension_of_its_list():
    transformation = (
        f"<TransformationEvent>{TIMES}<inputEPCList><epc>urn:epc:id:sgtin:0614141.107346.1</epc>"
        "</inputEPCList><outputEPCList><epc>urn:epc:id:sgtin:0614141.107346.2</epc></outputEPCList>"
        "</TransformationEvent>"
    )
    association = (
        f"<AssociationEvent>{TIMES}<parentID>urn:epc:id:grai:4012345.55555.987</parentID><childEPCs>"
        "<epc>urn:epc:id:giai:4000001.12345</epc></childEPCs><action>ADD</action></AssociationEvent>"
    )
    for inner, kind in (
        (f"<extension>{transformation}</extension>", "TransformationEvent"),
        (f"<extension><extension>{association}</extension></extension>", "AssociationEvent"),
    ):
        assert only(document(inner, version="1.2"))["type"] == kind
    assert refused(document(transformation, version="1.2"))[0].code == "field_unknown"
    assert refused(document(association, version="1.2"))[0].code == "field_unknown"


def test_a_quantity_event_of_1_0_is_an_observed_quantity():
    obj = only(
        document(
            f"<QuantityEvent>{TIMES}<epcClass>urn:epc:idpat:sgtin:0614141.107346.*</epcClass>"
            "<quantity>200</quantity></QuantityEvent>",
            version="1.1",
        )
    )
    assert (obj["type"], obj["action"]) == ("ObjectEvent", "OBSERVE")
    assert obj["quantityList"][0]["quantity"] == 200


def test_fields_of_2_0_are_out_of_place_in_1_2_and_the_other_way_round():
    later = "<quantityList/>"
    assert refused(document(object_event(later), version="1.2"))[0].code == "field_unknown"
    assert refused(document(object_event("<extension><ilmd/></extension>")))[0].code


def test_extensions_keep_their_namespaces_and_types():
    obj = only(
        document(
            object_event(
                '<my:count xsi:type="xsd:integer">7</my:count><my:flag xsi:type="xsd:boolean">true</my:flag>'
                '<my:weight unit="KGM">3.5</my:weight><my:item>a</my:item><my:item>b</my:item>'
                '<my:box><inner>x</inner></my:box><field xmlns="urn:other:ns">y</field>'
            ),
            more=f'{MYS} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            'xmlns:xsd="http://www.w3.org/2001/XMLSchema"',
        )
    )
    assert obj["@context"] == {"my": "https://dan.example/epcis/", "ns1": "urn:other:ns"}
    assert (obj["my:count"], obj["my:flag"], obj["my:item"]) == (7, True, ["a", "b"])
    assert obj["my:weight"] == {"#text": "3.5", "unit": "KGM"}
    assert (obj["my:box"], obj["ns1:field"]) == ({"inner": "x"}, "y")


def test_a_prefix_that_also_begins_a_value_is_renamed():
    obj = only(document(object_event("<my:next>my:thing</my:next>")))
    assert obj["@context"] == {"ns1": "https://dan.example/epcis/"}
    assert obj["ns1:next"] == "my:thing"


@pytest.mark.parametrize(
    ("inner", "code", "offset"),
    [
        ("<bizStep>shipping now</bizStep>", "value_invalid", 1),
        ("<readPoint><id>urn:epc:id:sgln:0614141.1.0</id></readPoint>", "epc_invalid", 12),
        ("<eventID>urn:x:1</eventID>", "field_order", 1),
        ("<nothing/>", "field_unknown", 1),
        ("<my:ok/><action>ADD</action>", "field_order", 9),
    ],
)
def test_faults_have_their_place(inner, code, offset):
    event = object_event(inner)
    fault = refused(document(event))[0]
    place = (fault.data["line"], fault.data["column"])
    assert (fault.code, place) == (code, (2, event.index(inner) + offset))


def test_a_refused_event_does_not_stop_the_others():
    found = list(
        read_document_xml(
            document("<ObjectEvent/>" + object_event() + "<my:Event/>" + object_event())
        )
    )
    assert [isinstance(event, Refusal) for _, event in found] == [True, False, True, False]


def test_a_header_names_sender_and_receiver_and_holds_master_data():
    partner = "<sbdh:{0}><sbdh:Identifier>{1}</sbdh:Identifier></sbdh:{0}>"
    header = (
        '<EPCISHeader><sbdh:StandardBusinessDocumentHeader xmlns:sbdh="http://www.unece.org/cefact/'
        'namespaces/StandardBusinessDocumentHeader"><sbdh:HeaderVersion>1.0</sbdh:HeaderVersion>'
        + partner.format("Sender", "urn:epc:id:sgln:0614141.00001.0")
        + partner.format("Receiver", "urn:epc:id:sgln:0614142.00001.0")
        + "<sbdh:DocumentIdentification><sbdh:Standard>EPCglobal</sbdh:Standard><sbdh:TypeVersion>1.0"
        "</sbdh:TypeVersion><sbdh:InstanceIdentifier>42</sbdh:InstanceIdentifier><sbdh:Type>Events"
        "</sbdh:Type><sbdh:CreationDateAndTime>2026-11-20T21:00:00Z</sbdh:CreationDateAndTime>"
        "</sbdh:DocumentIdentification></sbdh:StandardBusinessDocumentHeader><extension>"
        "<EPCISMasterData><VocabularyList><Vocabulary type='urn:epcglobal:epcis:vtype:EPCClass'>"
        "<VocabularyElementList><VocabularyElement id='urn:epc:idpat:sgtin:0614141.107346.*'>"
        "<attribute id='urn:epcglobal:cbv:mda#regulatedProductName'>Amoxicillin</attribute>"
        "</VocabularyElement></VocabularyElementList></Vocabulary></VocabularyList></EPCISMasterData>"
        "</extension></EPCISHeader>"
    )
    read = XmlDocument(document(object_event(), version="1.2", header=header))
    next(iter(read))
    assert (read.header["sender"], read.header["instanceIdentifier"]) == (
        "urn:epc:id:sgln:0614141.00001.0",
        "42",
    )
    (words,) = read.header["vocabularyList"]
    assert words["vocabularyElementList"][0]["attributes"][0]["attribute"] == "Amoxicillin"
    with pytest.raises(Refused) as no:
        list(read_document_xml(document(object_event(), header=header.replace("<sbdh:Type>", "<sbdh:Typ>").replace("</sbdh:Type>", "</sbdh:Typ>"))))  # fmt: skip
    assert "field_missing" in no.value.codes or "field_unknown" in no.value.codes


def test_query_results_are_read():
    source = (
        '<q:EPCISQueryDocument xmlns:q="urn:epcglobal:epcis-query:xsd:1" schemaVersion="1.2" '
        'creationDate="2026-11-20T21:00:00Z"><EPCISBody><q:QueryResults><queryName>SimpleEventQuery'
        "</queryName><subscriptionID>s1</subscriptionID><resultsBody><EventList>"
        f"{object_event()}</EventList></resultsBody></q:QueryResults></EPCISBody></q:EPCISQueryDocument>"
    )
    read = XmlDocument(source.encode())
    assert [event.epcs for _, event in read] == [(LINK,)]
    assert (read.header["queryName"], read.header["subscriptionID"]) == ("SimpleEventQuery", "s1")


def test_a_list_of_events_in_somebodys_extension_is_not_the_documents():
    source = document(object_event()).replace(
        b"</epcis:EPCISDocument>",
        b"<my:x><EventList>"
        + object_event().encode()
        + b"</EventList></my:x></epcis:EPCISDocument>",
    )
    assert len(list(read_document_xml(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        document(object_event()).replace(b"</EventList>", b"</EventList><EventList/>"),
        b"<a/>",
        b'<EPCISDocument schemaVersion="2.0" creationDate="2026-11-20T21:00:00Z"/>',
        b'<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:3"/>',
        b'<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2"/>',
        document(object_event()).replace(b"creationDate", b"created"),
        document(object_event()).replace(b"</EventList>", b"</EventList><more/>"),
    ],
)
def test_what_is_no_epcis_document_is_refused(source):
    with pytest.raises(Refused) as no:
        list(read_document_xml(source))
    assert all(one.data["line"] for one in no.value.refusals)


@pytest.mark.parametrize(
    ("inner", "member"),
    [("<bizStep></bizStep>", "bizStep"), ("<disposition/>", "disposition")],
)
def test_an_optional_text_that_is_empty_is_as_if_it_were_not_there(inner, member):
    """EPCIS 2.0, XML schema for core event types: elements and attributes of type URI or string."""
    assert only(document(object_event(inner))) == only(document(object_event()))


def test_so_are_an_empty_parent_id_unit_event_id_type_and_sensor_attribute():
    children = "<childEPCs><epc>urn:epc:id:sgtin:0614141.107346.2017</epc></childEPCs>"
    quantity = (
        "<childQuantityList><quantityElement><epcClass>urn:epc:idpat:sgtin:0614141.107346.*"
        "</epcClass><quantity>5</quantity>{}</quantityElement></childQuantityList>"
    )
    deal = "<bizTransactionList><bizTransaction{}>urn:epcglobal:cbv:bt:0614141000005:12"
    sensor = (
        "<sensorElementList><sensorElement>{}<sensorReport type='gs1:Temperature' value='5' "
        "uom='CEL'{}/></sensorElement></sensorElementList>"
    )

    def whole(event_id, parent, uom, kind, metadata, device):
        return only(
            document(
                f"<AggregationEvent>{TIMES}{event_id}{parent}{children}<action>OBSERVE</action>"
                f"{deal.format(kind)}</bizTransaction></bizTransactionList>{quantity.format(uom)}"
                f"{sensor.format(metadata, device)}</AggregationEvent>"
            )
        )

    empty = whole(
        "<eventID/>", "<parentID/>", "<uom> </uom>", ' type=""',
        '<sensorMetadata deviceID=""/>', ' microorganism=""',
    )  # fmt: skip
    assert empty == whole("", "", "", "", "<sensorMetadata/>", "")


def test_where_a_parent_is_required_an_empty_one_is_missing():
    children = "<childEPCs><epc>urn:epc:id:sgtin:0614141.107346.2017</epc></childEPCs>"
    event = f"<AggregationEvent>{TIMES}<parentID/>{children}<action>ADD</action></AggregationEvent>"
    assert [one.code for one in refused(document(event))] == ["field_missing"]


NIL = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil='


def test_only_a_quantity_may_say_whether_it_is_nil():
    """In XML Schema, what cannot be nil has no xsi:nil at all, whatever it says."""
    quantity = (
        "<quantityList><quantityElement><epcClass>urn:epc:class:lgtin:4012345.012345.L1</epcClass>"
        "<quantity{}>5</quantity></quantityElement></quantityList>"
    )
    assert only(document(object_event(quantity.format(f'{NIL}"false"'))))["quantityList"]
    for tag in ("bizStep", "readPoint"):
        inner = f'<{tag}{NIL}"false"></{tag}>'
        assert refused(document(object_event(inner)))[0].code == "field_type", tag
    with pytest.raises(Refused) as told:
        list(
            XmlDocument(
                document(object_event()).replace(b"<EPCISBody", f'<EPCISBody{NIL}"false"'.encode())
            )
        )
    assert told.value.codes == ("field_type",)


SBDH = (
    '<sbdh:StandardBusinessDocumentHeader xmlns:sbdh="http://www.unece.org/cefact/namespaces/'
    'StandardBusinessDocumentHeader"><sbdh:HeaderVersion>1.0</sbdh:HeaderVersion>'
    "<sbdh:Sender><sbdh:Identifier>urn:epc:id:sgln:4012345.00001.0</sbdh:Identifier></sbdh:Sender>"
    "<sbdh:Receiver><sbdh:Identifier/></sbdh:Receiver><sbdh:DocumentIdentification>"
    "<sbdh:Standard>EPCglobal</sbdh:Standard><sbdh:TypeVersion>1.0</sbdh:TypeVersion>"
    "<sbdh:InstanceIdentifier>7</sbdh:InstanceIdentifier><sbdh:Type>Events</sbdh:Type>"
    "<sbdh:CreationDateAndTime>2026-11-20T21:00:00Z</sbdh:CreationDateAndTime>"
    "</sbdh:DocumentIdentification></sbdh:StandardBusinessDocumentHeader>"
)
STATEMENT = (
    '<ushc:dscsaTransactionStatement xmlns:ushc="http://epcis.gs1us.org/hc/ns">'
    "<ushc:affirmTransactionStatement>true</ushc:affirmTransactionStatement>"
    "</ushc:dscsaTransactionStatement>"
)


def test_a_header_of_1_2_keeps_what_third_parties_put_behind_the_business_document_header():
    """As every shipment under the DSCSA has it (GS1 US, "Applying GS1 Standards for DSCSA")."""
    said = {"ushc:dscsaTransactionStatement": {"ushc:affirmTransactionStatement": "true"}}
    header = f"<EPCISHeader>{SBDH}{STATEMENT}</EPCISHeader>"
    read = XmlDocument(document(object_event(), version="1.2", header=header))
    assert len(list(read)) == 1
    assert read.header["epcisHeader"] == said
    assert read.header["namespaces"] == {"ushc": "http://epcis.gs1us.org/hc/ns"}
    assert "receiver" not in read.header


@pytest.mark.parametrize(
    ("version", "header", "good"),
    [("1.2", "", False), ("1.2", SBDH, True), ("1.2", STATEMENT, False),
     ("1.2", STATEMENT + SBDH, False), ("2.0", "", True), ("2.0", SBDH + STATEMENT, False)],
)  # fmt: skip
def test_a_header_of_1_2_begins_with_that_of_a_business_document(version, header, good):
    source = document(
        object_event(), version=version, header=f"<EPCISHeader>{header}</EPCISHeader>"
    )
    if good:
        assert only(source)
    else:
        with pytest.raises(Refused):
            list(XmlDocument(source))
