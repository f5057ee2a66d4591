"""Languages, each named by itself, as its readers look for it."""

from __future__ import annotations

from django.utils.translation import get_language_info


def language_name(code: str) -> str:
    """“Deutsch” for de; the code itself where Django does not know it."""
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code
