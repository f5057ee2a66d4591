"""What EPCIS XML may contain and in which order (GS1's XSD 2.0 and 1.2), as two tables.

A kind of element is written as the list of its children: `name:kind` with `?` (at most one), `*`
(any number) or `+` (at least one); a kind in lower case is a simple type of `xml_values`. EPCIS 1.1
and 1.0 documents are read by the table of 1.2, which only adds to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Field:
    """One child: how often it comes, and of what kind it is."""

    name: str
    kind: str
    at_least: int
    at_most: int | None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of element. `foreign` says what else may follow: elements of `other` namespaces, or
    `local` ones without any, or `any`."""

    fields: tuple[Field, ...] = ()
    foreign: str = ""
    any_order: bool = False
    open_attributes: bool = False
    attributes: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    text: str = ""
    mixed: bool = False
    nillable: bool = False
    choice: bool = False


_TIMES: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}


def _fields(text: str) -> tuple[Field, ...]:
    found = []
    for word in text.split():
        name, _, kind = word.partition(":")
        low, high = _TIMES.get(kind[-1], (1, 1))
        found.append(Field(name, kind.rstrip("?*+"), low, high))
    return tuple(found)


def _attributes(text: str) -> dict[str, tuple[str, bool]]:
    return {f.name: (f.kind, f.at_least == 1) for f in _fields(text)}


def _open(text: str) -> Kind:
    """A kind that third parties may add elements and attributes to (EPCIS 2.0 §9.4)."""
    return Kind(_fields(text), foreign="other", open_attributes=True)


def _closed(text: str) -> Kind:
    return Kind(_fields(text))


_TIMES_2 = "eventTime:stamp recordTime:stamp? eventTimeZoneOffset:string"
_EVENT_2 = (
    f"{_TIMES_2} eventID:uri? errorDeclaration:ErrorDeclaration? certificationInfo:uri? "
    "baseExtension:Foreign? "
)
_WHY = "bizStep:uri? disposition:uri? readPoint:Place? bizLocation:Place? "
_TRANSACTIONS = "bizTransactionList:Transactions? "
_PARTIES = "sourceList:Sources? destinationList:Destinations? "
_SENSED = "sensorElementList:SensorElements? persistentDisposition:PersistentDisposition? "
_TRANSFORMED = (
    "inputEPCList:EPCs? inputQuantityList:Quantities? outputEPCList:EPCs? "
    "outputQuantityList:Quantities? transformationID:uri? "
)
_END = "extension:Foreign?"

_METADATA = _attributes(
    "time:stamp? deviceID:uri? deviceMetadata:uri? rawData:uri? startTime:stamp? endTime:stamp? "
    "bizRules:uri? dataProcessingMethod:uri?"
)
_REPORT = _attributes(
    "type:uri? value:double? component:uri? stringValue:string? booleanValue:boolean? "
    "hexBinaryValue:hex? uriValue:uri? uom:string? minValue:double? maxValue:double? sDev:double? "
    "chemicalSubstance:uri? microorganism:uri? deviceID:uri? deviceMetadata:uri? rawData:uri? "
    "time:stamp? meanValue:double? percRank:double? percValue:double? dataProcessingMethod:uri? "
    "coordinateReferenceSystem:uri? exception:uri?"
)
_DOCUMENT = _attributes("schemaVersion:decimal creationDate:dateTime")


def _document(body: str) -> Kind:
    return Kind(
        _fields(f"EPCISHeader:Header? EPCISBody:{body} extension:Local?"),
        foreign="other",
        open_attributes=True,
        attributes=_DOCUMENT,
    )


