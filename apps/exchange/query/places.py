"""Read points and business locations: themselves, and with what lies in them (EPCIS 2.0 §6.5)."""

from __future__ import annotations

import re

from apps.exchange.query.conditions import OnDocument
from apps.exchange.query.event_fields import canonical
from apps.exchange.query.given import Given
from pharmatrace.kernel.gs1.identifiers import ID_STEM

_PLACE = re.compile(rf"{ID_STEM}414/\d{{13}}", re.ASCII)
_PARTY = re.compile(rf"{ID_STEM}41[47]/(\d{{13}})", re.ASCII)


def place(given: Given, found: re.Match[str]) -> OnDocument:
    """EQ: the same place."""
    return OnDocument(f"{_id(found[1])} = ANY(%s)", [given.words(canonical)])


def within(given: Given, found: re.Match[str]) -> OnDocument:
    """WD: the place, its sub-locations (GLN with extension), and, where an organisation's GLN is given, the
    sites that are registered for it with their sub-locations."""
    names = given.words(canonical)
    places = [one for one in names if _PLACE.fullmatch(one)]
    parties = [match[1] for one in names if (match := _PARTY.fullmatch(one))]
    id, gln = _id(found[1]), f"left({_id(found[1])}, {len(ID_STEM) + 17})"
    inside = f"substr({id}, {len(ID_STEM) + 18}, 5) = '/254/'"
    return OnDocument(
        f"{id} = ANY(%s) OR ({inside} AND {gln} = ANY(%s)) OR (({id} = {gln} OR {inside}) AND {gln} IN"
        " (SELECT %s || s.gln FROM parties_site s JOIN parties_organisation o"
        " ON o.id = s.organisation_id WHERE o.gln = ANY(%s)))",
        [names, places, ID_STEM + "414/", parties],
    )


def _id(field: str) -> str:
    return f"({{document}} #>> '{{{field},id}}')"
