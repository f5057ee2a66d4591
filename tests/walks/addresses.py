"""Every address of the site, found from the URL patterns: a page that is new is found by itself."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

# Made by the packages they come from, page by page; who comes in is tested by the door (tests/walks/test_doors.py).
FOREIGN = ("admin",)


def names() -> list[str]:
    """The full name of every address; of one without a name its pattern."""
    return sorted(set(_names(get_resolver(), "", "")))


def _names(resolver: URLResolver, spaces: str, route: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield f"{spaces}{entry.name}" if entry.name else here
        elif entry.namespace not in FOREIGN:
            yield from _names(
                entry, spaces + (f"{entry.namespace}:" if entry.namespace else ""), here
            )
