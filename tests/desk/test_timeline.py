from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from apps.desk.templatetags.desk import label
from apps.ledger.services import open_log, seal
from tests.cast import member
from tests.custody.goods import CASE, package, uri, uris
from tests.desk.pages import Desk, text


@pytest.fixture
def life(mia: Any, dan: Any, petra: Any, goods: Any) -> None:
    """A pack's way from Mia over Dan to Petra, in a case for a while."""
    goods.commission(mia, uris(2))
    goods.pack(mia, CASE, uris(2))
    goods.move([CASE], mia, dan)
    goods.unpack(dan, CASE, uris(2))
    goods.move([uri("S0")], dan, petra)


def story(who: Any) -> str:
    return text(Desk(who).open("package", package(uri("S0")).pk))


def test_rosa_reads_everything_with_the_state_of_each_proof(
    life: None, rosa: Any, django_capture_on_commit_callbacks: Any
) -> None:
    before = story(rosa)
    for word in ("Commissioned", "Packed", "Shipped", "Received", "Unpacked"):
        assert word in before
    assert f"inside {label(package(CASE).path)}".replace("\xa0", " ") in before.replace("\xa0", " ")
    assert "Waits for its seal" in before
    assert "Signed by Mia Makes Medicines" in before
    open_log(at=timezone.now())
    seal(at=timezone.now())
    after = story(rosa)
    assert "Waits for its seal" not in after
    assert "in the checkpoint of" in after
    assert (
        f"/verify/evidence/{package(uri('S0')).path}"
        in Desk(rosa).open("package", package(uri("S0")).pk).content.decode()
    )


def test_a_party_reads_its_part_and_what_came_before(life: None, mia: Any, dan: Any) -> None:
    mias = story(mia)
    assert "Received" in mias  # Dan did, and Mia had sent it
    assert "Petra" not in mias
    assert "Unpacked" not in mias
    dans = story(dan)
    assert "Commissioned" in dans
    assert "Petra" in dans  # to whom he shipped it


def test_whoever_never_had_it_reads_nothing(life: None) -> None:
    otto = member(
        name="Otto", kind="distributor", company="Otto Overland", gln="4012345000009",
        site_gln="4012345000016", city="Kiel", country="DE", activity="wholesale",
    )  # fmt: skip
    said = story(otto)
    assert "never handled this package" in said
    assert "Dan Distributes" not in said
    assert "Porto" not in said


def test_looking_up_leads_to_the_package(life: None, rosa: Any) -> None:
    response = Desk(rosa).open("look-up", code="(01)09521234543213(21)S0")
    assert response["Location"] == f"/packages/{package(uri('S0')).pk}/"
    assert "Never registered" in text(Desk(rosa).open("look-up", code=uri("NOPE")))
