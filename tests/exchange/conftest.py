from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.catalog.models import Batch
from apps.parties.services import issue_token
from tests.custody.goods import Goods, batch_of
from tests.exchange.receiver import Receiver
from tests.exchange.subscriber import Desk


@pytest.fixture
def batch(mia: Any) -> Batch:
    return batch_of(mia)


@pytest.fixture
def goods(batch: Batch) -> Goods:
    return Goods()


@pytest.fixture
def machine(client: Any) -> Callable[..., Any]:
    """`machine(mia)` is Mia's machine: `.get("/events", MATCH_epc=…)`, `.post("/capture", body)`."""
    return lambda who, *scopes: Machine(client, who, scopes or ("capture", "read"))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A partner's webhook on this machine."""
    with Receiver() as one:
        yield one


@pytest.fixture
def desk(receiver: Receiver, goods: Goods) -> Desk:
    return Desk(receiver, goods)


class Machine:
    def __init__(self, client: Any, who: Any, scopes: Any) -> None:
        now = timezone.now()
        _, text = issue_token(
            membership=who.membership, name="partner", scopes=list(scopes),
            expires_at=now + timedelta(days=1), at=now,
        )  # fmt: skip
        self.client, self.headers = client, {"Authorization": f"Bearer {text}"}

    def get(self, path: str, headers: Any = None, **parameters: str) -> Any:
        return self.client.get("/epcis" + path, parameters, headers=self.headers | (headers or {}))

    def post(self, path: str, body: Any, kind: str = "application/json", **headers: str) -> Any:
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            "/epcis" + path, body, content_type=kind, headers=self.headers | named
        )

    def options(self, path: str) -> Any:
        return self.client.options("/epcis" + path, headers=self.headers)

    def delete(self, path: str) -> Any:
        return self.client.delete("/epcis" + path, headers=self.headers)

    def events(self, path: str = "/events", **parameters: str) -> list[Any]:
        answer = self.get(path, **parameters)
        assert answer.status_code == 200, answer.content
        return answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]  # type: ignore[no-any-return]