_SHARED: dict[str, Kind] = {
    "EPCISDocument": _document("Body"),
    "EPCISMasterDataDocument": _document("MasterDataBody"),
    "EPCISQueryDocument": _document("QueryBody"),
    "Header": Kind(
        (
            Field("StandardBusinessDocumentHeader", "Sbdh", 0, 1),
            Field("extension", "HeaderExtension", 0, 1),
        ),
        open_attributes=True,
    ),
    "HeaderExtension": Kind(
        _fields("EPCISMasterData:MasterData? extension:Local?"), open_attributes=True
    ),
    "MasterData": _closed("VocabularyList:VocabularyList extension:Local?"),
    "VocabularyList": _closed("Vocabulary:Vocabulary*"),
    "Vocabulary": Kind(
        _fields("VocabularyElementList:VocabularyElements? extension:Local?"),
        foreign="other",
        open_attributes=True,
        attributes=_attributes("type:uri"),
    ),
    "VocabularyElements": _closed("VocabularyElement:VocabularyElement+"),
    "VocabularyElement": Kind(
        _fields("attribute:MasterAttribute* children:Ids? extension:Local?"),
        foreign="other",
        open_attributes=True,
        attributes=_attributes("id:uri"),
    ),
    "MasterAttribute": Kind(
        foreign="any", mixed=True, open_attributes=True, attributes=_attributes("id:uri")
    ),
    "Ids": Kind(_fields("id:uri*"), open_attributes=True),
    "Body": _open("EventList:EventList? extension:Local?"),
    "MasterDataBody": _open("VocabularyList:VocabularyList? extension:Local?"),
    "QueryResults": Kind(
        _fields("queryName:string subscriptionID:string? resultsBody:ResultsBody extension:Local?"),
        foreign="other",
    ),
    "ResultsBody": Kind(
        _fields("EventList:EventList? VocabularyList:VocabularyList?"), choice=True
    ),
    "EventList": Kind(open_attributes=True),
    "Local": Kind(foreign="local", open_attributes=True),
    "Foreign": Kind(foreign="other", open_attributes=True),
    "EPCs": _closed("epc:string*"),
    "Quantities": _closed("quantityElement:Quantity*"),
    "Quantity": _closed("epcClass:uri quantity:Amount? uom:string?"),
    "Amount": Kind(text="decimal", nillable=True),
    "Place": Kind(_fields("id:uri extension:Local?"), foreign="other"),
    "Transactions": _closed("bizTransaction:Transaction+"),
    "Transaction": Kind(text="uri", attributes=_attributes("type:uri?")),
    "Sources": _closed("source:Party+"),
    "Destinations": _closed("destination:Party+"),
    "Party": Kind(text="uri", attributes=_attributes("type:uri")),
    "Corrections": _closed("correctiveEventID:uri*"),
    "Ilmd": _open("extension:Local?"),
    "Sbdh": _closed(
        "HeaderVersion:string Sender:Partner+ Receiver:Partner+ "
        "DocumentIdentification:Identification Manifest:Manifest? BusinessScope:BusinessScope?"
    ),
    "Partner": _closed("Identifier:PartnerId ContactInformation:Contact*"),
    "PartnerId": Kind(text="string", attributes=_attributes("Authority:string?")),
    "Contact": _closed(
        "Contact:string EmailAddress:string? FaxNumber:string? TelephoneNumber:string? "
        "ContactTypeIdentifier:string?"
    ),
    "Identification": _closed(
        "Standard:string TypeVersion:string InstanceIdentifier:string Type:string "
        "MultipleType:boolean? CreationDateAndTime:dateTime"
    ),
    "Manifest": _closed("NumberOfItems:integer ManifestItem:ManifestItem+"),
    "ManifestItem": _closed(
        "MimeTypeQualifierCode:string UniformResourceIdentifier:uri Description:string? "
        "LanguageCode:string?"
    ),
    "BusinessScope": _closed("Scope:Scope*"),
    # The last two come as often and in whatever order; twice each is as far as anybody goes.
    "Scope": _closed(
        "Type:string InstanceIdentifier:string Identifier:string? "
        + 2 * "CorrelationInformation:Correlation* BusinessService:Service* "
    ),
    "Correlation": _closed(
        "RequestingDocumentCreationDateTime:dateTime? "
        "RequestingDocumentInstanceIdentifier:string? ExpectedResponseDateTime:dateTime?"
    ),
    "Service": _closed("BusinessServiceName:string? ServiceTransaction:ServiceTransaction?"),
    "ServiceTransaction": Kind(
        attributes=_attributes(
            "TypeOfServiceTransaction:string? IsNonRepudiationRequired:string? "
            "IsAuthenticationRequired:string? IsNonRepudiationOfReceiptRequired:string? "
            "IsIntegrityCheckRequired:string? IsApplicationErrorResponseRequested:string? "
            "TimeToAcknowledgeReceipt:string? TimeToAcknowledgeAcceptance:string? "
            "TimeToPerform:string? Recurrence:string?"
        )
    ),
}

