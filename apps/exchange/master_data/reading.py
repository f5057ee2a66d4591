"""The master data of a document that a partner sent, apart from its events."""

from __future__ import annotations

from dataclasses import dataclass

from pharmatrace.kernel.epcis.documents import master_data_lists, read_master_data
from pharmatrace.kernel.epcis.jsonld import parse
from pharmatrace.kernel.epcis.parts import MasterDataList
from pharmatrace.kernel.epcis.xml_reading import XmlDocument

_MARKS = tuple("ocabularyList".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Told:
    """`sender` is whom the document names as its sender (a GLN or URI, as written), empty where it does not."""

    sender: str
    lists: tuple[MasterDataList, ...]

    @property
    def elements(self) -> int:
        return sum(len(one.elements) for one in self.lists)


def holds_master_data(content: bytes) -> bool:
    """Whether it is worth looking: cheap, and wrong only for JSON that hides the name behind escapes."""
    return any(mark in content for mark in _MARKS)


def read_told(content: bytes, form: str) -> Told:
    """The master data of a document in `json` or `xml`; wherever it stands in it. Raises `Refused` with
    everything that is wrong with it."""
    if form == "json":
        value = parse(content)
        sender = value.get("sender") if isinstance(value, dict) else None
        return Told(
            sender if isinstance(sender, str) else "",
            read_master_data(value) if isinstance(value, dict) else (),
        )
    document = XmlDocument(content)
    for _ in document:
        pass  # events are somebody else's; behind them the header is complete
    lists = master_data_lists(document.header.get("vocabularyList", ()))
    return Told(document.header.get("sender", ""), lists)
