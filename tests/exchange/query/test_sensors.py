"""What sensors said, in whatever unit."""

from __future__ import annotations

from typing import Any

import pytest

from apps.exchange.problems import EpcisException
from apps.exchange.query import read_query
from tests.exchange.query.conftest import Ask, Tell

pytestmark = pytest.mark.django_db
DEVICE, RULES = "https://id.gs1.org/8004/9521234111", "https://ns.example.com/rules/1"
METHOD, BUG = "https://ns.example.com/method/1", "https://ns.example.com/taxonomy/1"
STUFF, LINK = "https://ns.example.com/inchi/1", "https://ns.example.com/uri"


@pytest.fixture
def events(tell: Tell) -> None:
    def sensed(name: str, report: Any = (), **metadata: Any) -> None:
        element: dict[str, Any] = {"sensorReport": [{"type": "Temperature", **dict(report)}]}
        if metadata:
            element["sensorMetadata"] = metadata
        tell(name, sensorElementList=[element])

    tell("none")
    sensed("plain")
    sensed("times", time="2026-11-20T08:00:00Z", startTime="2026-11-20T07:00:00.000500Z",
           endTime="2026-11-20T09:00:00+02:00")  # fmt: skip
    sensed("reported", {"time": "2026-11-21T08:00:00Z"})
    sensed("device", deviceID=DEVICE, dataProcessingMethod=METHOD, bizRules=RULES)
    sensed("report", {"deviceID": DEVICE, "dataProcessingMethod": METHOD, "bizRules": RULES,
                      "microorganism": BUG, "chemicalSubstance": STUFF})  # fmt: skip
    sensed("texts", {"stringValue": "a b", "uriValue": LINK, "hexBinaryValue": "F05b",
                     "booleanValue": True})  # fmt: skip
    sensed("false", {"booleanValue": False})
    sensed("celsius", {"value": 20, "uom": "CEL", "minValue": 18.5, "maxValue": 21.5,
                       "meanValue": 20.1, "sDev": 1, "percRank": 50, "percValue": 20.2})  # fmt: skip
    sensed("fahrenheit", {"value": 77, "uom": "FAH", "minValue": 68, "maxValue": 86,
                          "meanValue": 76.5, "sDev": 9, "percRank": 12.5, "percValue": 75})  # fmt: skip
    sensed("mass", {"type": "Mass", "value": 2.5, "uom": "KGM"})
    sensed("own", {"type": "https://ns.example.com/Shock", "value": 20, "uom": "ZZZ"})


SENSED = ["plain", "times", "reported", "device", "report", "texts", "false", "celsius",
          "fahrenheit", "mass", "own"]  # fmt: skip


