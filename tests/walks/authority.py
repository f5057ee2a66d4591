"""The search, the authority's pages and a maker's: who may open which of them, and something real behind each."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from apps.custody.serials import Recipe
from apps.desk.line.services import start_line
from apps.desk.urls_oversight import oversight
from apps.exchange.serials.services import generate_list
from apps.oversight.cases.services import open_case
from apps.parties.models import Licence
from apps.safety.models import Alert
from apps.safety.services import recall
from tests.custody.goods import batch_of, package, uri
from tests.desk import test_maker_roles as maker
from tests.oversight import test_roles as authority
from tests.walks.rows import ROLES, Row, for_everybody

WRITERS = ROLES[:2]


def _of_the_authority(name: str) -> Row:
    if name in authority.FOR_ALL:
        return Row()
    roles = ROLES
    if name in authority.ADMINISTERING:
        roles = ROLES[:1]
    elif name in authority.RECORDING | authority.POST_ONLY:
        roles = WRITERS
    return Row("r", roles, yes=405 if name in authority.POST_ONLY else 200)


def _of_makers(name: str) -> Row:
    if name in maker.POST_ONLY:
        return Row("m", WRITERS, yes=405)
    if name in ("label-pdf", "label-zpl"):
        return Row("mdp", WRITERS, but={"d": 404, "p": 404})  # of what they hold
    return Row(maker.WHO_MAY_OPEN[name], ROLES if name in maker.LOOKING else WRITERS)


ROWS: dict[str, Row] = {
    "search": Row(nobody=302),
    **{f"oversight:{one.name}": _of_the_authority(str(one.name)) for one in oversight},
    **{f"desk:{name}": _of_makers(name) for name in (*maker.WHO_MAY_OPEN, *maker.POST_ONLY)},
    **dict.fromkeys(("record/lock/", "record/unlock/"), for_everybody(302)),  # where they were before
}  # fmt: skip


def literal(*, mia: Any, rosa: Any) -> dict[str, str]:
    """Addresses with something real behind them."""
    now = timezone.now()
    batch = package(uri("S20")).batch
    assert batch is not None
    recalled = recall(
        actor=mia.actor, user=mia.user, batch=batch_of(mia, lot="R1"), severity="1", reason="x",
        instruction="y", at=now,
    )  # fmt: skip
    made = generate_list(
        actor=mia.actor, user=mia.user, batch=batch, count=3, recipe=Recipe(), at=now
    )
    line = start_line(actor=mia.actor, id=uuid4(), batch=batch, size=2, label="pdf", at=now)
    case = open_case(by=rosa.membership, title="A copied serial", at=now)
    alert = Alert.objects.create(
        kind="clone", sentence="x", raised_for=mia.organisation, raised_at=now
    )
    licence = Licence.objects.filter(organisation=mia.organisation).earliest("id")
    pack = package(uri("S20"))
    things: dict[str, list[Any]] = {
        "search": [],
        "oversight:alert-close": [alert.pk], "oversight:licence-change": [licence.pk, "suspend"],
        **{name: [case.pk] for name in ("oversight:case", "oversight:case-note", "oversight:case-close", "oversight:case-archive")},
        "oversight:export-batch": [batch.pk, "csv"], "oversight:export": ["events", "csv"],
        "oversight:organisation": [mia.organisation.pk], "oversight:recall": [recalled.pk],
        **{name: [made.pk] for name in ("desk:serials", "desk:serials-progress", "desk:serials-start", "desk:serials-discard")},
        **{name: [batch.pk] for name in ("desk:labels", "desk:labels-pdf", "desk:labels-zpl", "desk:batch-packs", "desk:batch-change")},
        "desk:label-pdf": [pack.pk], "desk:label-zpl": [pack.pk], "desk:recall-notice": [recalled.batch_id],
        "desk:line": [line.pk], "desk:line-stop": [line.pk], "desk:line-close": [line.pk, 1],
    }  # fmt: skip
    return {name: reverse(name, args=arguments) for name, arguments in things.items()} | {
        "record/lock/": "/record/lock/", "record/unlock/": "/record/unlock/",
    }  # fmt: skip
