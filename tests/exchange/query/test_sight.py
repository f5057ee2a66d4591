"""Who finds what: of events about other things, and of packages by pattern."""

from __future__ import annotations

from typing import Any

import pytest

from tests.custody.goods import Goods, uri, uris
from tests.exchange.query.conftest import SGTIN, Ask, Tell

pytestmark = pytest.mark.django_db


def test_others_do_not_see_what_somebody_recorded(
    ask: Ask, tell: Tell, mia: Any, dan: Any, rosa: Any
) -> None:
    tell("mia's", epcList=[SGTIN + "A"])
    tell("dan's", who=dan, epcList=[SGTIN + "A"])
    for who, names in ((rosa, ["mia's", "dan's"]), (mia, ["mia's"]), (dan, ["dan's"])):
        assert ask(who=who) == names
        assert ask(who=who, MATCH_epc=SGTIN + "A") == names
        assert ask(who=who, EXISTS_errorDeclaration="") == []


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
