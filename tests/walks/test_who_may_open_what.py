"""Every address, opened by everybody: each kind of organisation in each role, somebody without one, a stranger."""

from __future__ import annotations

from typing import Any

from tests.walks.addresses import names
from tests.walks.table import rows
from tests.walks.visitors import Visitor, visitors
from tests.walks.world import World

# Answered in a language of its own, tested with every method and every scope in tests/exchange.
MACHINES_ONLY = ("exchange:", "epcis/")
# What is the same for everybody is asked for by these: the schema alone takes a second to write.
ENOUGH = ("m admin", "nobody", "stranger")


def walked() -> list[str]:
    return [name for name in names() if not name.startswith(MACHINES_ONLY)]


def test_every_address_has_its_row() -> None:
    assert sorted(rows()) == walked()


def test_everybody_opens_what_is_theirs_and_nothing_else(
    world: World, mia: Any, dan: Any, petra: Any, rosa: Any, stan: Any
) -> None:
    table = rows()
    wrong = []
    for visitor in visitors(mia, dan, petra, rosa, stan):
        for name, row in table.items():
            if row.same_for_all and str(visitor) not in ENOUGH:
                continue
            answer = visitor.client.get(world.address(name))
            expected = row.expected(visitor.kind, visitor.role)
            if answer.status_code != expected or not leads_on(answer):
                wrong.append(f"{visitor} {name}: {answer.status_code}, not {expected}")
    assert wrong == [], "\n".join(wrong)


def leads_on(answer: Any) -> bool:
    """Whoever is sent away is sent to sign in, home, to their own account, to where the public asks, or to scan."""
    to = answer.headers.get("Location", "").partition("?")[0]
    return (
        answer.status_code != 302
        or to in ("/", "/login/", "/verify/")
        or to.startswith(("/account/", "/sessions/new/"))
    )


def test_whoever_comes_to_the_machines_is_known(
    world: World, mia: Any, dan: Any, petra: Any, rosa: Any, stan: Any
) -> None:
    for visitor in visitors(mia, dan, petra, rosa, stan):
        assert visitor.client.get("/epcis/events").status_code == (
            {"stranger": 401, "nobody": 403}.get(visitor.kind, 200)
        ), visitor


def test_only_staff_comes_to_the_registry(
    world: World, mia: Any, dan: Any, petra: Any, rosa: Any, stan: Any
) -> None:
    """Whoever runs the installation has an account of their own; no role of an organisation leads there."""
    for visitor in visitors(mia, dan, petra, rosa, stan):
        answer = visitor.client.get("/admin/")
        assert answer.status_code == 302, visitor
        assert answer["Location"].startswith("/admin/login/"), visitor


def test_a_refusal_is_a_page_that_says_why(world: World, dan: Any) -> None:
    said = dan.client.get(world.address("desk:products"))
    assert said.status_code == 403
    assert b"This page is for: manufacturer, regulator" in said.content


def test_a_visitor_prints_as_who_they_are() -> None:
    assert str(Visitor("m", "viewer", None)) == "m viewer"  # type: ignore[arg-type]
