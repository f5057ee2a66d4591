"""The reader's language: by the address, or by the browser; never by a cookie of ours."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from apps.verify.moments import day, moment
from apps.verify.words import party

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
        ("/login/", "de", "en", "Sign in"),
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


def test_the_desks_speak_english_whole(mia: Any) -> None:
    page = mia.client.get("/", headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="en"' in page
    assert "Abmelden" not in page


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
