"""Who finds what: of events about other things, of declarations, of what lies upstream."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from apps.custody.models import CustodyEvent
from tests.custody.goods import CASE, Goods, uri, uris
from tests.exchange.query.conftest import SGTIN, Ask, Tell, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared_hashes(db: None) -> None:
    """A declaration has the hash of the event that it declares wrong."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE custody_custodyevent DROP CONSTRAINT IF EXISTS custody_custodyevent_hash_key"
        )


def test_others_do_not_see_what_somebody_recorded(
    ask: Ask, tell: Tell, mia: Any, dan: Any, rosa: Any
) -> None:
    tell("mia's", epcList=[SGTIN + "A"])
    tell("dan's", who=dan, epcList=[SGTIN + "A"])
    for who, names in ((rosa, ["mia's", "dan's"]), (mia, ["mia's"]), (dan, ["dan's"])):
        assert ask(who=who) == names
        assert ask(who=who, MATCH_epc=SGTIN + "A") == names
        assert ask(who=who, EXISTS_errorDeclaration="") == []


def declared_wrong(event: CustodyEvent, who: Any) -> CustodyEvent:
    declaration = {"declarationTime": "2026-11-20T12:00:00Z", "reason": "did_not_occur"}
    document = event.document | {"errorDeclaration": declaration, "eventID": "urn:x:declared"}
    return row(who, document, kind="declare_error", like=event)


def test_a_declaration_is_seen_like_the_event(
    ask: Ask, goods: Goods, mia: Any, dan: Any, petra: Any, rosa: Any, shared_hashes: None
) -> None:
    for result in (
        goods.commission(mia, uris(2)),
        goods.ship(mia, [uri("S0")], dan),
    ):
        result.raise_refused()
    shipped = CustodyEvent.objects.get(kind="ship")
    declared_wrong(shipped, mia)
    for who, names in ((rosa, ["declared"]), (mia, ["declared"]), (dan, ["declared"]), (petra, [])):
        assert ask(who=who, EXISTS_errorDeclaration="") == names
        assert ask(who=who, EXISTS_errorDeclaration="", MATCH_epc=uri("S0")) == names
    assert ask(who=dan, EQ_errorReason="did_not_occur", MATCH_epc=uri("S1")) == []


def test_a_declaration_about_what_lies_upstream(
    machine: Any, goods: Goods, mia: Any, dan: Any, petra: Any, shared_hashes: None
) -> None:
    for result in (
        goods.commission(mia, uris(3)),
        goods.pack(mia, CASE, [uri("S0"), uri("S1")]),
        goods.ship(mia, [CASE], dan),
    ):
        result.raise_refused()
    declared_wrong(CustodyEvent.objects.get(kind="commission"), mia)
    assert machine(dan).events(EXISTS_errorDeclaration="true") == []
    [found] = machine(dan).events(EXISTS_errorDeclaration="true", MATCH_epc=uri("S0"))
    assert found["epcList"] == [uri("S0")]
    assert machine(petra).events(MATCH_epc=uri("S0")) == []


def test_a_pattern_finds_what_one_did_or_received(
    ask: Ask, goods: Goods, mia: Any, dan: Any, rosa: Any
) -> None:
    goods.commission(mia, uris(2)).raise_refused()
    goods.ship(mia, [uri("S0")], dan).raise_refused()
    pattern = "urn:epc:idpat:sgtin:9521234.*.*"
    assert len(ask(MATCH_epc=pattern)) == 2
    assert len(ask(who=dan, MATCH_epc=pattern)) == 1
    assert ask(MATCH_epc="urn:epc:idpat:sgtin:9521235.*.*") == []


def test_packages_and_other_things_in_one_question(
    ask: Ask, tell: Tell, goods: Goods, mia: Any
) -> None:
    goods.commission(mia, uris(1)).raise_refused()
    tell("other", epcList=["urn:x:thing"])
    assert len(ask(MATCH_anyEPC=f"urn:x:thing|{uri('S0')}")) == 2
    assert ask(MATCH_anyEPC="urn:x:thing", EQ_action="OBSERVE") == ["other"]
