"""What an XML document being read says besides its events, as a document of our model."""

from __future__ import annotations

from pharmatrace.kernel.epcis.documents import master_data_lists
from pharmatrace.kernel.epcis.formats import utc_moment_of
from pharmatrace.kernel.epcis.model import Document, whole_milliseconds
from pharmatrace.kernel.epcis.xml_reading import XmlDocument

_HEADER = ("sender", "receiver", "instanceIdentifier", "epcisHeader")


def around_events(document: XmlDocument) -> Document:
    """The document without its events: all that stands before the first of them is known with it,
    the rest at the end."""
    header = document.header
    date = utc_moment_of(header.get("creationDate", ""))
    return Document(
        kind=document.kind,
        master_data=master_data_lists(header.get("vocabularyList", ())),
        created_at=whole_milliseconds(date) if date else None,
        query_name=header.get("queryName"),
        subscription_id=header.get("subscriptionID"),
        header={name: header[name] for name in _HEADER if name in header},
        namespaces=header.get("namespaces", {}),
    )
