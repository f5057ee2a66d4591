"""Every look at protected data leaves one row that nobody can take out, and both sides can read it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.custody.models import CustodyEvent
from apps.oversight.models import AccessRecord
from apps.parties.models import Membership
from apps.parties.services import issue_token
from tests.custody.goods import package, uri
from tests.oversight.conftest import NOW


def last() -> AccessRecord:
    return AccessRecord.objects.latest("id")


def names(record: AccessRecord) -> set[str]:
    from apps.parties.models import Organisation

    return {one.name.split()[0] for one in Organisation.objects.filter(pk__in=record.concerned)}


def test_looks_at_a_pack_an_event_an_organisation_a_shipment_and_evidence_are_noted(
    rosa: Any, mia: Any, dan: Any, moved: Any, batch: Any
) -> None:
    pack = package(uri("S0"))
    event = CustodyEvent.objects.get(kind="ship", counterparty=dan.organisation)
    digest = bytes(event.hash).hex()
    client = rosa.client  # signing in writes a session
    for address, kind, concerned in (
        (f"/packages/{pack.pk}/", "package", {"Mia", "Dan", "Petra's"}),
        (f"/events/{event.pk}/", "event", {"Mia", "Dan"}),
        (f"/oversight/organisations/{dan.organisation.pk}/", "organisation", {"Dan"}),
        (f"/shipments/{event.pk}/", "shipment", {"Mia", "Dan"}),
        (f"/verify/evidence/{pack.path}", "evidence", {"Mia", "Dan", "Petra's"}),
        (f"/verify/evidence/event/{digest}", "evidence", {"Mia", "Dan"}),
        (f"/oversight/export/batch/{batch.pk}.csv", "export", {"Mia"}),
        (f"/oversight/export/events.csv?organisation={dan.organisation.pk}", "export", {"Dan"}),
        ("/oversight/export/events.csv", "export", set()),
    ):
        before = AccessRecord.objects.count()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200, address
        writes = [q for q in queries if "INSERT INTO" in q["sql"]]
        assert len(writes) == 1 and "oversight_accessrecord" in writes[0]["sql"], address
        assert AccessRecord.objects.count() == before + 1, address
        record = last()
        assert (record.kind, names(record)) == (kind, concerned), address
        assert (record.authority, record.user, record.looked_at) == (
            rosa.organisation,
            rosa.user,
            NOW,
        )


def test_lists_and_searches_are_looks_too(
    rosa: Any, mia: Any, dan: Any, petra: Any, moved: Any, goods: Any
) -> None:
    """A list of who sent what to whom says as much as the page of one event."""
    goods.ship(dan, [uri("S0")], mia)  # Petra has it: refused, and kept
    for address, kind, concerned in (
        ("/events/", "list", {"Mia", "Dan", "Petra's"}),
        ("/events/?kind=commission", "list", {"Mia"}),
        ("/refused/", "list", {"Dan"}),
        ("/search/?q=D1", "search", {"Mia", "Dan", "Petra's"}),
    ):
        before = AccessRecord.objects.count()
        assert rosa.client.get(address).status_code == 200, address
        assert AccessRecord.objects.count() == before + 1, address
        assert (last().kind, names(last())) == (kind, concerned), address
    assert last().subject == "D1"
    theirs = mia.client.get("/looked-at/").content.decode()
    assert "Search" in theirs and ">D1<" not in theirs, "what is looked for is the authority's own"


def test_what_shows_nothing_of_anybody_is_no_look(rosa: Any, mia: Any, moved: Any) -> None:
    for address in ("/search/?q=nothing-like-it", "/search/?q=Mia", "/refused/"):
        assert rosa.client.get(address).status_code in (200, 302)
    assert not AccessRecord.objects.exists()


def test_a_machine_of_an_authority_is_noted_too(
    rosa: Any, dan: Any, moved: Any, client: Any
) -> None:
    _, secret = issue_token(
        membership=rosa.membership, name="probe", scopes=["read"], at=NOW, expires_at=NOW.replace(year=2027)
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {secret}", "GS1-EPCIS-Version": "2.0"}
    assert client.get("/epcis/events?eventType=ObjectEvent", headers=headers).status_code == 200
    assert last().kind == "query" and "eventType=ObjectEvent" in last().subject
    assert client.get("/epcis/events?EQ_bizStep=destroying", headers=headers).status_code == 200
    assert last().concerned == [rosa.organisation.pk]  # nobody's data was in the answer


def test_what_others_see_of_their_own_is_no_look(
    mia: Any, dan: Any, petra: Any, moved: Any
) -> None:
    pack = package(uri("S0"))
    for who in (mia, dan, petra):
        for address in (f"/packages/{pack.pk}/", f"/verify/evidence/{pack.path}", "/events/"):
            who.client.get(address)
    assert AccessRecord.objects.count() == 0


def test_a_look_from_a_case_stands_under_it(rosa: Any, moved: Any, case: Any) -> None:
    address = f"/packages/{package(uri('S0')).pk}/"
    rosa.client.get(f"{address}?case={case.pk}")
    assert last().case == case
    for nonsense in ("x", "00000000-0000-0000-0000-000000000000", "%00"):
        assert rosa.client.get(f"{address}?case={nonsense}").status_code == 200
        assert last().case is None


def test_an_exported_case_names_everybody_in_it(rosa: Any, dan: Any, moved: Any, case: Any) -> None:
    from apps.oversight.cases.services import collect

    collect(by=rosa.membership, case=case, thing=package(uri("S1")), at=NOW)
    collect(by=rosa.membership, case=case, thing=rosa.organisation, at=NOW)
    b"".join(rosa.client.get(f"/oversight/cases/{case.pk}/case.zip").streaming_content)
    assert last().kind == "case" and names(last()) == {"Mia", "Dan", "Rosa"}


def test_each_organisation_sees_who_looked_at_it_and_not_what_concerns_others(
    rosa: Any, mia: Any, dan: Any, petra: Any, moved: Any
) -> None:
    rosa.client.get(f"/packages/{package(uri('S1')).pk}/")  # Mia's and Dan's
    rosa.client.get("/oversight/export/refused.csv")  # everybody's
    seen = {
        who.user.name: who.client.get("/looked-at/").content.decode() for who in (mia, dan, petra)
    }
    for name in ("Mia", "Dan"):
        assert "History of a package" in seen[name] and "Rosa Regulates" in seen[name]
    assert "History of a package" not in seen["Petra"] and "Refused scans" in seen["Petra"]
    assert all("rosa@" not in page for page in seen.values())


def test_the_administrators_of_the_authority_read_their_log_and_others_do_not(
    rosa: Any, moved: Any
) -> None:
    rosa.client.get(f"/packages/{package(uri('S1')).pk}/")
    assert "History of a package" in rosa.client.get("/oversight/access/").content.decode()
    assert (
        "Nobody looked" in rosa.client.get("/oversight/access/?until=2026-01-01").content.decode()
    )
    Membership.objects.filter(pk=rosa.membership.pk).update(role="operator")
    assert rosa.client.get("/oversight/access/").status_code == 403
    assert rosa.client.get("/oversight/export/looks.csv").status_code == 404


def test_pages_of_looks_go_on_and_miss_nothing(rosa: Any, mia: Any) -> None:
    for n in range(120):
        AccessRecord.objects.create(
            authority=rosa.organisation, user=rosa.user, kind="event", subject=f"look-{n:03d}",
            concerned=[mia.organisation.pk] if n % 2 else [], looked_at=NOW,
        )  # fmt: skip
    for who, address, key in (
        (mia, "/looked-at/", "before"),
        (rosa, "/oversight/access/", "after"),
    ):
        found: list[str] = []
        query = ""
        for _ in range(4):
            page = who.client.get(address + query).content.decode()
            found += [f"look-{n:03d}" for n in reversed(range(120)) if f"look-{n:03d}" in page]
            mark = page.partition(f"{key}=")[2].partition('"')[0]
            if not mark or 'rel="next"' not in page:
                break
            query = f"?{key}={mark}"
        assert found == [f"look-{n:03d}" for n in reversed(range(120))], address
    for nonsense in ("x", "9" * 30, "-1", "%00"):
        assert mia.client.get(f"/looked-at/?before={nonsense}").status_code == 200
        assert rosa.client.get(f"/oversight/access/?after={nonsense}").status_code == 200


def test_nobody_changes_or_removes_a_look(rosa: Any, mia: Any, moved: Any) -> None:
    rosa.client.get(f"/packages/{package(uri('S1')).pk}/")
    for change in (
        lambda: AccessRecord.objects.all().delete(),
        lambda: AccessRecord.objects.update(subject="nothing"),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
