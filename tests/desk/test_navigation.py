"""The menu: what a role does all day on top, everything else it may open in a group, the group one is in open."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.desk.navigation import FIRST, GROUPS, menu
from apps.parties.models import Membership

pytestmark = pytest.mark.django_db


def words(membership: Membership, path: str = "/") -> tuple[list[str], dict[str, list[str]]]:
    shown = menu(membership=membership, path=path)
    return (
        [str(entry.page.words) for entry in shown.first],
        {str(group.words): [str(e.page.words) for e in group.entries] for group in shown.groups},
    )


def test_few_stand_on_top_and_nothing_stands_twice(
    mia: Any, dan: Any, petra: Any, rosa: Any
) -> None:
    for member in (mia, dan, petra, rosa):
        shown = menu(membership=member.membership, path="/")
        entries = [*shown.first, *(entry for group in shown.groups for entry in group.entries)]
        addresses = [entry.address for entry in entries]
        assert len(shown.first) <= 6
        assert len(addresses) == len(set(addresses))


def test_each_role_has_its_own_day_on_top(petra: Any, rosa: Any) -> None:
    assert words(petra.membership)[0] == [
        "Home", "Dispense", "Incoming", "Stock", "Alerts", "Check a pack",
    ]  # fmt: skip
    first, groups = words(rosa.membership)
    assert first == ["Home", "Search", "Alerts", "Case files", "Recalls", "Check a pack"]
    assert "Goods" not in groups


def test_who_only_looks_is_offered_nothing_to_record(petra: Any) -> None:
    petra.membership.role = Membership.Role.VIEWER
    first, groups = words(petra.membership)
    assert "Dispense" not in first
    assert groups["Record"] == ["Scan sessions"]
    assert "Settings" not in groups["Set up"]


def test_the_group_of_the_page_is_open_and_the_page_is_marked(dan: Any) -> None:
    shown = menu(membership=dan.membership, path="/quarantine/")
    assert [str(group.words) for group in shown.groups if group.open] == ["Goods"]
    marked = [e for group in shown.groups for e in group.entries if e.current]
    assert [(str(e.page.words), e.current) for e in marked] == [("Quarantine", "page")]
    below = menu(membership=dan.membership, path="/orders/7/")
    assert [e.current for g in below.groups for e in g.entries if e.current] == ["true"]


def test_every_page_on_top_has_a_group_where_it_is_not() -> None:
    known = {page.to for _words, pages in GROUPS for page in pages}
    assert {name for names in FIRST.values() for name in names} <= known


def test_the_page_shows_it(client: Client, dan: Any) -> None:
    client.force_login(dan.user)
    page = client.get("/quarantine/").content.decode()
    assert page.count('<details class="nav__group" open>') == 1
    assert 'aria-current="page"' in page
