"""The reader's language: by the address, or by the browser; never by a cookie of ours."""

from __future__ import annotations

from datetime import UTC, date, datetime
from string import ascii_uppercase
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponseRedirect, QueryDict
from django.test import Client
from django.utils.translation import override

from apps.parties.countries import NAMES, to_choose_from
from apps.verify.moments import day, moment
from apps.verify.words import party
from pharmatrace.kernel.gs1.linters.countries_and_currencies import iso3166alpha2
from pharmatrace.language import LanguageOfPeople
from tests.house.sources import ROOT

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "accepts", "language", "word"),
    [
        ("/verify/", "", "en", "Check a pack"),
        ("/verify/", "de-AT,de;q=0.9", "de", "Eine Packung prüfen"),
        ("/verify/", "ja, fr;q=0.4, es;q=0.3", "fr", "Vérifier une boîte"),
        ("/verify/?lang=es", "de", "es", "Comprobar un envase"),
        ("/verify/?lang=en", "de", "en", "Check a pack"),
        ("/verify/?lang=xx", "de", "de", "Eine Packung prüfen"),
        ("/verify/?lang=de\x00", "", "en", "Check a pack"),
        ("/", "es", "es", "¿Qué dice el registro"),
        ("/login/", "de", "de", "Mit einem Passkey anmelden"),
        ("/login/?lang=fr", "de", "fr", "Se connecter avec une clé d’accès"),
        ("/ledger/", "es", "es", "El registro público"),
        ("/account/password/reset/", "fr", "fr", "Un nouveau mot de passe"),
        ("/join/none/", "es-MX", "es", "Este enlace no abre nada"),
        ("/no/such/page/", "de", "de", "Unter dieser Adresse gibt es nichts"),
        ("/no/such/page/", "ja", "en", "There is nothing at this address"),
        ("/log/no-such-file", "de", "en", "There is nothing at this address"),
    ],
)
def test_pages_speak_the_readers_language(
    address: str, accepts: str, language: str, word: str, client: Client
) -> None:
    response = client.get(address, headers={"Accept-Language": accepts})
    page = response.content.decode()
    assert f'<html lang="{language}"' in page
    assert word in page
    assert "django_language" not in response.cookies


@pytest.mark.parametrize("address", ["/", "/stock/", "/no/such/page/"])
def test_the_desks_speak_english_whole(mia: Any, address: str) -> None:
    page = mia.client.get(address, headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="en"' in page
    assert "Abmelden" not in page


@pytest.mark.parametrize("address", ["/login/", "/products/new/"])
def test_a_form_without_its_token_is_refused_in_the_strangers_language(address: str) -> None:
    careful = Client(enforce_csrf_checks=True)
    response = careful.post(address, {}, headers={"Accept-Language": "fr"})
    assert response.status_code == 403
    assert "Ce formulaire était trop ancien" in response.content.decode()


def test_the_page_that_checks_offline_is_linked_in_the_language_asked_for(client: Client) -> None:
    assert 'href="/verify/offline/?lang=es"' in client.get("/verify/qr/?lang=es").content.decode()
    response = client.get("/verify/offline/", headers={"Accept-Language": "es"})
    assert response["Content-Language"] == "en, de, fr, es"
    assert response.content == client.get("/verify/offline/").content


def test_the_menu_speaks_the_language_of_the_desks_it_leads_to(mia: Any) -> None:
    page = mia.client.get("/account/?lang=de").content.decode()
    assert '<html lang="de"' in page
    assert "Wie Sie sich anmelden" in page
    menu = page[page.index('<nav class="nav"') : page.index("</nav>", page.index('class="nav"'))]
    assert 'lang="en"' in menu
    assert "Your account" in menu


def test_what_caches_on_the_way_are_told(client: Client) -> None:
    for address in ("/ledger/", "/login/"):
        response = client.get(address, headers={"Accept-Language": "fr"})
        assert "Accept-Language" in response["Vary"]
        assert response["Content-Language"] == "fr"
        assert "no-" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/account/?lang=fr", "/login/?next=/account/%3Flang%3Dfr&lang=fr"),
        ("/stock/?lang=fr", "/login/?next=/stock/%3Flang%3Dfr&lang=fr"),
        ("/account/?lang=xx", "/login/?next=/account/%3Flang%3Dxx"),
        ("/account/", "/login/?next=/account/"),
    ],
)
def test_a_redirect_leads_on_in_the_language_asked_for(
    address: str, leads_to: str, client: Client
) -> None:
    found = client.get(address)["Location"]
    assert QueryDict(urlsplit(found).query) == QueryDict(urlsplit(leads_to).query)
    assert urlsplit(found).path == urlsplit(leads_to).path


