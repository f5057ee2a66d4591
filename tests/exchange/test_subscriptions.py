"""/epcis/queries/{name}/subscriptions: what may be asked for, and what is told about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from apps.exchange import subscribing
from apps.exchange.models import Delivery, Subscription
from apps.exchange.named_queries import define_query
from apps.parties.models import Membership
from apps.parties.sealing import open_secret

pytestmark = pytest.mark.django_db
DEST = "https://partner.example.org/in?key=abc"
TOKEN = "13df38d8275b13f05704629e5f1cf3d45d6132d5"
STREAM = {"dest": DEST, "signatureToken": TOKEN, "stream": True}
DAILY = {"dest": DEST, "schedule": {"hour": "1", "minute": "5"}, "reportIfEmpty": True}
PLACE = "/queries/all/subscriptions"
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def mine(machine: Any, mia: Any) -> Any:
    define_query(owner=mia.membership, name="all", query={"eventType": ["ObjectEvent"]}, at=NOW)
    return machine(mia)


def subscribe(machine: Any, body: Any, status: int = 201) -> Any:
    answer = machine.post(PLACE, body)
    assert answer.status_code == status, answer.content
    return answer


def test_a_subscription_is_found_where_the_answer_says(mine: Any) -> None:
    answer = subscribe(mine, STREAM)
    told = answer.json()
    assert answer["Location"].startswith("http")
    place = answer["Location"].partition("/epcis")[2]
    assert place == f"{PLACE}/{told['subscriptionID']}"
    assert mine.get(place).json() == told
    assert mine.get(PLACE).json() == [told]
    assert (told["dest"], told["queryName"], told["stream"]) == (DEST, "all", True)
    assert (told["state"], told["signed"], told["consecutiveFailures"]) == ("active", True, 0)
    assert told["createdAt"] == told["initialRecordTime"] == told["minRecordTime"]
    assert "schedule" not in told and "lastNotifiedAt" not in told


def test_a_schedule_says_when_it_runs_next(mine: Any) -> None:
    told = subscribe(mine, DAILY | {"initialRecordTime": "2020-04-04T20:33:31.116-06:00"}).json()
    assert told["schedule"] == DAILY["schedule"]
    assert told["reportIfEmpty"] is True
    assert told["signed"] is False
    assert told["nextRunAt"].endswith("T01:05:00.000Z")
    assert told["initialRecordTime"] == told["minRecordTime"] == "2020-04-05T02:33:31.116Z"


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_are_times_too(mine: Any, text: str) -> None:
    told = subscribe(mine, STREAM | {"initialRecordTime": text}).json()
    assert told["initialRecordTime"] == text.replace("Z", ".000Z")


def test_the_token_is_sealed_and_told_to_nobody(mine: Any, rosa: Any) -> None:
    told = [subscribe(mine, STREAM), mine.get(PLACE)]
    row = Subscription.objects.get()
    assert TOKEN.encode() not in bytes(row.sealed_token)
    assert open_secret(bytes(row.sealed_token), of=row.pk.bytes, name="it") == TOKEN.encode()
    rosa.user.is_staff = rosa.user.is_superuser = True
    rosa.user.save()
    page = rosa.client.get(f"/admin/exchange/subscription/{row.pk}/change/")
    assert page.status_code == 200
    for answer in (*told, page):
        assert TOKEN.encode() not in answer.content
    assert DEST.encode() not in page.content


def test_the_older_name_of_the_token_is_read(mine: Any) -> None:
    told = subscribe(mine, {"dest": DEST, "secret": TOKEN, "stream": True}).json()
    assert told["signed"] is True
    subscribe(mine, STREAM | {"secret": TOKEN})
    subscribe(mine, STREAM | {"secret": TOKEN + "x"}, 400)


@pytest.mark.parametrize(
    "more",
    [
        {"stream": False}, {"stream": None}, {"stream": "true"}, {"stream": 1},
        {"stream": True, "schedule": {"minute": "5"}},
        {"schedule": {}}, {"schedule": []}, {"schedule": "hourly"}, {"schedule": {"minute": "60"}},
        {"schedule": {"minute": 5}}, {"schedule": {"minutes": "5"}},
        {"schedule": {"month": "2", "dayOfMonth": "30"}},
        {"stream": True, "reportIfEmpty": True},
        {"schedule": {"minute": "5"}, "reportIfEmpty": "yes"},
        {},
    ],
)  # fmt: skip
def test_wrong_controls(mine: Any, more: dict[str, Any]) -> None:
    answer = subscribe(mine, {"dest": DEST} | more, 400)
    assert answer.json()["type"] == "epcisException:SubscriptionControlsException"
    assert not Subscription.objects.exists()


def test_every_wrong_field_of_a_schedule_is_named(mine: Any) -> None:
    body = {"dest": DEST, "schedule": {"minute": "x", "hour": "24", "day": "1"}}
    errors = subscribe(mine, body, 400).json()["errors"]
    assert {one["field"] for one in errors} == {"minute", "hour", "day"}


@pytest.mark.parametrize(
    "more",
    [
        {"dest": None}, {"dest": 5}, {"dest": ""}, {"dest": "partner"}, {"dest": ["x"]},
        {"dest": "ftp://partner.example.org"}, {"dest": "http://partner.example.org/in"},
        {"dest": "https://user:secret@partner.example.org"}, {"dest": "https://10.0.0.1/in"},
        {"dest": "https://partner.example.org/#in"}, {"dest": "https://partner.example.org/\x00"},
        {"dest": "https://" + "a" * 2_000 + ".example.org"}, {"dest": "https://"},
        {"dest": "https://partner.example.org:99999/"}, {"dest": "https://[::1"},
        {"signatureToken": "short"}, {"signatureToken": "x" * 1_001}, {"signatureToken": 5},
        {"signatureToken": None}, {"initialRecordTime": "yesterday"}, {"initialRecordTime": 5},
        {"initialRecordTime": "2026-11-02T08:00:00"},
        {"initialRecordTime": "0001-01-01T00:00:00+14:00"}, {"initialRecordTime": None},
        {"reportIfEmtpy": False}, {"epcFormat": "x"},
    ],
)  # fmt: skip
def test_what_else_is_wrong(mine: Any, more: dict[str, Any]) -> None:
    answer = subscribe(mine, STREAM | more, 400)
    assert answer.json()["type"] == "epcisException:ValidationException"
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("body", [[], "x", None, 5])
def test_other_bodies_are_refused(mine: Any, body: Any) -> None:
    subscribe(mine, body, 400)


def test_a_query_that_leaves_events_out_cannot_be_subscribed_to(mine: Any, mia: Any) -> None:
    for name, query in (
        ("few", {"orderBy": "eventTime", "eventCountLimit": 5}), ("some", {"maxEventCount": 5}),
    ):  # fmt: skip
        define_query(owner=mia.membership, name=name, query=query, at=NOW)
        answer = mine.post(f"/queries/{name}/subscriptions", STREAM)
        assert answer.status_code == 400
        assert answer.json()["type"] == "epcisException:SubscriptionControlsException"


def test_an_organisation_has_so_many(mine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribing, "MOST_SUBSCRIPTIONS", 1)
    subscribe(mine, STREAM)
    subscribe(mine, STREAM, 400)


def test_unsubscribing_takes_what_waits_along(mine: Any) -> None:
    place = PLACE + "/" + subscribe(mine, STREAM).json()["subscriptionID"]
    row = Subscription.objects.get()
    Delivery.objects.create(subscription=row, number=0, events=[1], executed_at=NOW)
    assert mine.get(place).json()["waitingDeliveries"] == 1
    assert mine.delete(place).status_code == 204
    assert not Delivery.objects.exists()
    assert mine.get(place).status_code == 404
    assert mine.delete(place).status_code == 404


def test_subscriptions_of_others_are_not_there(machine: Any, mine: Any, dan: Any) -> None:
    place = PLACE + "/" + subscribe(mine, STREAM).json()["subscriptionID"]
    theirs = machine(dan)
    define_query(owner=dan.membership, name="all", query={}, at=NOW)
    assert theirs.get(PLACE).json() == []
    for answer in (theirs.get(place), theirs.delete(place), theirs.post(place + "/resume", {})):
        assert answer.status_code == 404
    assert Subscription.objects.count() == 1


def test_no_other_names_lead_anywhere(mine: Any) -> None:
    for one in ("x", str(uuid4()), "%00", "a%2Fb"):
        assert mine.get(f"{PLACE}/{one}").status_code == 404
    assert mine.post("/queries/none/subscriptions", STREAM).status_code == 404


def test_the_list_comes_in_pages(mine: Any) -> None:
    ids = [subscribe(mine, STREAM).json()["subscriptionID"] for _ in range(3)]
    first = mine.get(PLACE, perPage="2")
    path = first["Link"].partition(">")[0].lstrip("<").removeprefix("/epcis")
    assert [one["subscriptionID"] for one in first.json() + mine.get(path).json()] == ids


def test_who_may_only_look_looks(mine: Any, mia: Any) -> None:
    place = PLACE + "/" + subscribe(mine, STREAM).json()["subscriptionID"]
    Membership.objects.filter(pk=mia.membership.pk).update(role="viewer")
    assert mine.get(place).status_code == 200
    subscribe(mine, STREAM, 403)
    assert mine.delete(place).status_code == 403
    assert mine.post(place + "/resume", {}).status_code == 403


def test_a_stopped_one_goes_on_for_whoever_resumes_it(mine: Any, mia: Any) -> None:
    place = PLACE + "/" + subscribe(mine, DAILY).json()["subscriptionID"]
    row = Subscription.objects.get()
    Delivery.objects.create(
        subscription=row, number=0, events=[], executed_at=NOW, attempts=9,
        not_before=NOW + timedelta(days=400),
    )  # fmt: skip
    Subscription.objects.update(
        state="failing", reason="Not reached.", failures=40, failing_since=NOW, membership=None
    )
    told = mine.get(place).json()
    assert (told["state"], told["reason"]) == ("failing", "Not reached.")
    told = mine.post(place + "/resume", {}).json()
    assert (told["state"], told["consecutiveFailures"]) == ("active", 0)
    assert "reason" not in told and "failingSince" not in told
    row = Subscription.objects.get()
    assert row.membership_id == mia.membership.pk
    assert row.token is not None
    waiting = row.deliveries.get()
    assert (waiting.attempts, waiting.not_before) == (0, None)
