from __future__ import annotations

from typing import Any

import pytest

from tests.custody.goods import package, uri, uris
from tests.desk.pages import Desk, text


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("sample", "sample"),
        ("export", "exported"),
        ("decommission", "decommissioned"),
        ("destroy", "destroyed"),
        ("report_stolen", "stolen"),
        ("inspect", "active"),
    ],
)
def test_each_kind_has_a_page_that_records_it(mia: Any, goods: Any, kind: str, status: str) -> None:
    goods.commission(mia, uris(2))
    response = Desk(mia).fill_in("record-kind", kind, packages="\n".join(uris(2)))
    assert response.status_code == 302, text(response)
    assert [package(one).status for one in uris(2)] == [status, status]


def test_quarantine_has_sessions_of_its_own(mia: Any) -> None:
    for kind in ("lock", "unlock"):
        moved = mia.client.get(f"/record/{kind}/?package=x")
        assert moved["Location"] == f"/sessions/new/{kind}/?package=x"


def test_a_shipment_is_taken_back(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(1))
    goods.ship(mia, uris(1), dan)
    Desk(mia).fill_in("record-kind", "cancel_shipment", packages=uri("S0"))
    assert package(uri("S0")).status == "active"


def test_an_inspector_records_what_was_seen_anywhere_and_nothing_else(
    rosa: Any, mia: Any, goods: Any
) -> None:
    goods.commission(mia, uris(1))
    assert Desk(rosa).fill_in("record-kind", "inspect", packages=uri("S0")).status_code == 302
    assert Desk(rosa).open("record-kind", "destroy").status_code == 404
    assert Desk(rosa).send("/record/destroy/", {"packages": uri("S0")}).status_code == 404
    assert package(uri("S0")).status == "active"


def test_kinds_with_pages_of_their_own_are_not_offered_twice(mia: Any) -> None:
    assert Desk(mia).open("record-kind", "commission").status_code == 404
