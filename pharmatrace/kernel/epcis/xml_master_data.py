"""Master data in XML as the JSON-LD that says the same (EPCIS 2.0 §9.5.1 and §10)."""

from __future__ import annotations

from typing import Any

from pharmatrace.kernel.epcis.xml_elements import Element
from pharmatrace.kernel.epcis.xml_json import EventJson


def master_data(element: Element) -> list[dict[str, Any]]:
    """The `vocabularyList` of a VocabularyList element (EPCIS 2.0 §9.5.1)."""
    return [_vocabulary(child) for child in element.children if child.name == "Vocabulary"]


def _vocabulary(element: Element) -> dict[str, Any]:
    obj: dict[str, Any] = {"type": (element.attribute("type") or "").strip()}
    listed = element.child("VocabularyElementList")
    if listed is not None:
        obj["vocabularyElementList"] = [_vocabulary_element(child) for child in listed.children]
    return obj


def _vocabulary_element(element: Element) -> dict[str, Any]:
    obj: dict[str, Any] = {"id": (element.attribute("id") or "").strip()}
    attributes = [
        {"id": (child.attribute("id") or "").strip(), "attribute": _attribute_value(child)}
        for child in element.children
        if child.name == "attribute" and not child.namespace
    ]
    if attributes:
        obj["attributes"] = attributes
    children = element.child("children")
    if children is not None and children.children:
        obj["children"] = [child.text.strip() for child in children.children]
    return obj


def _attribute_value(element: Element) -> Any:
    if not element.children:
        return element.text.strip()
    # The children of an attribute are foreign elements, as in an event without fields of its own.
    holder = Element("", "attribute", element.line, element.column, element.scope)
    holder.children = element.children
    said = EventJson(holder, wild=True)
    context = {"@context": said.namespaces} if said.namespaces else {}
    return {**context, **said.obj}
