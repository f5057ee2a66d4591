"""Machines ask a Digital Link for links: a set of them, or one, in the language of the reader."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.catalog.leaflet_files import leaflet_of, pdf
from tests.custody.goods import GTIN, Goods
from tests.verify.conftest import CASE

pytestmark = pytest.mark.django_db
PACK, PRODUCT = f"/01/{GTIN}/21/S0", f"/01/{GTIN}"
LINKSET = "application/linkset+json"
EPIL = "https://ref.gs1.org/voc/epil"


@pytest.fixture
def leaflets(mia: Any, batch: Any) -> dict[str, Any]:
    return {
        language: leaflet_of(mia, batch.product, language=language, pdf=pdf(language))
        for language in ("pt", "de")
    }


def test_the_list_of_links(sold: Goods, leaflets: Any, stranger: Client) -> None:
    for how in (
        {"path": PACK + "?linkType=linkset"},
        {"path": PACK + "?linkType=all"},
        {"path": PACK, "headers": {"Accept": LINKSET}},
    ):
        response = stranger.get(**how)  # type: ignore[arg-type]
        assert response.status_code == 200
        assert response["Content-Type"] == LINKSET
        assert response["Access-Control-Allow-Origin"] == "*"
        [about] = json.loads(response.content)["linkset"]
        assert about["anchor"] == f"http://testserver{PACK}"
        types = {
            key.rpartition("/")[2] for key in about if key.startswith("https://ref.gs1.org/voc/")
        }
        assert types == {"defaultLink", "pip", "recallStatus", "epil", "verificationService", "traceability"}  # fmt: skip
        assert {tuple(one["hreflang"]) for one in about[EPIL]} == {("pt",), ("de",)}
        assert {one["type"] for one in about[EPIL]} == {"text/html", "application/pdf"}


def test_a_product_alone_has_links_too(sold: Goods, leaflets: Any, stranger: Client) -> None:
    [about] = stranger.get(PRODUCT + "?linkType=linkset").json()["linkset"]
    assert EPIL in about
    assert "https://ref.gs1.org/voc/traceability" not in about
    [about] = stranger.get("/" + CASE.split("/", 3)[3] + "?linkType=linkset").json()["linkset"]
    assert about["itemDescription"] == "Shipping container"


@pytest.mark.parametrize(
    ("accepts", "expected"),
    [("de", "de"), ("fr, pt;q=0.5", "pt"), ("de;q=0.3,pt", "pt"), ("", "de")],
)
@pytest.mark.parametrize("word", ["gs1:epil", EPIL, "https://gs1.org/voc/epil"])
def test_one_link_leads_there_in_the_readers_language(
    word: str, accepts: str, expected: str, sold: Goods, leaflets: Any, stranger: Client
) -> None:
    response = stranger.get(PACK, {"linkType": word}, headers={"Accept-Language": accepts})
    assert response.status_code == 307
    assert response["Location"] == f"http://testserver/leaflets/{leaflets[expected].pk}/"
    assert not response.cookies


def test_the_language_of_the_address_comes_first(
    sold: Goods, leaflets: Any, stranger: Client
) -> None:
    asked = {"linkType": "gs1:epil", "lang": "de"}
    response = stranger.get(PACK, asked, headers={"Accept-Language": "pt"})
    assert response["Location"].endswith(f"/leaflets/{leaflets['de'].pk}/")


@pytest.mark.parametrize(
    "word", ["gs1:epil", "gs1:nonsense", "schema:url", "epil", "\x00", "x" * 900]
)
def test_a_link_that_is_not_there_is_not_found(word: str, sold: Goods, stranger: Client) -> None:
    machine = stranger.get(PACK, {"linkType": word}, headers={"Accept": "application/json"})
    assert machine.status_code == 404
    assert "gs1:pip" in machine.json()["linkTypes"]
    person = stranger.get(PACK, {"linkType": word}, headers={"Accept": "text/html"})
    assert person.status_code == 404
    assert b"No such link" in person.content


@pytest.mark.parametrize(
    ("path", "status"), [(f"/01/{GTIN[:-1]}4/21/S0", 400), ("/01/09521234543008/21/S0", 404)]
)
def test_a_code_that_names_nothing_is_never_ok(
    path: str, status: int, sold: Goods, stranger: Client
) -> None:
    assert stranger.get(path, {"linkType": "linkset"}).status_code == status
    assert stranger.get(path, {"linkType": "gs1:epil"}).status_code == status


def test_every_answer_says_where_the_list_is(sold: Goods, stranger: Client) -> None:
    for response in (stranger.get(PACK), stranger.head(PACK), stranger.options(PACK)):
        assert f'<{PACK}?linkType=linkset>; rel="linkset"' in response["Link"]
        assert f'<https://id.gs1.org{PACK}>; rel="owl:sameAs"' in response["Link"]
        assert response["Access-Control-Allow-Origin"] == "*"
    assert stranger.options(PACK).status_code == 204
    assert stranger.post(PACK).status_code == 405


def test_the_resolver_describes_itself(stranger: Client) -> None:
    told = stranger.get("/.well-known/gs1resolver").json()
    assert told["resolverRoot"] == "http://testserver/"
    assert told["supportedPrimaryKeys"] == ["00", "01"]
    assert told["supportedLinkType"] == [
        {"namespace": "https://ref.gs1.org/voc/", "prefix": "gs1:"}
    ]
