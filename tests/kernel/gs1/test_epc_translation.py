from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pharmatrace.kernel.gs1.characters import SET_39, SET_82
from pharmatrace.kernel.gs1.check_digit import check_digit
from pharmatrace.kernel.gs1.digital_link import parse_link
from pharmatrace.kernel.gs1.epc_of_link import Prefixes, urn_of_link
from pharmatrace.kernel.gs1.epc_translation import translate
from pharmatrace.kernel.gs1.link_writing import write_link
from pharmatrace.kernel.refusal import Refused

TEXT = st.text(sorted(SET_82), min_size=1, max_size=16)
PART = st.text(sorted(SET_39), min_size=1, max_size=18)
LENGTHS = st.integers(6, 12)


def _digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


def _key(count: int) -> st.SearchStrategy[str]:
    return _digits(count - 1).map(lambda body: body + check_digit(body))


ELEMENTS = st.one_of(
    st.fixed_dictionaries({"01": _key(14), "21": TEXT}),
    st.fixed_dictionaries({"01": _key(14), "10": TEXT}),
    st.fixed_dictionaries({"01": _key(14), "235": TEXT}),
    st.fixed_dictionaries({"01": _key(14)}),
    st.fixed_dictionaries({"00": _key(18)}),
    st.fixed_dictionaries({"414": _key(13)}),
    st.fixed_dictionaries({"414": _key(13), "254": TEXT.filter(lambda text: text != "0")}),
    st.fixed_dictionaries({"417": _key(13)}),
    st.fixed_dictionaries({"8017": _key(18)}),
    st.fixed_dictionaries({"8018": _key(18)}),
    st.fixed_dictionaries({"402": _key(17)}),
    st.tuples(_key(13), TEXT).map(lambda parts: {"253": "".join(parts)}),
    st.tuples(_key(13), _digits(5)).map(lambda parts: {"255": "".join(parts)}),
    st.tuples(_key(13), TEXT).map(lambda parts: {"8003": "0" + "".join(parts)}),
    st.tuples(_key(14), TEXT).map(lambda parts: {"8006": parts[0] + "0102", "21": parts[1]}),
    st.tuples(_digits(12), TEXT).map(lambda parts: {"8004": "".join(parts)}),
    st.tuples(_digits(12), TEXT).map(lambda parts: {"401": "".join(parts)}),
    st.tuples(_digits(12), PART).map(lambda parts: {"8010": "".join(parts), "8011": "17"}),
    st.tuples(_digits(12), PART).map(lambda parts: {"8010": "".join(parts)}),
)


@given(ELEMENTS, LENGTHS)
def test_every_link_becomes_a_urn_and_comes_back(elements, length):
    urn = urn_of_link(write_link(elements), Prefixes(length=length))
    back = translate(urn)
    assert urn_of_link(back, Prefixes(length=length)) == urn
    assert write_link(parse_link(back).elements) == write_link(elements)


def test_the_length_of_a_prefix_comes_from_the_registration_or_the_table():
    link = "https://id.gs1.org/01/09521234543213/21/A"
    assert urn_of_link(link) == "urn:epc:id:sgtin:9521234.054321.A"
    own = Prefixes.of(["952123454", "9521"])
    assert urn_of_link(link, own) == "urn:epc:id:sgtin:952123454.0321.A"


@pytest.mark.parametrize(
    ("uri", "length", "code"),
    [
        ("https://id.gs1.org/01/02345678901289/21/A", None, "prefix_length_unknown"),
        ("https://id.gs1.org/01/09521234543213/21/A", 5, "prefix_length"),
        ("https://id.gs1.org/01/09521234543213/22/A", 7, "epc_missing"),
        ("https://id.gs1.org/8013/1987654Ad4X4bL5ttr2310c2K", 7, "epc_missing"),
        ("https://id.gs1.org/01/09521234543219/21/A", 7, "gtin_check_digit"),
        ("https://id.gs1.org/8004/95212345", 8, "urn_form"),
        ("urn:epc:id:sgtin:9521234.54321.A", None, "urn_form"),
        ("urn:ec:id:sgtin:9521234.054321.A", None, "urn_scheme"),
        ("nonsense", None, "epc_uri"),
        ("", None, "epc_uri"),
    ],
)
def test_what_cannot_be_translated_says_why(uri, length, code):
    with pytest.raises(Refused) as refused:
        translate(uri, Prefixes(length=length))
    assert refused.value.codes == (code,)


def test_urn_and_epc_may_be_in_capitals():
    assert translate("URN:EPC:id:sgtin:0614141.107346.2017").endswith("/01/10614141073464/21/2017")
    with pytest.raises(Refused):
        translate("urn:epc:ID:SGTIN:0614141.107346.2017")


@pytest.mark.parametrize(
    "uri",
    [
        "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8",
        "urn:mia:pallet:7",
        "urn:jaif:id:obj:37SUN321456A111222333AB+123456789",
        "urn:epc:id:gid:95100000.12345.400",
        "urn:epc:id:bic:CSQU3054383",
    ],
)
def test_private_urns_are_kept_as_they_are(uri):
    assert translate(uri) == uri
