"""The sentences that public pages use, collected from the code that says them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import override
from django.utils.translation.template import templatize

from apps.parties.countries import LISTED, NAMES
from apps.parties.models import Membership, Organisation
from tests.house.sources import ROOT

TEMPLATES = (
    "templates/verify/*.html", "templates/ledger/*.html", "templates/registration/*.html", "templates/account/**/*",
    "templates/mfa/**/*", "templates/joining/*.html", "templates/desk/landing.html", "templates/desk/_form_errors.html",
    "templates/400.html", "templates/403.html", "templates/403_csrf.html", "templates/404.html", "templates/429.html",
    "templates/base.html", "templates/_languages.html", "templates/_field.html", "templates/_top.html",
    "templates/_foot.html", "templates/_account.html", "templates/_notice.html",
)  # fmt: skip
MODULES = (
    "apps/verify/**/*.py", "apps/safety/reporting.py", "apps/parties/signing_in.py", "apps/parties/countries.py",
    "apps/parties/accounts/*.py",
    "apps/desk/joining/*.py",
)  # fmt: skip
LABELS: tuple[type[TextChoices], ...] = (Organisation.Kind, Membership.Role)  # said on those pages
BROWSER = (
    "static/js/recheck.js",
    "static/js/qr.js",
    "static/js/ledger.js",
    "static/js/offline.js",
    "static/js/evidence/telling.js",
)
PACKAGES = (
    "Current Password", "New Password", "New Password (again)", "Password", "Password (again)", "Email", "Email address",
    "You must type the same password each time.", "Be patient, you are sending too many requests.",
    "Use your password", "Use authenticator app or code", "Use a security key", "Password successfully changed.",
    "Password successfully set.", "Your password has been changed.", "Your password has been set.",
    "New Recovery Codes Generated",
)  # fmt: skip
"""What Django and allauth say on those pages and have no good translation of; ours stand before theirs."""

_ONE = {"gettext", "gettext_lazy", "_", "gettext_noop", "say"}
_MANY = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}


class Used(NamedTuple):
    id: str
    plural: str | None = None
    context: str | None = None


def used() -> set[Used]:
    """What templates and Python say."""
    found = set()
    for file in _files(TEMPLATES):
        if file.is_file():
            found |= set(_of_python(templatize(file.read_text(), origin=str(file))))
    for file in _files(MODULES):
        found |= set(_of_python(file.read_text()))
    found |= {Used(name, None, LISTED) for name in NAMES.values()}
    with override(settings.LANGUAGE_CODE):
        found |= {Used(str(label)) for choices in LABELS for label in choices.labels}
    return found | {Used(sentence) for sentence in PACKAGES}


def used_in_browsers() -> set[Used]:
    """What our modules say: the arguments of say and sayCount, and the lists of words they are called with."""
    found = set()
    for name in BROWSER:
        text = (ROOT / name).read_text()
        found |= {Used(_string(one)) for one in re.findall(r'\bsay\(\s*("(?:[^"\\]|\\.)*")', text)}
        for one in re.findall(r'\bsay\([^"(]*\? ("(?:[^"\\]|\\.)*") : ("(?:[^"\\]|\\.)*")', text):
            found |= {Used(_string(each)) for each in one}
        for one, many in re.findall(
            r'\bsayCount\(\s*("(?:[^"\\]|\\.)*"),\s*("(?:[^"\\]|\\.)*")', text
        ):
            found.add(Used(_string(one), _string(many)))
    words = (ROOT / "static/js/evidence/telling_words.js").read_text()
    for title, meaning in re.findall(
        r'^  \[("[^"]*"), \[[^\]]*\], ("(?:[^"\\]|\\.)*")\],$', words, re.MULTILINE
    ):
        found |= {Used(_string(title)), Used(_string(meaning))}
    facts = re.search(r"FACT_TITLES = \{(.*)\}", words)
    assert facts
    found |= {Used(_string(one)) for one in re.findall(r'"[^"]*"', facts[1])}
    shown = re.search(r"const WORDS = \{(.*?)\};", (ROOT / BROWSER[-1]).read_text(), re.DOTALL)
    assert shown
    return found | {Used(_string(one)) for one in re.findall(r'("[^"]*")\],', shown[1])}


def _files(patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(ROOT.glob(pattern))


def _string(literal: str) -> str:
    return str(ast.literal_eval(literal))


_CALL = re.compile(r"""\b(gettext|ngettext|pgettext|npgettext)\((.*?)\)\s""", re.DOTALL)


def _of_python(text: str) -> Iterator[Used]:
    try:
        tree: ast.AST = ast.parse(text)
    except SyntaxError:  # a template made into something that looks like Python
        tree = ast.parse("\n".join(_calls(text)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            said = [one.value for one in node.args if isinstance(one, ast.Constant)]
            words = [one for one in said if isinstance(one, str)]
            if node.func.id in _ONE and len(words) == 1:
                yield Used(words[0])
            elif node.func.id in _MANY and len(words) >= 2:
                yield Used(words[0], words[1])
            elif node.func.id in _CONTEXT and len(words) == 2:
                yield Used(words[1], None, words[0])


def _calls(text: str) -> Iterator[str]:
    """The calls in what templatize makes of a template."""
    literal = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    for found in re.finditer(rf" _\(({literal})\) | gettext\(({literal})\) ", text):
        yield f"gettext({(found[1] or found[2])})"
    for found in re.finditer(rf" ngettext\(({literal}), ?({literal}),", text):
        yield f"ngettext({found[1]}, {found[2]}, 0)"
