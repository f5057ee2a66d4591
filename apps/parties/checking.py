"""Checks that several services share; each returns the value as it is to be stored."""

from __future__ import annotations

import re

from apps.parties.people import address
from pharmatrace.kernel.gs1.identifiers import gln
from pharmatrace.kernel.gs1.linters.countries_and_currencies import iso3166alpha2
from pharmatrace.kernel.refusal import Refusal, Refused

_COUNTRY = re.compile(r"[A-Z]{2}")
_DEGREES = r"([+-]?\d{1,3}(?:\.\d{1,15})?)"
_COORDINATES = re.compile(rf"\s*{_DEGREES}\s*[,;\s]\s*{_DEGREES}\s*", re.ASCII)


def checked_gln(text: str) -> str:
    """13 digits. Raises Refused `gln_characters`, `gln_length`, `gln_check_digit`, field `gln`."""
    try:
        return gln(text)
    except Refused as refused:
        raise Refused(
            Refusal(one.code, one.sentence, {**one.data, "field": "gln"})
            for one in refused.refusals
        ) from refused


def checked_country(text: str) -> str:
    """Two capital letters that name a country (ISO 3166-1 alpha-2). Raises Refused `country_code`."""
    country = text.strip().upper()
    if not _COUNTRY.fullmatch(country):
        raise Refused.one(
            "country_code",
            f"A country is written as two letters, like PT or ES, not {text!r}.",
            field="country",
            country=text,
        )
    if iso3166alpha2(country):
        raise Refused.one(
            "country_code",
            f"No country has the letters {country}.",
            field="country",
            country=text,
        )
    return country


def checked_text(text: str, *, field: str, most: int) -> str:
    """`text` without blanks around it. Raises Refused `missing` or `too_long`."""
    stripped = text.strip()
    if not stripped:
        raise Refused.one("missing", f"The {field} is missing.", field=field)
    if len(stripped) > most:
        raise Refused.one(
            "too_long", f"The {field} has more than {most} characters.", field=field, most=most
        )
    return stripped


def checked_coordinates(text: str) -> dict[str, float | None]:
    """`latitude` and `longitude` of `41.14961, -8.61099`, in degrees; of an empty text, none.

    Raises Refused `coordinates`.
    """
    if not text.strip():
        return {"latitude": None, "longitude": None}
    found = _COORDINATES.fullmatch(text)
    latitude, longitude = (float(found[1]), float(found[2])) if found else (91.0, 0.0)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Refused.one(
            "coordinates",
            "Coordinates are latitude and longitude in degrees, like 41.14961, -8.61099.",
            field="coordinates",
        )
    return {"latitude": round(latitude, 5), "longitude": round(longitude, 5)}


def checked_email(text: str) -> str:
    """An e-mail address as it is stored. Raises Refused `missing`, `too_long`, `email`."""
    email = address(checked_text(text, field="email", most=254))
    if "@" not in email[1:-1]:
        raise Refused.one("email", f"{email!r} is not an e-mail address.", field="email")
    return email


ADDRESS = {"street": 160, "city": 80, "state": 80, "postal_code": 20}  # and how long each may be


def checked_address(**parts: str) -> dict[str, str]:
    """Parts of a postal address, named as in ADDRESS; empty ones are allowed. Raises Refused `too_long`."""
    return {
        name: checked_text(text, field=name.replace("_", " "), most=ADDRESS[name])
        if text.strip()
        else ""
        for name, text in parts.items()
    }
