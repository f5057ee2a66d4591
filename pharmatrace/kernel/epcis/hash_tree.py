"""An event as a tree of names, texts and children, and the two ways to write such a tree into the
pre-hash string: in the order CBV 2.0 §8.9.3 fixes, and sorted, for everything it does not name.

JSON has lists where XML has wrapped elements (`epcList` of strings, `epc` elements in an
`epcList`); the tree has the shape of the XML, on which the standard's order is based.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pharmatrace.kernel.epcis.contexts import DEFAULT_NAMESPACES
from pharmatrace.kernel.epcis.hash_values import time_text, value_text
from pharmatrace.kernel.epcis.vocabulary import (
    BIZ_STEP,
    BIZ_TRANSACTION_TYPE,
    COMPONENT,
    DISPOSITION,
    MEASUREMENT_TYPE,
    SENSOR_EXCEPTION,
    SOURCE_DESTINATION_TYPE,
    Vocabulary,
)

# name, text, children
Node = tuple[str, str, list["Node"]]
Order = Mapping[str, "Order | None"]

_COMMENTS = frozenset(["#text", "rdfs:comment", "comment"])
PAIRS = {
    "bizTransactionList": ("bizTransaction", BIZ_TRANSACTION_TYPE),
    "sourceList": ("source", SOURCE_DESTINATION_TYPE),
    "destinationList": ("destination", SOURCE_DESTINATION_TYPE),
}
_PAIR_MEMBERS = frozenset(member for member, _ in PAIRS.values())
LIST_ITEMS = {
    "inputEPCList": "epc", "outputEPCList": "epc", "childEPCs": "epc",
    "quantityList": "quantityElement", "childQuantityList": "quantityElement",
    "inputQuantityList": "quantityElement", "outputQuantityList": "quantityElement",
}  # fmt: skip
_WORDS: dict[str, Vocabulary] = {
    "bizStep": BIZ_STEP,
    "disposition": DISPOSITION,
    "set": DISPOSITION,
    "unset": DISPOSITION,
    "exception": SENSOR_EXCEPTION,
    "component": COMPONENT,
}


def _order(names: str, **nested: Order) -> Order:
    return {name: nested.get(name) for name in names.split()}


_EPCS = _order("epc")
_QUANTITIES = _order("quantityElement", quantityElement=_order("epcClass quantity uom"))
_SENSOR_ELEMENT = _order(
    "sensorMetadata sensorReport",
    sensorMetadata=_order(
        "time startTime endTime deviceID deviceMetadata rawData dataProcessingMethod bizRules"
    ),
    sensorReport=_order(
        "type exception deviceID deviceMetadata rawData dataProcessingMethod time microorganism "
        "chemicalSubstance value component stringValue booleanValue hexBinaryValue uriValue "
        "minValue maxValue meanValue sDev percRank percValue uom coordinateReferenceSystem"
    ),
)
EVENT_ORDER = _order(
    "eventTime eventTimeZoneOffset certificationInfo parentID epcList inputEPCList childEPCs "
    "quantityList childQuantityList inputQuantityList outputEPCList outputQuantityList action "
    "transformationID bizStep disposition persistentDisposition readPoint bizLocation "
    "sensorElementList",
    epcList=_EPCS,
    inputEPCList=_EPCS,
    childEPCs=_EPCS,
    outputEPCList=_EPCS,
    quantityList=_QUANTITIES,
    childQuantityList=_QUANTITIES,
    inputQuantityList=_QUANTITIES,
    outputQuantityList=_QUANTITIES,
    persistentDisposition=_order("set unset"),
    readPoint=_order("id"),
    bizLocation=_order("id"),
    sensorElementList=_order("sensorElement", sensorElement=_SENSOR_ELEMENT),
)


class Names:
    """Expands prefixes: `ext:lot` as a name becomes `{https://…}lot`, as a value `https://…lot`."""

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self._declared = namespaces
        self._keys: dict[str, str] = {}

    def key(self, name: str) -> str:
        if ":" not in name:
            return name
        known = self._keys.get(name)
        if known is None:
            known = self._keys[name] = self._expanded(name)
        return known

    def _expanded(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        uri = self._declared.get(prefix) or DEFAULT_NAMESPACES.get(prefix)
        if uri == "urn:epcglobal:cbv:mda:":
            uri = uri[:-1]  # the colon is JSON-LD's; the namespace, and XML's, is without
        return f"{{{uri}}}{local}" if uri else name

    def value(self, text: str) -> str:
        if ":" not in text:
            return text
        prefix, _, local = text.partition(":")
        if prefix in self._declared and not local.startswith("//"):
            return self._declared[prefix] + local
        return text


def children_of(obj: Mapping[str, Any], names: Names, parent: str = "") -> list[Node]:
    """The children of one JSON object, in the shape of the XML. Comments and nulls are dropped."""
    nodes: list[Node] = []
    for key, value in obj.items():
        if key in _COMMENTS or key.startswith("@") or value is None:
            continue
        name = names.key(key)
        if isinstance(value, list):
            nodes += _nodes_of_list(name, value, names, parent)
        elif name in PAIRS:
            nodes.append((name, "", [_pair(name, value, names)]))
        else:
            node = _node(name, value, names, parent)
            # An ILMD that says nothing is none; XML and JSON would not agree on it otherwise.
            if node[2] or name != "ilmd":
                nodes.append(node)
    return nodes


def _nodes_of_list(name: str, value: list[Any], names: Names, parent: str) -> list[Node]:
    """A list is a wrapper around its items in XML if it is called one, else a row of elements."""
    items = [one for one in value if one is not None]
    if name in PAIRS:
        wrapped = [_pair(name, item, names) for item in items]
    elif name.endswith("List") or name == "childEPCs":
        item_name = LIST_ITEMS.get(name, name[:-4])
        wrapped = [_node(item_name, item, names, parent) for item in items]
    else:
        return [_node(name, item, names, parent) for item in items]
    return [(name, "", wrapped)] if wrapped else []


def _node(name: str, value: Any, names: Names, parent: str) -> Node:
    if isinstance(value, str):
        text = names.value(value).strip()
    elif isinstance(value, Mapping):
        text = str(value.get("#text", "")).strip()
        return name, text, children_of(value, names, name)
    elif isinstance(value, list):
        return name, "", [_node("", item, names, name) for item in value if item is not None]
    else:
        text = _scalar(value, names)
    if name == "type" and parent == "sensorReport":
        text = MEASUREMENT_TYPE.web_uri(text)
    elif name in _WORDS:
        text = _WORDS[name].web_uri(text)
    return name, text, []


def _pair(name: str, item: Any, names: Names) -> Node:
    if not isinstance(item, Mapping):
        return "", _scalar(item, names), []
    member, words = PAIRS[name]
    children: list[Node] = []
    if item.get("type"):
        children.append(("type", words.web_uri(_scalar(item["type"], names)), []))
    children.append((member, _scalar(item.get(member, ""), names), []))
    return "", "", children


def _scalar(value: Any, names: Names) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return names.value(str(value)).strip()


def ordered(nodes: list[Node], order: Order, *, top: bool = False) -> tuple[str, list[Node]]:
    """The text of the `nodes` that `order` names, and the nodes left over.

    Inside an element its extensions follow its own fields. The reference recognises them there only
    if the namespace ends with `/` and the element has more than one child; all others are left over
    and end up behind everything else, so they do here.
    """
    extensions: list[Node] = []
    if not top and len(nodes) > 1:
        extensions = [node for node in nodes if node[0].startswith("{") and "/}" in node[0]]
        nodes = [node for node in nodes if node not in extensions] if extensions else nodes
    parts: list[str] = []
    left: list[Node] = []
    named: dict[str, list[Node]] = {}
    for node in nodes:
        if node[0] in order:
            named.setdefault(node[0], []).append(node)
        else:
            left.append(node)
    for name, inner_order in order.items():
        if name not in named:
            continue
        texts = []
        for node in named[name]:
            text, rest = _text(node), node[2]
            if rest and inner_order:
                inner, rest = ordered(rest, inner_order)
                text += inner
            if text:
                texts.append(name + text)
            if rest:
                left.append((name, node[1], rest))
        parts += sorted(texts) if len(texts) > 1 else texts
    return "".join(parts) + plain(extensions), left


def plain(nodes: list[Node]) -> str:
    """Text of nodes without a fixed order: sorted, but a pair of type and value stays as it is."""
    texts = []
    paired = False
    for name, text, children in nodes:
        value = f"={value_text(text)}" if text else ""
        texts.append(name + value + plain(children) if children else name + value)
        paired = paired or name in _PAIR_MEMBERS
    if not paired:
        texts.sort()
    return "".join(texts)


def shape(nodes: list[Node]) -> tuple[Any, ...]:
    """The nodes with all marks between them: equal for two events that say the same, in whatever order."""
    shapes = ((name, _text((name, text, [])), shape(inner)) for name, text, inner in nodes)
    return tuple(sorted(one for one in shapes if one[1] or one[2]))


def _text(node: Node) -> str:
    name, text, _ = node
    if not text:
        return ""
    return f"={time_text(text)}" if _is_time(name) else f"={value_text(text)}"


@lru_cache(maxsize=1024)
def _is_time(name: str) -> bool:
    lower = name.lower()
    return "time" in lower and "offset" not in lower
