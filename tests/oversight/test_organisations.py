"""An organisation's page, recalls with their reach, and alerts that are closed with a note."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.oversight.reach import reach_of
from apps.parties.models import SigningKey
from apps.parties.services import change_site, report_stolen_key
from apps.safety.models import Alert
from apps.safety.services import close_alert, recall
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import CASE, CASE_2, PALLET, uri, uris
from tests.oversight.conftest import NOW


def page(who: Any, address: str) -> str:
    response = who.client.get(address)
    assert response.status_code == 200, address
    return str(response.content.decode())


def recalled(mia: Any, batch: Any) -> Any:
    return recall(
        actor=mia.actor, user=mia.user, batch=batch, severity="2", reason="Particles.",
        instruction="Send it back.", at=NOW,
    )  # fmt: skip


def test_its_page_says_who_it_is_what_it_may_and_what_it_did(rosa: Any, dan: Any, petra: Any, moved: Any) -> None:  # fmt: skip
    change_site(site=dan.site, coordinates="42.24, -8.72", at=NOW)
    moved.ship(dan, [uri("S2")], petra)  # refused: it is not his
    report_stolen_key(key=SigningKey.objects.get(organisation=dan.organisation), since=NOW, at=NOW)
    shown = page(rosa, f"/oversight/organisations/{dan.organisation.pk}/")
    for words in (
        dan.organisation.gln, "Dan-1", "Reported stolen", "42.24000, -8.72000", "Shipped", "Received",
        "(21)\xa0S2", "In the supply chain", "No alert was ever raised",
    ):  # fmt: skip
        assert words in shown, words


def test_organisations_are_listed_by_kind_and_country(rosa: Any, mia: Any, dan: Any, petra: Any) -> None:  # fmt: skip
    everybody = page(rosa, "/oversight/organisations/")
    assert all(name in everybody for name in ("Mia Makes", "Dan Distributes", "Rosa Regulates"))
    assert "Dan Distributes" not in page(rosa, "/oversight/organisations/?kind=pharmacy")
    assert "Dan Distributes" in page(rosa, "/oversight/organisations/?country=es")


def test_the_reach_of_a_recall_counts_every_pack_where_it_is(
    rosa: Any, mia: Any, dan: Any, petra: Any, goods: Any, batch: Any
) -> None:
    goods.commission(mia, uris(10)).raise_refused()
    goods.pack(mia, CASE, uris(4)).raise_refused()
    goods.pack(mia, PALLET, [CASE]).raise_refused()
    goods.move([PALLET], mia, dan)  # 4 inside a case on a pallet
    goods.move(uris(6)[4:], mia, petra)
    goods.do("dispense", petra, [uri("S4")]).raise_refused()
    goods.ship(mia, [uri("S6")], dan).raise_refused()
    goods.pack(mia, CASE_2, uris(9)[7:]).raise_refused()
    goods.ship(mia, [CASE_2], petra).raise_refused()  # 2 inside, on the way
    made = recalled(mia, batch)
    reach = reach_of(batch.pk)
    held = {
        h.organisation.name.split()[0]: (h.here, h.sent, h.coming, h.gone) for h in reach.holders
    }
    assert held == {"Mia": (1, 3, 0, 0), "Dan": (4, 0, 1, 0), "Petra's": (1, 0, 2, 1)}
    assert (reach.packs, reach.within_reach, reach.gone) == (10, 9, 1)
    assert (reach.told, reach.answered) == (3, 0)
    alert = Alert.objects.get(kind="recalled", raised_for=dan.organisation)
    close_alert(alert=alert, at=NOW, by=dan.user, note="Set apart.")
    shown = page(rosa, f"/oversight/recalls/{made.pk}/")
    assert "1 / 3" in shown and "Set apart." in shown
    assert "Particles." in page(rosa, "/oversight/recalls/")


def test_the_reach_costs_the_same_however_large_the_batch(
    mia: Any, dan: Any, goods: Any, batch: Any
) -> None:
    goods.commission(mia, uris(3)).raise_refused()
    with CaptureQueriesContext(connection) as few:
        reach_of(batch.pk)
    goods.commission(mia, uris(40)[3:]).raise_refused()
    goods.pack(mia, CASE, uris(30)[10:]).raise_refused()
    goods.move([CASE], mia, dan)
    with CaptureQueriesContext(connection) as many:
        reach_of(batch.pk)
    assert len(many) == len(few) == 3


def test_alerts_are_narrowed_and_closed_with_a_note(rosa: Any, mia: Any, dan: Any) -> None:
    for kind, whose in (("clone", mia), ("unknown", dan)):
        Alert.objects.create(kind=kind, sentence=f"about {kind}", raised_for=whose.organisation, raised_at=NOW)  # fmt: skip
    assert "about unknown" not in page(rosa, "/oversight/alerts/?kind=clone")
    assert "about clone" not in page(rosa, f"/oversight/alerts/?organisation={dan.organisation.pk}")
    alert = Alert.objects.get(kind="clone")
    address = f"/oversight/alerts/{alert.pk}/close/"
    back = rosa.client.post(
        address, {"note": "A demo pack.", "back": "/oversight/alerts/?kind=clone"}
    )
    assert back["Location"] == "/oversight/alerts/?kind=clone"
    alert.refresh_from_db()
    assert (alert.closed_at, alert.closed_by, alert.closing_note) == (
        NOW,
        rosa.user,
        "A demo pack.",
    )
    rosa.client.post(address, {"note": "Something else.", "back": "//evil.example/"})
    alert.refresh_from_db()
    assert alert.closing_note == "A demo pack."
    assert (
        rosa.client.post(address, {"back": "//evil.example/"})["Location"] == "/oversight/alerts/"
    )
    assert "about clone" not in page(rosa, "/oversight/alerts/")
    assert "A demo pack." in page(rosa, "/oversight/alerts/?state=closed")
    for query in (
        "since=x",
        "until=9999-99-99",
        "kind=%00",
        "organisation=x",
        "page=-1",
        "since=0001-01-01",
    ):
        page(rosa, f"/oversight/alerts/?{query}")


def test_a_note_has_an_end(rosa: Any, mia: Any) -> None:
    alert = Alert.objects.create(kind="clone", sentence="x", raised_at=NOW)
    with pytest.raises(Refused) as refused:
        close_alert(alert=alert, at=NOW, note="x" * 501)
    assert refused.value.codes == ("note_too_long",)
    shown = rosa.client.post(f"/oversight/alerts/{alert.pk}/close/", {"note": "a\x00b" + "x" * 600}, follow=True)  # fmt: skip
    assert "at most 500 letters" in shown.content.decode()


def test_lists_cost_the_same_however_long_they_are(
    rosa: Any, mia: Any, dan: Any, batch: Any
) -> None:
    addresses = ["/oversight/alerts/", "/oversight/organisations/", "/oversight/licences/", "/oversight/recalls/", "/oversight/cases/", "/oversight/access/", "/looked-at/"]  # fmt: skip

    def costs() -> dict[str, int]:
        client, found = rosa.client, {}
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            found[address] = len(queries)
        return found

    def more() -> None:
        from apps.oversight.cases.services import open_case
        from apps.oversight.models import AccessRecord

        for n in range(10):
            Alert.objects.create(kind="clone", sentence=f"{n}", batch=batch, raised_for=mia.organisation, raised_at=NOW)  # fmt: skip
            open_case(by=rosa.membership, title=f"{n}", at=NOW)
            AccessRecord.objects.create(authority=rosa.organisation, user=rosa.user, kind="event", subject="x", looked_at=NOW)  # fmt: skip

    more()
    few = costs()
    more()
    assert costs() == few
    assert max(few.values()) <= 7, few
