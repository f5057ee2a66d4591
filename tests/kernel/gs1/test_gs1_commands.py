"""The commands that need no Django: read, link, epc."""

from __future__ import annotations

import io
import json

import pytest

from pharmatrace.kernel.__main__ import main
from pharmatrace.kernel.gs1.link_writing import write_link
from pharmatrace.kernel.refusal import Refused


def _read(monkeypatch, capsys, *lines: str) -> tuple[int, list[dict]]:
    content = io.TextIOWrapper(io.BytesIO("\n".join(lines).encode()))
    monkeypatch.setattr("sys.stdin", content)
    status = main(["read"])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_read_answers_each_line(monkeypatch, capsys):
    good = "010401234511111817271000" + "10L1\x1d21SN42"
    bad = "010401234511111921SN42"
    status, answers = _read(monkeypatch, capsys, json.dumps(good), json.dumps(bad))
    assert status == 0
    assert answers[0]["elements"] == {
        "01": "04012345111118", "17": "271000", "10": "L1", "21": "SN42"
    }  # fmt: skip
    assert (answers[0]["gtin"], answers[0]["serial"]) == ("04012345111118", "SN42")
    assert (answers[0]["lot"], answers[0]["expiry"]) == ("L1", "2027-10-31")
    assert (answers[0]["problems"], answers[0]["lacks"]) == ([], [])
    problem = answers[1]["problems"][0]
    assert (problem["code"], problem["place"]) == ("gtin_check_digit", 15)
    assert answers[1]["gtin"] is None


def test_a_product_code_is_no_fault_and_lacks_a_serial(monkeypatch, capsys):
    _, answers = _read(monkeypatch, capsys, json.dumps("(01)04012345111118"))
    assert answers[0]["problems"] == []
    assert [one["code"] for one in answers[0]["lacks"]] == ["serial_missing"]


def test_a_line_that_is_no_json_string_does_not_stop_the_others(monkeypatch, capsys):
    status, answers = _read(monkeypatch, capsys, "nope", "7", json.dumps("(00)340123451111111111"))
    assert status == 2
    assert [one["problems"][0]["code"] for one in answers[:2]] == ["not_a_json_string"] * 2
    assert answers[2]["sscc"] == "340123451111111111"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("(01)04012345111118(17)271031(10)A/B(21)x\\(y",
         "https://id.gs1.org/01/04012345111118/10/A%2FB/21/x%28y?17=271031"),
        ("^010401234511111810AB^21xy", "https://id.gs1.org/01/04012345111118/10/AB/21/xy"),
        ("010401234511111810AB^21xy", "https://id.gs1.org/01/04012345111118/10/AB/21/xy"),
        ("]d2010401234511111810AB^21xy", "https://id.gs1.org/01/04012345111118/10/AB/21/xy"),
        ("https://mia.example/01/4012345111118/21/x%28y?17=271031&linkType=all",
         "(01)04012345111118(21)x\\(y(17)271031"),
    ],
)  # fmt: skip
def test_link_goes_both_ways(capsys, text, printed):
    assert main(["link", text]) == 0
    assert capsys.readouterr().out == f"{printed}\n"


def test_a_link_can_have_another_stem(capsys):
    assert main(["link", "(00)340123451111111111", "--stem", "https://mia.example/x/"]) == 0
    assert capsys.readouterr().out == "https://mia.example/x/00/340123451111111111\n"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("(01)04012345111119(21)A", "gtin_check_digit", 17),
        ("https://mia.example/01/04012345111118/21/A/10/B", "link_qualifiers", 0),
        ("https://mia.example/01/04012345111118/21/A#B", "", 0),
        ("(10)LOT", "link_key_missing", 0),
    ],
)
def test_link_says_what_is_wrong(capsys, text, code, place):
    status = main(["link", text])
    errors = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert status == bool(code)
    assert [(one["code"], one["place"]) for one in errors] == ([(code, place)] if code else [])


def test_epc_goes_both_ways(capsys):
    link = "https://id.gs1.org/01/04012345111118/21/SN%2F42"
    assert main(["epc", link, "--gcp-length", "7"]) == 0
    urn = capsys.readouterr().out.strip()
    assert urn == "urn:epc:id:sgtin:4012345.011111.SN%2F42"
    assert main(["epc", urn]) == 0
    assert capsys.readouterr().out.strip() == link


def test_an_unknown_prefix_length_is_not_guessed(capsys):
    assert main(["epc", "https://id.gs1.org/01/02345678901289/21/A"]) == 1
    assert json.loads(capsys.readouterr().err)["code"] == "prefix_length_unknown"


def test_elements_without_a_place_in_a_link_are_refused():
    with pytest.raises(Refused) as refused:
        write_link({"01": "04012345111118", "22": "A", "235": "B"})
    assert refused.value.codes == ("link_attribute",)
