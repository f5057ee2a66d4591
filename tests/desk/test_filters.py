"""Lists are narrowed down by what stands in the address; what is asked often is kept under a name."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from apps.parties.saved_filters import MOST, SavedFilter, without_page
from tests.custody.goods import CASE, batch_of, uri, uris
from tests.desk.pages import Desk, after, text

SAVE = "/filters/"


def save(who: Any, name: str, query: str, page: str = "desk:events") -> Any:
    return who.client.post(SAVE, {"page": page, "name": name, "query": query})


def test_events_of_one_kind_and_time(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(2))
    goods.ship(mia, uris(1), dan)
    shown = text(Desk(mia).open("events", kind="ship"))
    assert "Shipped D1" in shown
    assert "Commissioned Nov" not in shown
    assert "Nothing of this kind" in text(Desk(mia).open("events", until="2026-11-01"))
    assert "Shipped D1" in text(Desk(mia).open("events", since="2026-11-02", until="2026-11-02"))


def test_stock_of_one_level_and_status(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(4))
    goods.pack(mia, CASE, uris(2))
    goods.do("lock", mia, [uri("S2")])
    assert "(00)" in text(Desk(mia).open("stock", level="case"))
    assert "(21) S3" not in text(Desk(mia).open("stock", level="case"))
    locked = text(Desk(mia).open("stock", status="locked"))
    assert "S2" in locked
    assert "S3" not in locked


def test_stock_is_newest_first_over_all_states(mia: Any, goods: Any) -> None:
    for serial in ("S0", "S1", "S2"):
        goods.commission(mia, [uri(serial)])
    goods.do("lock", mia, [uri("S0")])
    shown = text(Desk(mia).open("stock"))
    assert shown.index("S0") < shown.index("S2") < shown.index("S1")


def test_batches_and_products(mia: Any, batch: Any) -> None:
    batch_of(mia, lot="ZZ9")
    assert "ZZ9" in text(Desk(mia).open("batches", lot="zz"))
    assert batch.lot not in text(Desk(mia).open("batches", lot="zz")).replace("LOT", "")
    assert "Examplin" in text(Desk(mia).open("products", name="ampl"))
    assert "Nothing of this kind" in text(Desk(mia).open("products", withdrawn_at="yes"))


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "no such kind"}, {"since": "yesterday"}, {"until": "9999-12-31"}, {"since": "0001-01-01"},
        {"kind": "\0"}, {"since": "2026-13-45"}, {"kind": "ship" * 5000}, {"since": "١٢-٣"},
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "page", ["events", "refused", "stock", "batches", "products", "alerts", "jobs"]
)
def test_nonsense_narrows_nothing_and_breaks_nothing(
    mia: Any, batch: Any, page: str, asked: Any
) -> None:
    asked = asked | {
        "lot": "\0",
        "name": "x\0",
        "level": "\ud800".encode("utf-8", "surrogatepass"),
        "state": "?",
    }
    assert Desk(mia).open(page, **asked).status_code == 200


def test_a_filter_is_kept_named_found_again_and_removed(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(1))
    said = after(save(mia, "  Only   ships ", "kind=ship&page=3&since="), mia.client)
    assert "“Only ships” is saved" in said
    kept = SavedFilter.objects.get()
    assert (kept.page, kept.name, kept.query) == ("desk:events", "Only ships", "kind=ship")
    assert "/events/?kind=ship" in Desk(mia).open("events").content.decode()
    assert "Only ships" not in text(Desk(mia).open("stock"))
    dropped = mia.client.post(reverse("desk:filter-drop", args=[kept.pk]))
    assert dropped["Location"] == "/events/"
    assert not SavedFilter.objects.exists()


def test_the_same_name_takes_on_the_new_question(mia: Any) -> None:
    save(mia, "mine", "kind=ship")
    save(mia, "mine", "kind=pack")
    assert [one.query for one in SavedFilter.objects.all()] == ["kind=pack"]


def test_nobody_sees_or_removes_somebody_elses(mia: Any, dan: Any) -> None:
    save(mia, "hers", "kind=ship")
    assert "hers" not in text(Desk(dan).open("events"))
    kept = SavedFilter.objects.get()
    assert dan.client.post(reverse("desk:filter-drop", args=[kept.pk])).status_code == 404
    assert SavedFilter.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "query", "says"),
    [
        ("", "kind=ship", "needs a name"), ("x" * 61, "kind=ship", "needs a name"), ("\0 \0", "kind=ship", "needs a name"),
        ("x", "", "Nothing is filtered"), ("x", "page=2", "Nothing is filtered"), ("x", "kind=" + "y" * 600, "too long"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said(mia: Any, name: str, query: str, says: str) -> None:
    assert says in after(save(mia, name, query), mia.client)
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    "page", ["", "nowhere", "desk:batch", "https://elsewhere.example/", "x" * 200]
)
def test_a_list_that_is_none_is_no_place_for_a_filter(mia: Any, page: str) -> None:
    assert save(mia, "x", "a=b", page).status_code == 404


def test_there_is_an_end_to_keeping(mia: Any) -> None:
    for n in range(MOST):
        save(mia, f"f{n}", "kind=ship")
    assert "Remove one first" in after(save(mia, "one more", "kind=ship"), mia.client)
    assert SavedFilter.objects.count() == MOST


def test_one_question_has_one_spelling() -> None:
    assert without_page("b=1&page=9&a=&b=2") == "b=1&b=2"
    assert without_page("%00=1") == "%00=1" or without_page("a=%00") == "a=%00"
