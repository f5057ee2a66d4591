"""The verifier as one file of HTML: our modules, our CSS and the words of every language written into it, and a policy that
allows nothing else to run.

The modules are joined, not built: each imports by name from files beside it, exports where it declares, and no two
of them use one name at the top. `tests/verify/test_offline.py` holds them to that.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

ENTRY = "offline.js"
STYLES = (
    "tokens.css", "page.css", "controls.css", "surfaces.css", "answers.css", "records.css", "public.css",
)  # fmt: skip
TEMPLATE = "verify/offline.html"
_SAID = re.compile(r"<[^<>]* data-say>([^<>]+)<")
_IMPORT = re.compile(r'^import \{[^}]*\} from "(\./[\w/.]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|class|async function|function) )", re.MULTILINE)
_DECLARED = re.compile(
    r"^(?:export )?(?:const|let|class|function|async function) (\w+)", re.MULTILINE
)


class NotJoinable(Exception):
    """A module is written in a way that cannot be joined with others: our fault, found by the tests."""


@dataclass(frozen=True, slots=True)
class OfflinePage:
    """The file, and the policy it stands under when it is served."""

    html: bytes
    policy: str


def offline_page() -> OfflinePage:
    """Made once in a process; at every request where files may change under it."""
    return _made.__wrapped__() if settings.DEBUG else _made()


@lru_cache(maxsize=1)
def _made() -> OfflinePage:
    folder = Path(settings.BASE_DIR) / "static"
    program = joined(folder / "js" / ENTRY)
    style = "\n".join((folder / "css" / name).read_text() for name in STYLES)
    policy = (
        f"default-src 'none'; script-src '{_digest(program)}'; style-src '{_digest(style)}';"
        " base-uri 'none'; form-action 'none'"
    )
    context = {
        "program": program, "style": style, "policy": policy, "languages": settings.LANGUAGES,
    }  # fmt: skip
    with override(settings.LANGUAGE_CODE):  # whoever asks first: the file is the same for everybody
        sentences = [unescape(one) for one in _SAID.findall(render_to_string(TEMPLATE, context))]
        lexicon = _lexicon(sentences, folder / "js" / "words")
        html = render_to_string(TEMPLATE, context | {"lexicon": lexicon})
    return OfflinePage(html.encode(), f"{policy}; frame-ancestors 'none'")


def _lexicon(sentences: list[str], words: Path) -> dict[str, dict[str, Any]]:
    """By language, what it says for each sentence of the page and of its modules. English stands in both."""
    lexicon: dict[str, dict[str, Any]] = {}
    for code, _name in settings.LANGUAGES:
        if code != settings.LANGUAGE_CODE:
            with override(code):
                said = {one: gettext(one) for one in sentences}
            lexicon[code] = json.loads((words / f"{code}.json").read_text()) | said
    return lexicon


def joined(entry: Path) -> str:
    """One module of a module and all it imports, each after what it needs. Raises NotJoinable."""
    order: dict[Path, str] = {}
    _collect(entry.resolve(), order, ())
    declared: dict[str, Path] = {}
    for file, text in order.items():
        for name in _DECLARED.findall(text):
            if name in declared:
                raise NotJoinable(f"{name} is declared in {declared[name].name} and {file.name}")
            declared[name] = file
    program = "\n".join(_EXPORT.sub("", text) for text in order.values())
    if re.search(r"^(?:import|export)\b|</script|<!--", program, re.MULTILINE | re.IGNORECASE):
        raise NotJoinable("an import or export is spelled in another way than ours")
    return program


def _collect(file: Path, order: dict[Path, str], above: tuple[Path, ...]) -> None:
    if file in order:
        return
    if file in above:
        raise NotJoinable(f"{file.name} imports itself in a circle")
    text = file.read_text()
    for name in _IMPORT.findall(text):
        _collect((file.parent / name).resolve(), order, (*above, file))
    order[file] = _IMPORT.sub("", text)


def _digest(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
