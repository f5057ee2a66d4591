from __future__ import annotations

from datetime import date

import pytest

from pharmatrace.kernel.gs1.digital_link import build_link, open_link, parse_link
from pharmatrace.kernel.gs1.normal_form import normal_uri
from pharmatrace.kernel.refusal import Refused


def test_a_link_is_built_in_the_order_of_the_standard():
    link = build_link(
        "https://mia.example/", gtin="4012345111118", serial="A/1", lot="L 1".replace(" ", "+"),
        expiry=date(2027, 10, 31),
    )  # fmt: skip
    assert link == "https://mia.example/01/04012345111118/10/L%2B1/21/A%2F1?17=271031"
    found = parse_link(link)
    assert found.stem == "https://mia.example"
    assert found.elements == {"01": "04012345111118", "10": "L+1", "21": "A/1", "17": "271031"}


def test_a_link_names_a_pack_or_a_unit_not_both_nor_none():
    assert build_link("https://d.example", sscc="340123451111111111").endswith(
        "/00/340123451111111111"
    )
    for keys in ({}, {"gtin": "4012345111118", "sscc": "340123451111111111"}):
        with pytest.raises(Refused) as refused:
            build_link("https://d.example", **keys)
        assert refused.value.codes == ("link_key",)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://mia.example/01/04012345111118", "link_host"),
        ("https:///01/04012345111118", "link_host"),
        ("https://mia.example/01", "link_key_missing"),
        ("https://mia.example/01/04012345111118/21", "link_key_missing"),
        ("https://mia.example/01/04012345111119/21/A", "gtin_check_digit"),
        ("https://mia.example/01/04012345111118/21/A/10/L", "link_qualifiers"),
        ("https://mia.example/01/04012345111118/77/A", "unknown_ai"),
        ("https://mia.example/01/04012345111118?21=A", "link_key_in_query"),
        ("https://mia.example/01/04012345111118?17=271340", "expiry_impossible"),
        ("https://mia.example/01/04012345111118/21/A%2", "link_percent"),
        ("https://mia.example/01/04012345111118/21/A/", "link_key_missing"),
        ("https://mia.example/01/04012345111118/21/A/17/271031", "link_qualifiers"),
        ("https://mia.example/01/04012345111118/235/T/21/A", "link_qualifiers"),
        ("https://mia.example/01/04012345111118?10=L", "link_key_in_query"),
        ("https://mia.example/01/04012345111118/21/A?99=B+C", "value_characters"),
        ("https://mia.example/01/04012345111118/21/A<B", "link_characters"),
        ("https://mia_x.example/01/04012345111118/21/A", "link_host"),
        ("https://mia@d.example/01/04012345111118/21/A", "link_host"),
        ("https://mia.example/01/04012345111118/21/A%20B", "serial_characters"),
    ],
)
def test_wrong_links_explain_themselves(url, code):
    with pytest.raises(Refused) as refused:
        parse_link(url)
    assert code in refused.value.codes


@pytest.mark.parametrize(
    ("url", "elements"),
    [
        ("https://mia.example/x/gtin/4012345111118/cpv/V/lot/L/ser/S?exp=271031",
         {"01": "04012345111118", "22": "V", "10": "L", "21": "S", "17": "271031"}),
        ("HTTPS://MIA.EXAMPLE/GTIN/04012345111118/SER/S",
         {"01": "04012345111118", "21": "S"}),
        ("https://mia.example/01/04012345111118/235/T?10=L;99=X&lot=theirs&linkType=all",
         {"01": "04012345111118", "235": "T", "10": "L", "99": "X"}),
        ("https://mia.example/414/4012345000054/glnx/7", {"414": "4012345000054", "254": "7"}),
    ],
)  # fmt: skip
def test_links_are_read_in_all_their_spellings(url, elements):
    assert parse_link(url).elements == elements


@pytest.mark.parametrize(
    ("uri", "normal"),
    [
        ("https://mia.example/a/01/4012345111118/10/L/21/S?17=271031", "01/04012345111118/21/S"),
        ("http://mia.example/gtin/04012345111118/lot/L", "01/04012345111118/10/L"),
        ("https://id.gs1.org/01/04012345111118/22/2A", "01/04012345111118"),
        ("https://d.example/414/4012345000054/254/7/", "414/4012345000054/254/7"),
        ("https://d.example/01/04012345111118/21/a%27b%28", "01/04012345111118/21/a'b%28"),
        ("urn:epc:id:sgln:4012345.00005.0", "414/4012345000054"),
    ],
)
def test_normal_form(uri, normal):
    assert normal_uri(uri) == f"https://id.gs1.org/{normal}"
    assert normal_uri(normal_uri(uri)) == normal_uri(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "https://transaction.acme.com/po/12345678",
        "https://d.example/01/abc",
        "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8",
        "urn:epc:id:sgtin:nonsense",
        "geo:50.9,6.9",
        "",
    ],
)
def test_uris_without_a_gs1_key_stay_as_they_are(uri):
    assert normal_uri(uri) == uri


@pytest.mark.parametrize(
    ("host", "good"),
    [
        ("a:1", True),
        ("a:65535", True),
        ("a:65536", False),
        ("a:0", False),
        ("a:x", False),
        ("[::1]:8080", True),
        ("[2001:db8::1]", True),
        ("[1:2:3]", False),
        ("[fe80::1%25lo]", False),
        ("a@b", False),
    ],
)
def test_the_host_of_a_link_is_a_name_or_an_address_with_a_port_that_exists(host, good):
    problems = open_link(f"https://{host}/01/09521234543213")[1].problems
    assert [problem.code for problem in problems] == ([] if good else ["link_host"])


@pytest.mark.parametrize("link", ["https://id.gs1.org/AQnYUc1gmiCNV4JGAA", "https://mia.example/p/ARHFjmRxIA"])  # fmt: skip
def test_a_link_that_may_be_compressed_is_refused_by_that_name(link):
    assert [problem.code for problem in open_link(link)[1].problems] == ["link_compressed"]


@pytest.mark.parametrize("link", ["https://mia.example/about-us", "https://mia.example/", "https://mia.example/products"])  # fmt: skip
def test_a_link_to_somewhere_else_has_no_key(link):
    assert [problem.code for problem in open_link(link)[1].problems] == ["link_key_missing"]


@pytest.mark.parametrize(
    "link",
    [
        "HTTPS://ID.GS1.ORG/01/09521234543213/21/A1",
        "Http://mia.example/GTIN/09521234543213/SER/A1",
        "https://mia.example/gtin/9521234543213/ser/A1",
    ],
)
def test_upper_case_makes_no_other_identity(link):
    """RFC 3986 §6.2.2.1: scheme and host have no case."""
    assert normal_uri(link) == "https://id.gs1.org/01/09521234543213/21/A1"
