"""GS1's own XSD, asked through lxml: the oracle beside our XML reader and writer."""

from __future__ import annotations

import copy
import random
from pathlib import Path

from lxml import etree

FOLDERS = {"2": ("XSD", "2_0"), "1": ("XSL/1.2/XSD", "1_2")}
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TEXTS = (
    "", "abc", "1", "-1", "true", "2020-01-01T00:00:00Z", "2020-02-30T00:00:00Z", "ADD", "http://[x",
    "urn:epc:id:sgtin:0614141.107346.2018", "%zz", "1e5", "INF", "  5 ", "+02:00", "a b", "f0f", "0x",
    "2020-01-01T00:00:00",
)  # fmt: skip
TAGS = (
    "epc", "action", "extension", "foo", "{http://x.example/}bar", "eventTime", "quantity", "uom", "id",
    "eventID", "baseExtension", "bizStep", "ilmd", "readPoint", "sourceList", "VocabularyList",
    "{urn:epcglobal:epcis:xsd:2}x", "{urn:epcglobal:epcis:xsd:1}x", "attribute", "children",
)  # fmt: skip
ATTRIBUTES = (
    "foo", "type", "id", "{http://x.example/}a", f"{XSI}nil", "value", "time", "booleanValue",
    "hexBinaryValue",
)  # fmt: skip


def schema(folder: Path, version: str) -> etree.XMLSchema:
    """The XSD of version `2` (EPCIS 2.0) or `1` (1.2), for documents of every kind."""
    place, name = FOLDERS[version]
    imports = "".join(
        f'<xs:import namespace="urn:epcglobal:{space}:xsd:{version}"'
        f' schemaLocation="{folder / place}/EPCglobal-{space}-{name}.xsd"/>'
        for space in ("epcis", "epcis-query", "epcis-masterdata")
    )
    return etree.XMLSchema(
        etree.fromstring(
            f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
        )
    )


def broken(path: Path, dice: random.Random) -> bytes:
    """The document with one or two random changes, which may be wrong or not."""
    tree = etree.parse(path)
    for _ in range(dice.choice((1, 1, 2))):
        element = dice.choice([one for one in tree.getroot().iter() if isinstance(one.tag, str)])
        _change(element, element.getparent(), dice)
    return etree.tostring(tree)


def _change(element: etree._Element, parent: etree._Element | None, dice: random.Random) -> None:
    kind = dice.randrange(9)
    if kind == 0:
        element.tag = dice.choice(TAGS)
    elif kind == 1:
        element.text = (
            dice.choice(TEXTS) if not len(element) else (element.text or "") + dice.choice(TEXTS)
        )
    elif kind == 2:
        element.set(dice.choice(ATTRIBUTES), dice.choice(TEXTS))
    elif kind == 3 and element.attrib:
        del element.attrib[dice.choice(list(element.attrib))]
    elif kind == 4 and element.attrib:
        element.set(dice.choice(list(element.attrib)), dice.choice(TEXTS))
    elif kind == 5:
        etree.SubElement(element, dice.choice(TAGS)).text = dice.choice(("", "x"))
    elif parent is not None and kind == 6:
        parent.remove(element)
    elif parent is not None and kind == 7:
        element.addnext(copy.deepcopy(element))
    elif parent is not None:
        parent.remove(element)
        parent.insert(dice.randrange(len(parent) + 1), element)