@pytest.mark.parametrize("to", ["//evil.example/login/", "https://evil.example/login/", "/stock/"])
def test_but_for_our_own_pages_that_have_it(to: str, rf: Any) -> None:
    response = HttpResponseRedirect(to)
    LanguageOfPeople(lambda _: response).process_response(rf.get("/login/?lang=de"), response)
    assert response["Location"] == to


def test_what_broke_is_said_in_every_language_without_any_machinery() -> None:
    page = (ROOT / "templates/500.html").read_text()
    assert "{%" not in page
    assert [f'lang="{code}"' in page for code, _ in settings.LANGUAGES] == [True] * 4


def test_one_request_leaves_no_language_to_the_next(client: Client, mia: Any) -> None:
    client.get("/verify/?lang=fr")
    assert client.get("/log/checkpoint", headers={"Accept-Language": "fr"})["Content-Type"]
    assert '<html lang="en"' in client.get("/verify/").content.decode()


def test_the_links_of_a_page_carry_the_language_on(client: Client) -> None:
    page = client.get("/verify/?lang=de&code=hello").content.decode()
    assert '<input type="hidden" name="lang" value="de">' in page
    assert "/verify/report/?code=hello&amp;lang=de" in page
    for code in ("en", "de", "fr", "es"):
        assert f'href="/verify/?lang={code}&amp;code=hello" lang="{code}"' in page
    assert 'lang="de" hreflang="de" rel="alternate" aria-current="true"' in page


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "31 October 2027"),
        ("de", "31. Oktober 2027"),
        ("fr", "31 octobre 2027"),
        ("es", "31 de octubre de 2027"),
    ],
)
def test_dates_are_written_as_they_are_there(language: str, expected: str) -> None:
    with override(language):
        assert day(date(2027, 10, 31)).lower() == expected.lower()
        assert moment(datetime(2027, 10, 31, 14, 5, tzinfo=UTC)).endswith("14:05")


@pytest.mark.parametrize(
    ("language", "country", "expected"),
    [
        ("de", "CH", "einer Apotheke in der Schweiz"),
        ("de", "PT", "einer Apotheke in Portugal"),
        ("fr", "PT", "une pharmacie au Portugal"),
        ("fr", "ES", "une pharmacie en Espagne"),
        ("fr", "NL", "une pharmacie aux Pays-Bas"),
        ("fr", "IR", "une pharmacie en Iran"),
        ("fr", "CL", "une pharmacie au Chili"),
        ("es", "US", "una farmacia en los Estados Unidos"),
        ("es", "DE", "una farmacia en Alemania"),
    ],
)
def test_countries_stand_as_grammar_asks(language: str, country: str, expected: str) -> None:
    with override(language):
        assert party("pharmacy", country) == expected


def test_every_country_of_iso_has_a_name_and_nothing_else_has() -> None:
    letters = [a + b for a in ascii_uppercase for b in ascii_uppercase]
    assert set(NAMES) == {code for code in letters if iso3166alpha2(code) is None}


@pytest.mark.parametrize(
    ("language", "first", "netherlands"),
    [("en", "Afghanistan", "Netherlands"), ("de", "Afghanistan", "Niederlande"),
     ("fr", "Afghanistan", "Pays-Bas"), ("es", "Afganistán", "Países Bajos")],
)  # fmt: skip
def test_countries_to_choose_from_stand_alone_and_in_order(
    language: str, first: str, netherlands: str
) -> None:
    with override(language):
        (none, *listed) = to_choose_from()
    assert none == ("", "–")
    assert listed[0][1] == first
    assert dict(listed)["NL"] == netherlands
    assert [name for _, name in listed if name[0].islower() or name[:4] == "the "] == []
    assert len({name for _, name in listed}) == len(NAMES)


def test_marks_on_letters_do_not_change_their_place() -> None:
    with override("de"):
        names = [name for _, name in to_choose_from()]
    assert names.index("Oman") < names.index("Österreich") < names.index("Pakistan")
    assert names[names.index("Afghanistan") + 1] == "Ägypten"
