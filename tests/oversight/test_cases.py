"""An inspector's case: opened, filled, noted in, closed; nothing is taken out of it."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from apps.custody.models import CustodyEvent
from apps.oversight.cases import services
from apps.oversight.models import CaseFile, CaseItem, CaseNote
from pharmatrace.kernel.refusal import Refused
from tests.cast import member
from tests.custody.goods import package, uri
from tests.oversight.conftest import NOW


def test_rosa_opens_a_case_on_a_packs_page_and_the_pack_is_in_it(rosa: Any, moved: Any) -> None:
    pack = package(uri("S0"))
    page = rosa.client.get(f"/packages/{pack.pk}/").content.decode()
    assert f"/oversight/cases/new/?kind=package&amp;key={pack.pk}" in page
    response = rosa.client.post(
        "/oversight/cases/new/",
        {"title": "Copies in Lisbon", "kind": "package", "key": str(pack.pk)},
    )
    case = CaseFile.objects.get()
    assert response["Location"] == f"/oversight/cases/{case.pk}/"
    item = case.items.get()
    assert item.name == uri("S0") and item.added_by == rosa.user
    assert "Copies in Lisbon" in rosa.client.get(f"/packages/{pack.pk}/").content.decode()


def test_packs_events_and_organisations_are_collected_once_each(
    rosa: Any, dan: Any, moved: Any, case: Any
) -> None:
    event = CustodyEvent.objects.get(kind="commission")
    things = {
        "package": package(uri("S0")).pk,
        "event": event.pk,
        "organisation": dan.organisation.pk,
    }
    for _ in range(2):
        for kind, key in things.items():
            form = {"case": str(case.pk), "kind": kind, "key": str(key), "reason": "seen twice"}
            assert rosa.client.post("/oversight/cases/collect/", form).status_code == 302
    assert sorted(case.items.values_list("kind", flat=True)) == ["event", "organisation", "package"]
    page = rosa.client.get(f"/oversight/cases/{case.pk}/").content.decode()
    assert "Commissioned" in page and "Dan Distributes" in page and "seen twice" in page


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "package", "key": "x"},
        {"kind": "package", "key": str(uuid4())},
        {"kind": "event", "key": "9" * 30},
        {"kind": "event", "key": "-1"},
        {"kind": "nonsense", "key": "1"},
        {"kind": "organisation", "key": "\x00"},
        {},
    ],
)
def test_what_there_is_not_cannot_be_collected(rosa: Any, moved: Any, case: Any, form: Any) -> None:
    for named in (str(case.pk), "x", ""):
        response = rosa.client.post("/oversight/cases/collect/", {"case": named, **form})
        assert response.status_code == 404
    assert case.items.count() == 0


def test_a_case_is_its_authoritys_alone(rosa: Any, moved: Any, case: Any) -> None:
    rita = member(
        name="Rita", kind="regulator", company="Another Authority", gln="5604000000012",
        site_gln="5604000000029", city="Madrid", country="ES", activity=None,
    )  # fmt: skip
    for end in ("", "case.zip"):
        assert rita.client.get(f"/oversight/cases/{case.pk}/{end}").status_code == 404
    for end in ("note/", "close/"):
        assert (
            rita.client.post(f"/oversight/cases/{case.pk}/{end}", {"text": "x"}).status_code == 404
        )
    form = {"case": str(case.pk), "kind": "package", "key": str(package(uri("S0")).pk)}
    assert rita.client.post("/oversight/cases/collect/", form).status_code == 404
    assert "A copied serial" not in rita.client.get("/oversight/cases/").content.decode()
    with pytest.raises(CaseFile.DoesNotExist):
        services.write_note(by=rita.membership, case=case, text="x", at=NOW)


def test_notes_stay_with_name_and_time(rosa: Any, case: Any) -> None:
    address = f"/oversight/cases/{case.pk}/"
    rosa.client.post(f"{address}note/", {"text": "  Called the pharmacy.\r\nThey know nothing.  "})
    note = CaseNote.objects.get()
    assert (note.text, note.written_by, note.written_at) == (
        "Called the pharmacy.\nThey know nothing.", rosa.user, NOW,
    )  # fmt: skip
    assert "They know nothing." in rosa.client.get(address).content.decode()
    for text in ("", "   ", "x" * 10_001, "a\x00b"):
        page = rosa.client.post(f"{address}note/", {"text": text}, follow=True).content.decode()
        assert "notice--warn" in page, text[:5]
    assert CaseNote.objects.count() == 1


def test_the_database_refuses_to_change_what_was_collected_or_noted(
    rosa: Any, dan: Any, case: Any
) -> None:
    services.collect(by=rosa.membership, case=case, thing=dan.organisation, at=NOW)
    services.write_note(by=rosa.membership, case=case, text="x", at=NOW)
    for rows in (CaseItem.objects.all(), CaseNote.objects.all()):
        for change in (rows.delete, lambda rows=rows: rows.update(case=case)):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                change()
    assert (CaseItem.objects.count(), CaseNote.objects.count()) == (1, 1)


def test_a_closed_case_takes_nothing_more(rosa: Any, dan: Any, case: Any) -> None:
    address = f"/oversight/cases/{case.pk}/"
    rosa.client.post(f"{address}close/")
    case.refresh_from_db()
    assert case.closed_at == NOW
    for again in (
        lambda: services.collect(by=rosa.membership, case=case, thing=dan.organisation, at=NOW),
        lambda: services.write_note(by=rosa.membership, case=case, text="x", at=NOW),
        lambda: services.close_case(by=rosa.membership, case=case, at=NOW),
    ):
        with pytest.raises(Refused) as refused:
            again()
        assert refused.value.codes == ("case_closed",)
    assert rosa.client.post(f"{address}close/").status_code == 302


def test_only_people_of_an_authority_who_record_keep_cases(rosa: Any, dan: Any, case: Any) -> None:
    rosa.membership.role = "viewer"
    for who in (rosa, dan):
        with pytest.raises(Refused) as refused:
            services.open_case(by=who.membership, title="x", at=NOW)
        assert refused.value.codes == ("not_an_inspector",)


@pytest.mark.parametrize("title", ["", "  ", "x" * 161, "a\x00b"])
def test_a_title_is_a_few_words(rosa: Any, title: str) -> None:
    assert rosa.client.post("/oversight/cases/new/", {"title": title}).status_code == 422
    assert not CaseFile.objects.exists()


def test_a_case_has_an_end(rosa: Any, dan: Any, case: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(services, "MOST_ITEMS", 0)
    with pytest.raises(Refused) as refused:
        services.collect(by=rosa.membership, case=case, thing=dan.organisation, at=NOW)
    assert refused.value.codes == ("case_full",)


@pytest.mark.django_db(transaction=True)
def test_two_who_collect_the_same_at_once_find_it_there_once(
    rosa: Any, dan: Any, case: Any
) -> None:
    found: list[Any] = []

    def collect() -> None:
        try:
            found.append(
                services.collect(by=rosa.membership, case=case, thing=dan.organisation, at=NOW)
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=collect) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.pk for one in found}) == 1 and case.items.count() == 1