FOUND = [
    ("EXISTS_sensorElementList", "", SENSED),
    ("EXISTS_sensorElementList", "true", SENSED),
    ("EXISTS_sensorElementList", "false", ["none", *SENSED]),
    ("GE_time", "2026-11-20T08:00:00Z", ["times", "reported"]),
    ("GE_time", "2026-11-20T08:00:00.001Z", ["reported"]),
    ("LT_time", "2026-11-20T09:00:00+00:30", ["times"]),
    ("GE_startTime", "2026-11-20T07:00:00.0005Z", ["times"]),
    ("GE_startTime", "2026-11-20T07:00:00.000501Z", []),
    ("LT_startTime", "2026-11-20T07:00:00.0005Z", []),
    ("GE_endTime", "2026-11-20T07:00:00Z", ["times"]),
    ("LT_endTime", "2026-11-20T07:00:00Z", []),
    ("LT_endTime", "2026-11-20T07:00:01Z", ["times"]),
    ("EQ_type", "Mass", ["mass"]),
    ("EQ_type", "gs1:Mass|https://ns.example.com/Shock", ["mass", "own"]),
    ("EQ_type", "Humidity", []),
    ("EQ_deviceID", DEVICE, ["device", "report"]),
    ("EQ_deviceID", "urn:epc:id:giai:9521234.111", ["device", "report"]),
    ("EQ_deviceID", RULES, []),
    ("EQ_dataProcessingMethod", METHOD, ["device", "report"]),
    ("EQ_dataProcessingMethod", BUG, []),
    ("EQ_bizRules", RULES, ["device", "report"]),
    ("EQ_bizRules", BUG, []),
    ("EQ_microorganism", BUG, ["report"]),
    ("EQ_microorganism", STUFF, []),
    ("EQ_chemicalSubstance", STUFF, ["report"]),
    ("EQ_chemicalSubstance", BUG, []),
    ("EQ_stringValue", "a b", ["texts"]),
    ("EQ_stringValue", "a|b", []),
    ("EQ_uriValue", LINK, ["texts"]),
    ("EQ_uriValue", BUG, []),
    ("EQ_hexBinaryValue", "F05B", ["texts"]),
    ("EQ_hexBinaryValue", "F0", []),
    ("EQ_booleanValue", "true", ["texts"]),
    ("EQ_booleanValue", "false", ["false"]),
    ("EQ_value_CEL", "20", ["celsius"]),
    ("EQ_value_CEL", "25", ["fahrenheit"]),
    ("EQ_value_KEL", "293.15|298.15", ["celsius", "fahrenheit"]),
    ("GT_value_CEL", "20", ["fahrenheit"]),
    ("GE_value_FAH", "68", ["celsius", "fahrenheit"]),
    ("LT_value_FAH", "77", ["celsius"]),
    ("LE_value_CEL", "25", ["celsius", "fahrenheit"]),
    ("EQ_value_GRM", "2500", ["mass"]),
    ("GT_value_LBR", "5.51", ["mass"]),
    ("GT_value_LBR", "5.52", []),
    ("EQ_value_ZZZ", "20", ["own"]),
    ("EQ_value_MTR", "20", []),
    ("GE_minValue_CEL", "19", ["fahrenheit"]),
    ("LE_minValue_CEL", "18.5", ["celsius"]),
    ("GT_maxValue_CEL", "21.5", ["fahrenheit"]),
    ("LT_maxValue_CEL", "30", ["celsius"]),
    ("EQ_meanValue_CEL", "20.1", ["celsius"]),
    ("EQ_sDev_CEL", "5", ["fahrenheit"]),  # a spread has no zero
    ("LT_sDev_CEL", "5", ["celsius"]),
    ("LE_percValue_FAH", "70", ["celsius"]),
    ("EQ_percRank", "50", ["celsius"]),
    ("LT_percRank", "50", ["fahrenheit"]),
    ("GE_percRank", "12.5", ["celsius", "fahrenheit"]),
    ("GT_percRank", "50", []),
    ("LE_percRank", "1e1", []),
]


def test_what_is_found(events: None, ask: Ask) -> None:
    for name, value, names in FOUND:
        assert ask(**{name: value}) == names, (name, value)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"EXISTS_sensorElementList": None}, SENSED),
        ({"EQ_value_CEL": [20, 25.0]}, ["celsius", "fahrenheit"]),
        ({"GE_value_CEL": 20.5}, ["fahrenheit"]),
        ({"EQ_booleanValue": True}, ["texts"]),
        ({"EQ_booleanValue": False}, ["false"]),
        ({"EQ_type": ["Mass"], "GE_value_KGM": 2.5}, ["mass"]),
        ({"GE_percRank": 50}, ["celsius"]),
        ({"EQ_hexBinaryValue": ["f05B"]}, ["texts"]),
    ],
)
def test_what_a_named_query_finds(events: None, ask: Ask, asked: Any, names: list[str]) -> None:
    assert ask(asked) == names


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EXISTS_sensorElementList", "maybe"), ("GE_time", "now"), ("LT_endTime", "1"),
        ("EQ_booleanValue", "yes"), ("EQ_booleanValue", "|"), ("GE_value_CEL", "warm"),
        ("GE_value_CEL", "1|2"), ("EQ_value_CEL", "1|x"), ("GE_percRank", "NaN"),
        ("GT_value_CEL", "1e999"), ("EQ_deviceID", "urn:epc:id:giai:1"), ("EQ_stringValue", "|"),
    ],
)  # fmt: skip
def test_what_is_refused(name: str, value: str) -> None:
    with pytest.raises(EpcisException, match=name if "giai" not in value else "giai"):
        read_query({name: [value]})
