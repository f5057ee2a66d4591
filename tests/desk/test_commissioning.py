"""A batch's packs get their serials: made here or from a file, looked over, then commissioned in the background."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from apps.custody.models import Package
from apps.exchange.serials.models import SerialList
from apps.jobs.models import Job
from apps.jobs.services import run_one_step
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.epcis.jsonld_writing import write_event
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from tests.custody.goods import EXPIRY, GTIN, START, uri, uris
from tests.desk.pages import Desk, hidden, text


def file(content: str | bytes, name: str = "serials.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def xlsx(rows: list[list[Any]]) -> SimpleUploadedFile:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(out)
    return file(out.getvalue(), "serials.xlsx")


def epcis(*events: Any) -> SimpleUploadedFile:
    import orjson

    document = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-02T08:00:00Z",
        "epcisBody": {"eventList": [write_event(event) for event in events]},
    }  # fmt: skip
    return file(orjson.dumps(document), "serials.json")


def work() -> None:
    while run_one_step(at=timezone.now()):
        pass


def upload(desk: Desk, batch: Any, sent: Any) -> str:
    """The address of the preview, after the file was read."""
    response = desk.fill_in("commission", batch.pk, source="upload", file=sent)
    assert response.status_code == 302, text(response)
    work()
    return str(response["Location"])


def press(desk: Desk, address: str, button: str = "start") -> Any:
    return desk.send(f"{address}{button}/", {})


def serials(batch: Any) -> list[str]:
    paths = Package.objects.filter(batch=batch).values_list("path", flat=True)
    return sorted(path.rpartition("/")[2] for path in paths)


def test_generated_serials_are_previewed_and_arrive_and_the_page_says_how_far_it_is(
    mia: Any, batch: Any
) -> None:
    desk = Desk(mia)
    preview = desk.fill_in("commission", batch.pk, source="generate", count=20)["Location"]
    page = desk.client.get(preview)
    assert "Commission 20 packs" in text(page)
    sample = page.context["sample"]
    assert len(sample) == 5
    assert not Package.objects.exists(), "nothing is recorded before it is pressed"
    job = press(desk, preview)["Location"]
    waiting = desk.client.get(job)
    assert "0 of 20" in text(waiting)
    assert 'hx-trigger="every 1s"' in waiting.content.decode()
    work()
    done = desk.client.get(job + "progress/")
    assert "20 of 20" in text(done)
    assert "hx-get" not in done.content.decode(), "what is finished is not asked for again"
    assert set(sample) <= set(serials(batch)), "the preview told the truth"


def test_length_and_characters_are_chosen(mia: Any, batch: Any) -> None:
    desk = Desk(mia)
    form = {"source": "generate", "count": 3, "alphabet": "digits", "length": 12}
    press(desk, desk.fill_in("commission", batch.pk, **form)["Location"])
    work()
    assert all(len(one) == 12 and one.isdigit() for one in serials(batch))
    short = desk.fill_in("commission", batch.pk, **form | {"count": 3, "length": 4})
    assert short.status_code == 422
    assert "could be guessed" in " ".join(short.context["form"].errors["length"])


@pytest.mark.parametrize(
    "sent",
    [
        file("serial,note\nA1,x\nA2,y\n"),
        file("\ufeffA1\r\n\r\nA2\r\n"),
        file(f"code;lot\n(01){GTIN}(21)A1;L1\n{uri('A2')};\n"),
        file(f"(01){GTIN}(17)271031(10)L1(21)A1\nA2\n"),
        xlsx([["Serial", "Expiry"], ["A1", "2027-10-31"], ["A2", EXPIRY]]),
        epcis(acts.commission([uri("A1"), uri("A2")], lot="L1", expiry=EXPIRY, site_gln="5601000000028", at=START)),
    ],
    ids=["csv", "one column", "codes", "codes in one column", "xlsx", "epcis"],
)  # fmt: skip
def test_serials_from_a_file_are_the_ones_used(mia: Any, batch: Any, sent: Any) -> None:
    sent.seek(0)
    desk = Desk(mia)
    preview = upload(desk, batch, sent)
    assert "Commission 2 packs" in text(desk.client.get(preview))
    press(desk, preview)
    work()
    assert serials(batch) == ["A1", "A2"]


def test_wrong_rows_are_named_and_the_right_ones_may_go_on(
    mia: Any, batch: Any, goods: Any
) -> None:
    goods.commission(mia, [uri("T1")]).raise_refused()
    desk = Desk(mia)
    rows = ["serial,gtin,lot,expiry", "A1,,,", "A 2,,,", "A1,,,", "A3,,L2,", "A4,09521234543220,,", "T1,,,", "A5,,,2027-11-30", f"{'x' * 21},,,"]  # fmt: skip
    preview = upload(desk, batch, file("\n".join(rows)))
    page = desk.client.get(preview)
    found = {(row, field, code) for row, field, code, _ in page.context["list"].problems}
    assert found == {
        ("3", "serial", "serial_characters"), ("4", "serial", "serial_twice"), ("5", "lot", "lot_differs"),
        ("6", "gtin", "gtin_differs"), ("7", "serial", "serial_taken"), ("8", "expiry", "expiry_differs"),
        ("9", "serial", "serial_length"),
    }  # fmt: skip
    assert "Serial A1 stands already in row 2." in text(page)
    assert "Commission the 1 right ones" in text(page)
    assert "Refuse the whole file" in text(page)
    press(desk, preview)
    work()
    assert serials(batch) == ["A1", "T1"]


def test_a_file_may_be_refused_whole(mia: Any, batch: Any) -> None:
    desk = Desk(mia)
    preview = upload(desk, batch, file("A1\nA 2\n"))
    press(desk, preview, "discard")
    assert "nothing was recorded" in text(desk.client.get(preview))
    press(desk, preview)
    work()
    assert not Package.objects.exists()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (file("a,b\nc,d\n"), "must be headed"),
        (file("\n".join(f"S{n}" for n in range(101))), "more serials than the batch has room for"),
        (file(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d", "photo.png"), "neither a table"),
        (file(b"PK\x03\x04garbage", "x.xlsx"), "cannot be read"),
        (file("\n \n"), "empty"),
        (file('{"a": [[[['), ""),
        (file(b"<a>" * 5_000), ""),
        (file(b"serial\n\xff\xfe\x00"), ""),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_reason(
    mia: Any, batch: Any, sent: Any, says: str
) -> None:
    sent.seek(0)
    type(batch).objects.update(quantity=100)
    desk = Desk(mia)
    page = desk.client.get(upload(desk, batch, sent))
    assert page.context["list"].state == "refused"
    assert says in text(page)
    assert "Choose another file" in text(page)


def test_what_epcis_says_of_other_events_and_things_is_a_wrong_row(mia: Any, batch: Any) -> None:
    here = {"site_gln": "5601000000028", "at": START}
    sent = epcis(
        acts.act("inspect", [uri("A1")], **here),  # type: ignore[arg-type]
        acts.commission([uri("A2")], lot="L9", expiry=EXPIRY, **here),
        acts.commission([ID_STEM + "00/095212340000000013", uri("A3")], lot="L1", expiry=EXPIRY, **here),
    )  # fmt: skip
    desk = Desk(mia)
    page = desk.client.get(upload(desk, batch, sent))
    codes = [code for _place, _field, code, _sentence in page.context["list"].problems]
    assert codes == ["not_commissioning", "lot_differs", "no_pack"]
    assert page.context["list"].good == 1


def test_an_empty_file_and_none_are_told_at_the_field(mia: Any, batch: Any) -> None:
    for fields in ({}, {"file": file("")}):
        response = Desk(mia).fill_in("commission", batch.pk, source="upload", **fields)
        assert response.status_code == 422
        assert "file" in response.context["form"].errors


def test_more_packs_than_the_batch_has_is_refused_at_the_field(mia: Any, batch: Any) -> None:
    response = Desk(mia).fill_in("commission", batch.pk, source="generate", count=10_001)
    assert response.status_code == 422
    assert "count" in response.context["form"].errors


def test_every_form_sent_twice_counts_once(mia: Any, batch: Any) -> None:
    desk = Desk(mia)
    address = f"/batches/{batch.pk}/commission/"
    fields = hidden(desk.client.get(address)) | {"source": "generate", "count": 5}
    first, second = desk.send(address, fields), desk.send(address, fields)
    assert first["Location"] == second["Location"]
    assert press(desk, first["Location"])["Location"] == press(desk, first["Location"])["Location"]
    assert (SerialList.objects.count(), Job.objects.count()) == (1, 1)
    assert "How far it is" in text(desk.client.get(first["Location"])), (
        "and the back button is safe"
    )


def test_a_form_that_was_changed_after_going_back_is_another_list(mia: Any, batch: Any) -> None:
    desk = Desk(mia)
    address = f"/batches/{batch.pk}/commission/"
    fields = hidden(desk.client.get(address)) | {"source": "generate", "count": 5}
    first, second = desk.send(address, fields), desk.send(address, fields | {"count": 6})
    assert "Commission 5 packs" in text(desk.client.get(first["Location"]))
    assert "Commission 6 packs" in text(desk.client.get(second["Location"]))


def test_two_lists_cannot_both_fill_the_batch(mia: Any, batch: Any) -> None:
    desk = Desk(mia)
    lists = [
        desk.fill_in("commission", batch.pk, source="generate", count=n)["Location"]
        for n in (6_000, 6_001)
    ]
    assert "/jobs/" in press(desk, lists[0])["Location"]
    refused = press(desk, lists[1])
    assert "Only 4,000 packs" in text(desk.client.get(refused["Location"]))
    assert Job.objects.count() == 1


def test_a_job_is_cancelled_and_goes_on(mia: Any, batch: Any) -> None:
    desk = Desk(mia)
    preview = desk.fill_in("commission", batch.pk, source="generate", count=5)["Location"]
    address = press(desk, preview)["Location"]
    desk.send(address + "cancel/", {})
    assert "Cancelled" in text(desk.client.get(address))
    desk.send(address + "retry/", {})
    work()
    assert "5 of 5" in text(desk.client.get(address))


def test_jobs_and_lists_of_others_are_not_there(mia: Any, batch: Any, dan: Any) -> None:
    desk = Desk(mia)
    preview = desk.fill_in("commission", batch.pk, source="generate", count=5)["Location"]
    address = press(desk, preview)["Location"]
    assert Desk(dan).client.get(address).status_code == 403
    assert Desk(dan).client.get(preview).status_code == 403


def test_a_batch_typed_wrong_is_put_right_until_it_has_packs(
    mia: Any, batch: Any, goods: Any
) -> None:
    desk = Desk(mia)
    form = {"expiry": "2028-01", "quantity": 12, "site": mia.site.pk}
    assert desk.fill_in("batch-change", batch.pk, **form).status_code == 302
    batch.refresh_from_db()
    assert (batch.expiry.isoformat(), batch.quantity) == ("2028-01-31", 12)
    goods.record(mia, acts.commission(uris(1), lot="L1", expiry=batch.expiry, site_gln=mia.site.gln, at=goods.tick())).raise_refused()  # fmt: skip
    refused = desk.fill_in("batch-change", batch.pk, **form)
    assert refused.status_code == 422
    assert "have serial numbers already" in text(refused)
