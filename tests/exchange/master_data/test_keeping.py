"""What was told about things can be asked: by attribute, by value, by what belongs to what."""

from __future__ import annotations

from typing import Any

import pytest

from apps.exchange.master_data.keeping import things_with, things_within
from apps.exchange.master_data.models import VocabularyElement
from tests.exchange.master_data.test_proposing import PORTO, send
from tests.exchange.master_data.told import element, lists

pytestmark = pytest.mark.django_db
AREA, SHELF = (f"urn:epc:id:sgln:560100.000002.{n}" for n in ("1", "2"))
HALL = PORTO + "/254/1"


@pytest.fixture
def kept(mia: Any) -> Any:
    inner = {"children": [SHELF], **element(AREA, sst="201", site="5601000000028")}
    outer = {"children": [AREA], **element(PORTO, name="Porto")}
    send(mia, lists(BusinessLocation=[outer, inner, element(SHELF, sst="203")]))
    return mia.organisation.pk


@pytest.mark.parametrize("spelled", ["sst", "urn:epcglobal:cbv:mda:sst", "cbvmda:sst"])
def test_things_that_have_an_attribute(kept: Any, spelled: str) -> None:
    assert set(things_with(kept, spelled)) == {HALL, PORTO + "/254/2"}
    assert set(things_with(kept, spelled, ["201", "999"])) == {HALL}
    assert not things_with(kept, spelled, ["999"])
    assert not things_with(kept, "ssa")


def test_what_belongs_to_a_place(kept: Any) -> None:
    assert things_within(kept, [PORTO]) == {PORTO, HALL, PORTO + "/254/2"}
    assert things_within(kept, ["urn:epc:id:sgln:560100.000002.0"]) == things_within(kept, [PORTO])
    assert things_within(kept, [AREA]) == {HALL, PORTO + "/254/2"}
    assert things_within(kept, ["urn:x"]) == {"urn:x"}


def test_a_circle_of_places_ends(mia: Any, kept: Any) -> None:
    send(mia, lists(BusinessLocation=[{"children": [PORTO], **element(SHELF)}]))
    assert len(things_within(kept, [AREA])) == 3


def test_others_do_not_see_what_we_were_told(kept: Any, dan: Any) -> None:
    assert not things_with(dan.organisation.pk, "sst")
    assert set(things_with(None, "name")) == {PORTO}


def test_the_newest_word_counts(mia: Any, kept: Any) -> None:
    send(mia, lists(BusinessLocation=[element(AREA, sst="204")]), days=1)
    assert set(things_with(kept, "sst", ["204"])) == {HALL}
    assert VocabularyElement.objects.count() == 3
