"""A Digital Link of any elements (GS1 Digital Link: URI Syntax 1.2 §5): the key and its qualifiers
become the path, everything else the query.
"""

from __future__ import annotations

from collections.abc import Mapping

from pharmatrace.kernel.gs1.application_identifiers import AIS, LINK_KEYS
from pharmatrace.kernel.gs1.characters import escape_path, escape_query
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.refusal import Refused


def write_link(values: Mapping[str, str], *, stem: str = ID_STEM) -> str:
    """The link under `stem` for the elements `values`, by AI; they are not checked.

    The first of them that is a key makes the path, with as many qualifiers as one sequence of the
    standard takes; attributes follow as they come, those of predefined length first. Raises
    `Refused`: `link_key_missing` without a key, `link_attribute` for an element that may neither
    qualify the key nor be an attribute.
    """
    key = next((ai for ai in values if ai in LINK_KEYS), None)
    if key is None:
        raise Refused.one(
            "link_key_missing",
            "None of these elements is a key that a link can be made for.",
            elements=dict(values),
        )
    path = [key, *_qualifiers(key, values)]
    attributes = [ai for ai in values if ai not in path]
    for ai in attributes:
        if ai not in AIS or not AIS[ai].attribute:
            words = f"{AIS[ai].title if ai in AIS else 'AI'} ({ai}) has no place in this link."
            raise Refused.one("link_attribute", words, ai=ai)
    attributes.sort(key=lambda ai: not AIS[ai].predefined)
    link = stem.rstrip("/") + "".join(f"/{ai}/{escape_path(values[ai])}" for ai in path)
    query = "&".join(f"{ai}={escape_query(values[ai])}" for ai in attributes)
    return f"{link}?{query}" if query else link


def _qualifiers(key: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The longest choice of qualifiers; among equally long ones the first in the order of AIs."""
    choices = [tuple(ai for ai in order if ai in values) for order in AIS[key].qualifiers or ((),)]
    return min(choices, key=lambda choice: (-len(choice), " ".join(choice)))
