"""Fields of one's own: named in full or by a prefix, as texts, numbers and times, everywhere they may stand."""

from __future__ import annotations

from typing import Any

import pytest

from apps.exchange.problems import EpcisException
from apps.exchange.query import read_query, read_query_object
from pharmatrace.kernel.epcis.jsonld import write_event
from pharmatrace.kernel.epcis.xml_reading import XmlDocument
from tests.exchange.query.conftest import Ask, Tell

pytestmark = pytest.mark.django_db
NS = "https://ns.example.com/epcis/"
EX, ANOTHER, FOREIGN = {"ex": NS}, {"p": NS}, {"ex": "https://elsewhere.example/"}
WHEN = "2026-11-20T10:00:00.000Z"


@pytest.fixture
def events(tell: Tell) -> None:
    def own(name: str, context: Any = EX, **fields: Any) -> None:
        tell(name, fields={"@context": context, **fields})

    own("red", **{"ex:colour": "red", "ex:size": 3})
    own("blue", ANOTHER, **{"p:colour": "blue", "p:size": 12.5})
    own("foreign", FOREIGN, **{"ex:colour": "red", "ex:size": 3})
    own("texts", **{"ex:colour": ["green", "red"], "ex:size": "7"})
    own("timed", **{"ex:when": "2026-11-20T11:00:00+01:00", "ex:size": "seven"})
    own("later", **{"ex:when": "2026-11-21T11:00:00Z", "ex:ok": True, "ex:none": None})
    own(
        "odd",
        **{"ex:when": "2026-02-31T11:00:00Z", "ex:size": "1e999", "ex:colour": {"ex:in": "red"}},
    )
    own("deep", **{"ex:box": {"ex:list": [{"ex:colour": "red", "ex:size": 4}], "ex:when": WHEN}})
    own("full", **{NS + "colour": "full"})
    tell("nothing")


FOUND = [
    # A prefix that nobody declared is the documents' own.
    ("EQ_ex:colour", "red", ["red", "foreign", "texts"]),
    ("EQ_p:colour", "blue", ["blue"]),
    ("EQ_q:colour", "blue", []),
    # In full, it is found under every prefix.
    (f"EQ_{NS}colour", "red", ["red", "texts"]),
    (f"EQ_{NS}colour", "red|blue", ["red", "blue", "texts"]),
    (f"EQ_{NS}#colour", "blue", ["blue"]),
    (f"EQ_{NS}colour", "full", ["full"]),
    (f"EQ_{NS}colour", "RED", []),
    # Numbers are numbers, texts that read as such included.
    (f"EQ_{NS}size", "3", ["red"]),
    (f"EQ_{NS}size", "3.00|7", ["red", "texts"]),
    (f"EQ_{NS}size", "seven", ["timed"]),
    (f"GT_{NS}size", "3", ["blue", "texts"]),
    (f"GE_{NS}size", "3", ["red", "blue", "texts"]),
    (f"LT_{NS}size", "7", ["red"]),
    (f"LE_{NS}size", "7", ["red", "texts"]),
    (f"LE_{NS}size", "-1e3", []),
    # Times are times.
    (f"EQ_{NS}when", WHEN, ["timed"]),
    (f"EQ_{NS}when", "2026-11-20T11:00:00+01:00", ["timed"]),
    (f"GE_{NS}when", WHEN, ["timed", "later"]),
    (f"GT_{NS}when", WHEN, ["later"]),
    (f"LT_{NS}when", WHEN, []),
    (f"LE_{NS}when", WHEN, ["timed"]),
    (f"EQ_{NS}ok", "true", ["later"]),
    # Whatever it holds.
    (f"EXISTS_{NS}when", "", ["timed", "later", "odd"]),
    (f"EXISTS_{NS}none", "true", []),
    (f"EXISTS_{NS}box", "", ["deep"]),
    ("EXISTS_p:size", "", ["blue"]),
    # Inside a field of their own, at any depth; the field itself is not inside.
    (f"EQ_INNER_{NS}colour", "red", ["deep"]),
    (f"GE_INNER_{NS}size", "4", ["deep"]),
    (f"GT_INNER_{NS}size", "4", []),
    (f"LE_INNER_{NS}when", WHEN, ["deep"]),
    (f"EQ_INNER_{NS}in", "red", ["odd"]),
    (f"EXISTS_INNER_{NS}list", "", ["deep"]),
    (f"EXISTS_INNER_{NS}box", "", []),
]


