"""What a reader sees or hears of a page, to find what is left of another language in it."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = ("meta", "link", "input", "br", "img", "use")
SILENT = ("script", "style", "code", "svg", "pre")


class Said(HTMLParser):
    """Piece by piece; without codes and what is marked as another language."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language, self.said, self.silent = language, set[str](), list[bool]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        other = told.get("lang") not in (None, self.language)
        quiet = tag in SILENT or "code" in (told.get("class") or "").split()
        silent = other or quiet or bool(self.silent and self.silent[-1])
        if not silent:
            spoken = ("aria-label", "alt", "placeholder", "title", "data-busy", "data-label")
            self.said |= {str(told[name]).strip() for name in spoken if told.get(name)}
        if tag not in VOID:
            self.silent.append(silent)

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag not in VOID:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self.silent and self.silent[-1]):
            self.said.add(" ".join(data.split()))


def said(page: str, language: str) -> set[str]:
    reader = Said(language)
    reader.feed(page)
    return reader.said


def tongue(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={language}"