GRAMMAR_2: dict[str, Kind] = {
    **_SHARED,
    "ObjectEvent": _open(
        f"{_EVENT_2} epcList:EPCs? action:action {_WHY} {_TRANSACTIONS} quantityList:Quantities? "
        f"{_PARTIES} {_SENSED} ilmd:Ilmd? {_END}"
    ),
    "AggregationEvent": _open(
        f"{_EVENT_2} parentID:uri? childEPCs:EPCs? action:action {_WHY} {_TRANSACTIONS} "
        f"childQuantityList:Quantities? {_PARTIES} {_SENSED} {_END}"
    ),
    "TransactionEvent": _open(
        f"{_EVENT_2} bizTransactionList:Transactions parentID:uri? epcList:EPCs? action:action "
        f"{_WHY} quantityList:Quantities? {_PARTIES} {_SENSED} {_END}"
    ),
    "TransformationEvent": _open(
        f"{_EVENT_2} {_TRANSFORMED} {_WHY} {_TRANSACTIONS} {_PARTIES} {_SENSED} ilmd:Ilmd? {_END}"
    ),
    "AssociationEvent": _open(
        f"{_EVENT_2} parentID:uri childEPCs:EPCs? childQuantityList:Quantities? action:action "
        f"{_WHY} {_TRANSACTIONS} {_PARTIES} {_SENSED} {_END}"
    ),
    "ErrorDeclaration": Kind(
        _fields(
            "declarationTime:stamp* reason:uri* correctiveEventIDs:Corrections* extension:Local*"
        ),
        foreign="other",
        any_order=True,
        open_attributes=True,
    ),
    "PersistentDisposition": _closed("unset:uri* set:uri*"),
    "SensorElements": _closed("sensorElement:SensorElement+ extension:Local?"),
    "SensorElement": Kind(
        _fields("sensorMetadata:Metadata? sensorReport:Report+ extension:Local?"), foreign="other"
    ),
    "Metadata": Kind(text="string", open_attributes=True, attributes=_METADATA),
    "Report": Kind(text="string", open_attributes=True, attributes=_REPORT),
    "EPCISCaptureJob": Kind(
        _fields(
            "captureErrorBehaviour:behaviour createdAt:stamp? finishedAt:stamp? "
            "errors:JobErrors? errorFile:uri?"
        ),
        foreign="other",
        open_attributes=True,
        attributes=_attributes("running:boolean success:boolean captureID:string"),
    ),
    "JobErrors": _closed("error:Problem+"),
    "Problem": Kind(
        _fields("type:uri title:string status:int? detail:string? instance:uri?"), foreign="other"
    ),
}

_SBDH_1 = Field("StandardBusinessDocumentHeader", "Sbdh", 1, 1)
_EVENT_1 = (
    "eventTime:dateTime recordTime:dateTime? eventTimeZoneOffset:string "
    "baseExtension:EventExtension? "
)


def _extension(text: str) -> Kind:
    return Kind(_fields(f"{text} extension:Local?"), open_attributes=True)


GRAMMAR_1: dict[str, Kind] = {
    **_SHARED,
    # 1.2 wants the header of a business document, and lets elements of third parties follow: the
    # transaction statement of the DSCSA stands there (GS1 US).
    "Header": Kind((_SBDH_1, *_SHARED["Header"].fields[1:]), foreign="other", open_attributes=True),
    "ObjectEvent": _open(
        f"{_EVENT_1} epcList:EPCs action:action {_WHY} {_TRANSACTIONS} extension:ObjectExtension?"
    ),
    "ObjectExtension": _extension(f"quantityList:Quantities? {_PARTIES} ilmd:Ilmd?"),
    "AggregationEvent": _open(
        f"{_EVENT_1} parentID:uri? childEPCs:EPCs action:action {_WHY} {_TRANSACTIONS} "
        "extension:AggregationExtension?"
    ),
    "AggregationExtension": _extension(f"childQuantityList:Quantities? {_PARTIES}"),
    "QuantityEvent": _open(
        f"{_EVENT_1} epcClass:uri quantity:int {_WHY} {_TRANSACTIONS} extension:Local?"
    ),
    "TransactionEvent": _open(
        f"{_EVENT_1} bizTransactionList:Transactions parentID:uri? epcList:EPCs action:action "
        f"{_WHY} extension:TransactionExtension?"
    ),
    "TransactionExtension": _extension(f"quantityList:Quantities? {_PARTIES}"),
    "TransformationEvent": _open(
        f"{_EVENT_1} {_TRANSFORMED} {_WHY} {_TRANSACTIONS} {_PARTIES} ilmd:Ilmd? extension:Local?"
    ),
    "EventExtension": _extension("eventID:uri? errorDeclaration:ErrorDeclaration?"),
    "ErrorDeclaration": _open(
        "declarationTime:dateTime reason:uri? correctiveEventIDs:Corrections? extension:Local?"
    ),
}
EVENT_NAMES = (
    "ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent",
    "AssociationEvent", "QuantityEvent",
)  # fmt: skip