def test_what_is_found(events: None, ask: Ask) -> None:
    for name, value, names in FOUND:
        assert ask(**{name: value}) == names, (name, value)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"@context": EX, "EQ_ex:colour": ["red"]}, ["red", "texts"]),
        ({"@context": {"any": NS}, "EQ_any:colour": ["blue", "red"]}, ["red", "blue", "texts"]),
        ({"@context": FOREIGN, "EQ_ex:colour": ["red"]}, ["foreign"]),
        ({"EQ_ex:size": 3}, ["red", "foreign"]),
        ({"@context": EX, "EQ_ex:size": 7}, ["texts"]),
        ({"@context": EX, "GE_ex:size": 12.5}, ["blue"]),
        ({"@context": EX, "GE_ex:when": WHEN}, ["timed", "later"]),
        ({"@context": EX, "EQ_ex:when": WHEN}, ["timed"]),
        ({"@context": EX, "EXISTS_ex:box": None}, ["deep"]),
        ({"@context": EX, "EXISTS_ex:box": 1, "EQ_INNER_ex:size": 4}, ["deep"]),
        ({"@context": EX, "EXISTS_ex:box": 0, "EQ_ex:size": 3}, ["red"]),
        ({"@context": EX, "EQ_ex:ok": True}, ["later"]),
    ],
)
def test_what_a_named_query_finds(events: None, ask: Ask, asked: Any, names: list[str]) -> None:
    assert ask(asked) == names


@pytest.mark.parametrize(
    "asked",
    [
        {"GT_ex:size": "many"}, {"GT_ex:size": "|"}, {"LE_ex:size": "1|2"}, {"EQ_ex:size": "|"},
        {"EXISTS_ex:size": "yes"}, {"GE_ex:size": "nan"}, {"GE_ex:size": "1" * 100},
        {"EQ_ex:": "x"}, {"EQ_:x": "x"}, {"EQ_ex:a\x00b": "x"},
    ],
)  # fmt: skip
def test_what_is_refused(asked: Any) -> None:
    with pytest.raises(EpcisException) as refused:
        read_query({name: [value] for name, value in asked.items()})
    assert refused.value.name == "QueryParameterException"


@pytest.mark.parametrize(
    "asked",
    [
        {"GT_ex:size": True}, {"GT_ex:size": [1, 2]}, {"EQ_ex:size": {"a": 1}}, {"EQ_ex:size": [[1]]},
        {"EQ_ex:size": [None]}, {"GE_ex:size": float("nan")}, {"GE_ex:size": 10**400},
        {"EQ_ex:size": ["\ud800"]}, {"EQ_ex:\udfff": ["x"]}, {"EQ_ex:x": ["a\x00b"]},
        {"EQ_ex:x": ["a"] * 1_001},
        {f"EQ_ex:x{n}": ["a"] for n in range(101)},
    ],
)  # fmt: skip
def test_what_a_named_query_may_not_say(asked: Any) -> None:
    with pytest.raises(EpcisException) as refused:
        read_query_object(asked)
    assert refused.value.name == "QueryParameterException"
    assert refused.value.body()


