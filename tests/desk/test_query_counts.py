"""Lists ask the database the same number of questions however long they are.

The numbers are a baseline in tests/query_counts.json: page → queries. To change one on purpose, edit the file in
the same commit.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.exchange.master_data.models import Proposal
from apps.jobs.services import enqueue
from apps.safety.models import Alert
from tests.custody.goods import CASE, batch_of, package, uris

BASELINE = Path(__file__).parents[1] / "query_counts.json"


def counts(who: Any, addresses: list[str]) -> dict[str, int]:
    found = {}
    client = who.client  # signing in costs queries of its own
    for address in addresses:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200, address
        found[address] = len(queries)
    return found


def more(mia: Any, dan: Any, goods: Any, *, turn: int) -> None:
    """A few more of everything."""
    mine = uris(20 * turn)[20 * (turn - 1) :]
    goods.commission(mia, mine)
    goods.ship(mia, mine[:4], dan)
    goods.ship(dan, mine[:2], mia)  # refused: kept as findings
    batch = batch_of(mia, lot=f"M{turn}")
    for n in range(turn * 3):
        Proposal.objects.create(
            organisation=mia.organisation, kind="site", key=mia.site.gln, values={"name": f"{turn} {n}"},
            digest=f"{turn} {n}".encode(), source="x", first_seen_at=goods.now, last_seen_at=goods.now,
        )  # fmt: skip
        Alert.objects.create(
            kind="clone",
            sentence=f"{n}",
            batch=batch,
            raised_for=mia.organisation,
            raised_at=goods.now,
        )
        enqueue(
            kind="commission", title="Job", owner_id=mia.user.pk, total=1, at=timezone.now(),
            organisation_id=mia.organisation.pk, parameters={"batch": str(batch.pk)},
        )  # fmt: skip


def measured(mia: Any, dan: Any, rosa: Any, case: str) -> dict[str, int]:
    lists = ["/", "/products/", "/batches/", "/jobs/", "/stock/", "/outgoing/", "/events/",
             "/refused/", "/alerts/", "/master-data/", f"/packages/{case}/", "/overdue/", "/inventory/", "/quarantine/",
             "/returns/", "/orders/", "/sessions/", "/looked-at/", "/settings/record/"]  # fmt: skip
    his = ["/", "/incoming/", "/stock/", "/overdue/", "/inventory/"]
    hers = ["/", "/batches/", "/events/", "/refused/", "/alerts/", "/oversight/alerts/", "/oversight/cases/",
            "/oversight/licences/", "/oversight/recalls/", "/oversight/organisations/"]  # fmt: skip
    return {
        **counts(mia, lists),
        **{f"dan {address}": n for address, n in counts(dan, his).items()},
        **{f"rosa {address}": n for address, n in counts(rosa, hers).items()},
    }


def test_lists_cost_the_same_however_long_they_are(
    mia: Any, dan: Any, rosa: Any, goods: Any
) -> None:
    more(mia, dan, goods, turn=1)
    goods.pack(mia, CASE, uris(20)[10:])
    case = str(package(CASE).pk)
    few = measured(mia, dan, rosa, case)
    for turn in (2, 3, 4):
        more(mia, dan, goods, turn=turn)
    goods.pack(mia, CASE, uris(80)[70:])
    many = measured(mia, dan, rosa, case)
    assert many == few
    named = {address.replace(case, "<case>"): n for address, n in many.items()}
    assert named == json.loads(BASELINE.read_text())
