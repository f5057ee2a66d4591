"""Every sentence that public pages use is translated, with the same places to fill, and compiled as it is written."""

from __future__ import annotations

import gettext
import re
from io import BytesIO
from pathlib import Path

import allauth
import pytest
from django.conf import settings
from django.utils.translation import gettext as say
from django.utils.translation import override

from pharmatrace.management.commands.compilemessages import LOCALE, compiled
from pharmatrace.translations.compiled import mo, words_json
from pharmatrace.translations.po import Entry, NotPo, read_po
from tests.language.used import Used, used, used_in_browsers

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]
DOMAINS = {"django": used, "djangojs": used_in_browsers}
PLACE = re.compile(r"%\(\w+\)s|</?\w+|\{\w+\}")


def entries(language: str, domain: str) -> list[Entry]:
    return read_po((LOCALE / language / "LC_MESSAGES" / f"{domain}.po").read_text())


def test_there_is_enough_to_translate() -> None:
    assert len(used()) > 1000
    assert len(used_in_browsers()) > 60
    assert Used("In order") in used()
    assert Used("checkpoint of %(size)s entry", "checkpoint of %(size)s entries") in used()
    assert Used("Sign in with a passkey") in used()
    assert Used("the Netherlands", None, "in a list") in used()
    assert any(one.plural for one in used())
    assert Used("fails") in used_in_browsers()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_nothing_is_left_untranslated(language: str, domain: str) -> None:
    there = {Used(one.id, one.plural, one.context) for one in entries(language, domain) if one.id}
    assert DOMAINS[domain]() - there == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_nothing_is_kept_that_nothing_says(language: str, domain: str) -> None:
    there = {Used(one.id, one.plural, one.context) for one in entries(language, domain) if one.id}
    assert there - DOMAINS[domain]() == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_every_entry_says_something_and_fills_the_same_places(language: str, domain: str) -> None:
    wrong = []
    for one in entries(language, domain):
        if (
            not all(one.said)
            or one.fuzzy
            or len(one.said) != (2 if one.plural else 1)
            or any(
                sorted(PLACE.findall(said)) != sorted(PLACE.findall(one.id)) for said in one.said
            )
        ):
            wrong.append(one.id)
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_there_twice(language: str) -> None:
    for domain in DOMAINS:
        keys = [(one.id, one.context) for one in entries(language, domain)]
        assert len(keys) == len(set(keys))


def test_the_compiled_files_are_those_of_the_sources() -> None:
    stale = [
        str(file)
        for file, content in compiled()
        if not file.exists() or file.read_bytes() != content
    ]
    assert stale == [], "run: python manage.py compilemessages"


def test_gettext_reads_what_is_compiled() -> None:
    text = (
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
        'msgid "pack"\nmsgstr "boîte"\n\nmsgctxt "date"\nmsgid "pack"\nmsgstr "j F"\n\n'
        'msgid "%(n)s look"\nmsgid_plural "%(n)s looks"\nmsgstr[0] "%(n)s vue"\nmsgstr[1] "%(n)s vues"\n\n'
        '#, fuzzy\nmsgid "lot"\nmsgstr "loterie"\n'
    )
    words = gettext.GNUTranslations(BytesIO(mo(read_po(text))))
    assert words.gettext("pack") == "boîte"
    assert words.pgettext("date", "pack") == "j F"
    assert [words.ngettext("%(n)s look", "%(n)s looks", n) for n in (0, 1, 2)] == ["%(n)s vue", "%(n)s vue", "%(n)s vues"]  # fmt: skip
    assert words.gettext("lot") == "lot"  # a guess is no translation
    assert '"%(n)s look": [' in words_json(read_po(text))


@pytest.mark.parametrize(
    "text", ['msgid "a"\nmsgstr b\n', 'msgstr "x"\n', '"x"\n', '#~ msgid "old"\n', 'msgid "a"\n#, fuzzy\nmsgstr "b"\n']
)  # fmt: skip
def test_a_file_that_is_not_written_so_is_refused(text: str) -> None:
    with pytest.raises(NotPo):
        read_po(text)


def test_packages_speak_in_our_words() -> None:
    """What Django and allauth say on our pages: ours stands before theirs, which calls its readers by their first names."""
    theirs = Path(allauth.__file__).parent / "locale" / "de" / "LC_MESSAGES" / "django.mo"
    with theirs.open("rb") as file:
        known = gettext.GNUTranslations(file)
    assert known.gettext("You must type the same password each time.").startswith("Du ")
    with override("de"):
        assert say("You must type the same password each time.").startswith("Geben Sie ")
        assert say("Be patient, you are sending too many requests.").startswith("Bitte haben Sie")


def test_the_field_speaks_its_own_words() -> None:
    """What the three languages call these things on every box."""
    words = {
        "de": ("Packungsbeilage", "Charge", "Verfalldatum"),
        "fr": ("Notice", "Lot", "Date de péremption"),
        "es": ("Prospecto", "Lote", "Fecha de caducidad"),
    }
    for language, expected in words.items():
        said = {one.id: one.said[0] for one in entries(language, "django")}
        assert (said["Package leaflet"], said["Lot"], said["Expiry"]) == expected


def test_the_sources_are_where_django_looks() -> None:
    assert Path(LOCALE).parent.name in settings.INSTALLED_APPS