SCOPED = {
    "ILMD": {"type": "ObjectEvent", "action": "ADD", "ilmd": "*"},
    "ERROR_DECLARATION": {"errorDeclaration": {"declarationTime": WHEN, "*": 1}},
    "SENSORELEMENT": {"sensorElementList": [{"sensorReport": [{"type": "Temperature"}], "*": 1}]},
    "SENSORMETADATA": {
        "sensorElementList": [
            {
                "sensorReport": [{"type": "Temperature"}],
                "sensorMetadata": {"time": WHEN, "*": 1},
            }
        ]
    },
    "SENSORREPORT": {"sensorElementList": [{"sensorReport": [{"type": "Temperature", "*": 1}]}]},
    "readPoint": {"readPoint": {"id": "urn:x:dock", "*": 1}},
    "bizLocation": {"bizLocation": {"id": "urn:x:dock", "*": 1}},
}
FIELDS = {"ex:a": 5, "ex:b": {"ex:c": [{"ex:d": "deep", "ex:a": 9}]}}


def filled(shape: Any) -> Any:
    """`shape` with FIELDS in the place of its star."""
    if isinstance(shape, list):
        return [filled(one) for one in shape]
    if not isinstance(shape, dict):
        return FIELDS if shape == "*" else shape
    inner = {name: filled(one) for name, one in shape.items() if name != "*"}
    return inner | (FIELDS if "*" in shape else {})


@pytest.mark.parametrize("scope", SCOPED)
def test_a_field_is_found_where_it_stands_and_nowhere_else(
    events: None, ask: Ask, tell: Tell, scope: str
) -> None:
    tell("here", fields={"@context": EX, **filled(SCOPED[scope])})
    asked = [
        ("EQ_{}ex:a", "5"), ("GT_{}ex:a", "4"), ("GE_{}ex:a", "5"), ("LT_{}ex:a", "6"),
        ("LE_{}ex:a", "5"), ("EXISTS_{}ex:b", ""), ("EQ_INNER_{}ex:d", "deep"),
        ("GE_INNER_{}ex:a", "9"), ("EXISTS_INNER_{}ex:c", ""), (f"EQ_{{}}{NS}a", "5"),
    ]  # fmt: skip
    for name, value in asked:
        assert ask(**{name.format(f"{scope}_"): value}) == ["here"]
        for other in {"", *(f"{one}_" for one in SCOPED)} - {f"{scope}_"}:
            assert ask(**{name.format(other): value}) == []
    assert ask(**{f"EQ_{scope}_ex:a": "9"}) == []
    assert ask(**{f"EQ_INNER_{scope}_ex:a": "5"}) == []


XML = f"""<?xml version="1.0"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:own="{NS}" schemaVersion="2.0"
 creationDate="{WHEN}"><EPCISBody><EventList><ObjectEvent><eventTime>{WHEN}</eventTime>
 <eventTimeZoneOffset>+00:00</eventTimeZoneOffset><eventID>urn:x:xml</eventID><epcList/>
 <action>OBSERVE</action><own:weight own:by="scale">12.50</own:weight><own:note>n</own:note>
 </ObjectEvent></EventList></EPCISBody></epcis:EPCISDocument>"""


def test_what_came_as_xml_is_found(events: None, ask: Ask, tell: Tell) -> None:
    [(_, event)] = XmlDocument(XML.encode())
    tell("xml", of=write_event(event))
    assert ask(**{f"EQ_{NS}note": "n"}) == ["xml"]
    assert ask(**{f"EQ_{NS}weight": "12.5"}) == ["xml"]
    assert ask(**{f"GT_{NS}weight": "12.5"}) == []
    assert ask(**{f"EQ_INNER_{NS}by": "scale"}) == ["xml"]


def test_what_gs1_declares_needs_no_declaration(events: None, ask: Ask, tell: Tell) -> None:
    tell("lot", action="ADD", ilmd={"cbvmda:lotNumber": "L77"})
    for name in ("cbvmda:lotNumber", "urn:epcglobal:cbv:mda:lotNumber"):
        assert ask(**{f"EQ_ILMD_{name}": "L77"}) == ["lot"]
