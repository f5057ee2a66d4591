from __future__ import annotations

import hashlib
from uuid import UUID

import pytest

from pharmatrace.kernel.gs1 import identifiers
from pharmatrace.kernel.gs1.identifiers import Sgtin, Sscc, make_sscc, package_ids, sgtin_path
from pharmatrace.kernel.gs1.prefixes import company_prefix_length
from pharmatrace.kernel.refusal import Refused


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("4012345111118", "04012345111118"),
        (" 04012345111118 ", "04012345111118"),
    ],
)
def test_gtins_of_every_length_become_14_digits(text, gtin):
    assert identifiers.gtin14(text) == gtin


@pytest.mark.parametrize(
    ("check", "text", "code"),
    [
        (identifiers.gtin14, "4012345111119", "gtin_check_digit"),
        (identifiers.gtin14, "401234511111", "gtin_check_digit"),
        (identifiers.gtin14, "40123451111", "gtin_length"),
        (identifiers.gtin14, "40123451111l8", "gtin_characters"),
        (identifiers.gtin14, "", "gtin_characters"),
        (identifiers.gln, "4012345000055", "gln_check_digit"),
        (identifiers.gln, "401234500005", "gln_length"),
        (identifiers.sscc, "340123451111111112", "sscc_check_digit"),
        (identifiers.sscc, "34012345111111111", "sscc_length"),
        (identifiers.serial, "", "serial_missing"),
        (identifiers.serial, "A" * 21, "serial_length"),
        (identifiers.serial, "A B", "serial_characters"),
        (identifiers.serial, "A#1", "serial_characters"),
        (identifiers.serial, "Ä1", "serial_characters"),
    ],
)
def test_wrong_keys_are_refused_by_name(check, text, code):
    with pytest.raises(Refused) as refused:
        check(text)
    assert refused.value.codes == (code,)


def test_a_mistyped_gtin_is_told_the_digit_it_should_end_with():
    with pytest.raises(Refused, match="should be 8, not 9"):
        identifiers.gtin14("4012345111119")


def test_the_package_id_is_the_start_of_the_hash_of_the_path():
    pack = Sgtin("04012345111118", "ABC-1")
    assert pack.path == "01/04012345111118/21/ABC-1"
    assert pack.uri == "https://id.gs1.org/01/04012345111118/21/ABC-1"
    assert pack.package_id == UUID(bytes=hashlib.sha256(pack.path.encode()).digest()[:16])
    case = Sscc("340123451111111111")
    assert case.path == "00/340123451111111111"
    assert package_ids([pack.path, case.path]) == [pack.package_id, case.package_id]


@pytest.mark.parametrize(
    ("serial", "written"),
    [
        ("A/1", "A%2F1"),
        ("50%", "50%25"),
        ("a'b;c=d", "a'b;c=d"),
        ("(1)", "%281%29"),
        ("_-.", "_-."),
    ],
)
def test_serials_are_percent_encoded_only_where_needed(serial, written):
    assert sgtin_path("04012345111118", serial) == f"01/04012345111118/21/{written}"


def test_a_new_sscc_is_filled_and_gets_its_check_digit():
    assert make_sscc("3", "4012345", 111111111) == "340123451111111111"
    assert make_sscc("0", "4012345", 1)[:17] == "04012345000000001"
    with pytest.raises(Refused) as refused:
        make_sscc("3", "4012345", 1111111111)
    assert refused.value.codes == ("sscc_parts",)


@pytest.mark.parametrize(
    ("key", "length"), [("7044610873466", 6), ("4012345111118", 7), ("abc", None), ("", None)]
)
def test_company_prefix_lengths(key, length):
    assert company_prefix_length(key) == length
