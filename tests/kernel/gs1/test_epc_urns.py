from __future__ import annotations

import pytest

from pharmatrace.kernel.gs1 import epc_urn
from pharmatrace.kernel.gs1.identifiers import Sgtin, Sscc
from pharmatrace.kernel.refusal import Refused

ROUND_TRIPS = [
    (epc_urn.sgtin_urn("04012345111118", "98/6", 7), "urn:epc:id:sgtin:4012345.011111.98%2F6",
     "01/04012345111118/21/98%2F6"),
    (epc_urn.lgtin_urn("04012345123456", "Lot987", 7), "urn:epc:class:lgtin:4012345.012345.Lot987",
     "01/04012345123456/10/Lot987"),
    (epc_urn.sscc_urn("340123451111111111", 7), "urn:epc:id:sscc:4012345.3111111111",
     "00/340123451111111111"),
    (epc_urn.sgln_urn("4012345000054", 7), "urn:epc:id:sgln:4012345.00005.0", "414/4012345000054"),
    (epc_urn.sgln_urn("4012345000054", 7, "122"), "urn:epc:id:sgln:4012345.00005.122",
     "414/4012345000054/254/122"),
    (epc_urn.pgln_urn("4000001000005", 7), "urn:epc:id:pgln:4000001.00000", "417/4000001000005"),
    (epc_urn.pgln_urn("9999999999994", 12), "urn:epc:id:pgln:999999999999.", "417/9999999999994"),
]  # fmt: skip


@pytest.mark.parametrize(("built", "urn", "path"), ROUND_TRIPS)
def test_keys_become_urns_and_come_back(built, urn, path):
    assert built == urn
    assert epc_urn.uri_from_urn(urn) == f"https://id.gs1.org/{path}"


def test_packs_and_units_are_identities_and_places_are_not():
    assert epc_urn.identity_from_urn(ROUND_TRIPS[0][1]) == Sgtin("04012345111118", "98/6")
    assert epc_urn.identity_from_urn(ROUND_TRIPS[2][1]) == Sscc("340123451111111111")
    with pytest.raises(Refused):
        epc_urn.identity_from_urn(ROUND_TRIPS[3][1])


@pytest.mark.parametrize(
    ("urn", "code"),
    [
        ("urn:epc:id:sgtin:4012345.11111.1", "urn_form"),
        ("urn:epc:id:sgtin:40123.4501111.1", "urn_form"),
        ("urn:epc:id:sgtin:4012345.011111.", "urn_form"),
        ("urn:epc:id:sgtin:4012345.011111.a/b", "urn_form"),
        ("urn:epc:id:sgcn:123456789012.12.1234", "urn_form"),
        ("urn:epc:id:nope:4012345.011111.1", "urn_scheme"),
        ("urn:epc:class:sgtin:4012345.011111.1", "urn_scheme"),
        ("https://id.gs1.org/00/1", "urn_scheme"),
    ],
)
def test_wrong_urns_are_refused(urn, code):
    with pytest.raises(Refused) as refused:
        epc_urn.uri_from_urn(urn)
    assert refused.value.codes == (code,)


def test_a_prefix_length_outside_the_standard_is_refused():
    with pytest.raises(Refused) as refused:
        epc_urn.sscc_urn("340123451111111111", 13)
    assert refused.value.codes == ("prefix_length",)
