"""EPCIS XML 2.0 and 1.2 documents, written as a stream or whole (GS1's XSD is the judge)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, BinaryIO, Self

from pharmatrace.kernel.epcis.model import Document, Event, utc_text
from pharmatrace.kernel.epcis.parts import MasterDataElement, MasterDataList
from pharmatrace.kernel.epcis.xml_event_writing import EventWriter
from pharmatrace.kernel.epcis.xml_tags import OWN_PREFIXES, Foreign, attribute, element, text_of
from pharmatrace.kernel.gs1.epc_of_link import Prefixes, urn_of_link
from pharmatrace.kernel.gs1.identifiers import ID_STEM

SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
VERSIONS = {"2.0": "2", "1.2": "1"}
SPACES = {"epcis": "epcis", "epcisq": "epcis-query", "epcismd": "epcis-masterdata"}
PUBLIC_TABLE = Prefixes()


class XmlWriter:
    """Writes a document to `target` event by event; a context manager that writes beginning and
    end. Memory does not grow with the number of events.

    `version` is `2.0` or `1.2`. `prefixes` says how long a company prefix is: 1.2 knows no Digital
    Links, so it needs that for its URNs. `sender` and `receiver` (both or none) make a Standard
    Business Document Header with `identifier`; `authority` says what kind of identifiers the two are.
    `header_fields` are further elements of the header of 1.2, in JSON shape; their prefixes stand in
    `namespaces`. 1.2 wants the header of a business document beside them and beside master data; who sends and
    receives is then empty where it is not known. 2.0 has no place for them. With `query_name` it is
    an EPCISQueryDocument, the events being results of that query; an EPCISMasterDataDocument when
    `only_master_data`. With `web_words`, CBV words are web URIs instead of URNs (2.0 only).
    """

    def __init__(
        self,
        target: BinaryIO,
        *,
        version: str,
        created_at: datetime,
        prefixes: Prefixes = PUBLIC_TABLE,
        master_data: Sequence[MasterDataList] = (),
        sender: str = "",
        receiver: str = "",
        identifier: str = "",
        authority: str = "",
        header_fields: Mapping[str, Any] | None = None,
        namespaces: Mapping[str, str] | None = None,
        query_name: str = "",
        subscription_id: str | None = None,
        only_master_data: bool = False,
        web_words: bool = False,
    ) -> None:
        if version not in VERSIONS:
            raise ValueError(f"EPCIS XML is written as 2.0 or 1.2, not as {version}")
        self._target = target
        self._events = EventWriter(version, lambda uri: _urn(uri, prefixes), web_words=web_words)
        created = utc_text(created_at)
        self._end = "</EPCISBody>"
        inside = ""
        listed = vocabulary_list(master_data) if master_data or only_master_data else ""
        if listed and not only_master_data:
            inside += element("extension", element("EPCISMasterData", listed))
        foreign = Foreign(namespaces or {})
        if version == "1.2":
            inside += foreign.fields(header_fields or {})
        if (sender and receiver) or (version == "1.2" and inside):
            inside = _sbdh(sender, receiver, identifier, created, authority) + inside
        header = element("EPCISHeader", inside, foreign.declarations) if inside else ""
        self._start = f"{header}<EPCISBody>"
        if only_master_data:
            self._start += listed
        elif query_name:
            self._frame("epcisq:QueryResults")
            self._start += element("queryName", text_of(query_name))
            if subscription_id is not None:
                self._start += element("subscriptionID", text_of(subscription_id))
            self._frame("resultsBody")
        if not only_master_data:
            self._frame("EventList")
        kind = "epcismd:EPCISMasterDataDocument" if only_master_data else (
            "epcisq:EPCISQueryDocument" if query_name else "epcis:EPCISDocument"
        )  # fmt: skip
        prefix, spaces = kind.partition(":")[0], dict(OWN_PREFIXES)
        spaces[prefix] = f"urn:epcglobal:{SPACES[prefix]}:xsd:{VERSIONS[version]}"
        declared = "".join(attribute(f"xmlns:{p}", uri) for p, uri in spaces.items() if uri)
        self._start = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind}{declared} schemaVersion="{version}"'
            f' creationDate="{created}">{self._start}'
        )
        self._end += f"</{kind}>\n"

    def _frame(self, tag: str) -> None:
        self._start += f"<{tag}>"
        self._end = f"</{tag}>{self._end}"

    def __enter__(self) -> Self:
        self._put(self._start)
        return self

    def write(self, event: Event) -> None:
        """Writes one event. Raises `Refused` as `EventWriter.write`; nothing of it is written
        then."""
        self._put("\n" + self._events.write(event))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._put("\n" + self._end)

    def _put(self, text: str) -> None:
        self._target.write(text.encode())


def write_document_xml(
    events: Iterable[Event],
    *,
    version: str = "2.0",
    created_at: datetime,
    **options: Any,
) -> bytes:
    """An EPCIS XML document with `events`; options and refusals are those of `XmlWriter`."""
    target = io.BytesIO()
    with XmlWriter(target, version=version, created_at=created_at, **options) as writer:
        for event in events:
            writer.write(event)
    return target.getvalue()


def write_whole_xml(
    document: Document,
    *,
    version: str = "2.0",
    created_at: datetime,
    prefixes: Prefixes = PUBLIC_TABLE,
) -> bytes:
    """`document` with everything in it that XML has a place for, as the kind of document it is.
    `created_at` is the date of one without."""
    options = options_of(document, has_events=bool(document.events), created_at=created_at)
    return write_document_xml(document.events, version=version, prefixes=prefixes, **options)


def options_of(document: Document, *, has_events: bool, created_at: datetime) -> dict[str, Any]:
    """What an `XmlWriter` has to know of a document besides its events."""
    header, kind = document.header, document.kind
    is_query = kind == "EPCISQueryDocument"
    own = header.get("epcisHeader")
    return {
        "created_at": document.created_at or created_at,
        "master_data": document.master_data,
        "sender": header.get("sender", ""),
        "receiver": header.get("receiver", ""),
        "identifier": header.get("instanceIdentifier", ""),
        "header_fields": {name: own[name] for name in own if ":" in name} if own else {},
        "namespaces": document.namespaces,
        "query_name": (document.query_name or "SimpleEventQuery") if is_query else "",
        "subscription_id": document.subscription_id,
        "only_master_data": kind == "EPCISMasterDataDocument" and not has_events,
    }


def _urn(uri: str, prefixes: Prefixes) -> str:
    return urn_of_link(uri, prefixes) if uri.startswith(ID_STEM) else uri


def vocabulary_list(lists: Iterable[MasterDataList]) -> str:
    """A VocabularyList element with master data."""
    return "<VocabularyList>" + "".join(map(_vocabulary, lists)) + "</VocabularyList>"


def _vocabulary(one: MasterDataList) -> str:
    inner = "".join(map(_vocabulary_element, one.elements))
    listed = element("VocabularyElementList", inner) if inner else ""
    return element("Vocabulary", listed, attribute("type", one.type))


def _vocabulary_element(one: MasterDataElement) -> str:
    inner = "".join(
        _master_attribute(name, single)
        for name, value in one.attributes
        for single in (value if isinstance(value, list) else [value])
    )
    if one.children:
        inner += element("children", "".join(element("id", text_of(c)) for c in one.children))
    return element("VocabularyElement", inner, attribute("id", one.id))


def _master_attribute(name: str, value: Any) -> str:
    attributes = attribute("id", name)
    if not isinstance(value, Mapping):
        return element("attribute", "" if value is None else text_of(value), attributes)
    foreign = Foreign(value.get("@context", {}))
    inner = foreign.fields(value, top=False)
    return element("attribute", inner, attributes + foreign.declarations)


def _sbdh(sender: str, receiver: str, identifier: str, created: str, authority: str) -> str:
    said = attribute("Authority", authority) if authority else ""

    def partner(role: str, name: str) -> str:
        return element(f"sbdh:{role}", element("sbdh:Identifier", text_of(name), said))

    parts = (
        ("Standard", "EPCglobal"), ("TypeVersion", "1.0"),
        ("InstanceIdentifier", identifier), ("Type", "Events"), ("CreationDateAndTime", created),
    )  # fmt: skip
    identification = "".join(f"<sbdh:{n}>{text_of(t)}</sbdh:{n}>" for n, t in parts)
    return (
        f'<sbdh:StandardBusinessDocumentHeader xmlns:sbdh="{SBDH}">'
        "<sbdh:HeaderVersion>1.0</sbdh:HeaderVersion>"
        + partner("Sender", sender)
        + partner("Receiver", receiver)
        + f"<sbdh:DocumentIdentification>{identification}</sbdh:DocumentIdentification>"
        "</sbdh:StandardBusinessDocumentHeader>"
    )
