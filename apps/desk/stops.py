"""A stop at the counter, kept with the browser until somebody says what was done about the pack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from apps.desk.counter import Judged
from apps.parties.actor import Actor

KEY = "dispense_stop"


def begin(
    session: SessionBase, judged: Judged, *, findings: Sequence[int], actor: Actor
) -> dict[str, Any]:
    """From now on this browser's counter is stopped. Nothing of it goes to others; the findings are in the database."""
    package = judged.package
    batch = package.batch if package else None
    stop = {
        "organisation": str(actor.organisation_id),
        "findings": list(findings),
        "path": judged.identity.path,
        "uri": judged.identity.uri,
        "package": str(package.pk) if package else "",
        "product": f"{batch.product.name} {batch.product.strength}" if batch else "",
        "maker": batch.product.manufacturer.name if batch else "",
        "refusals": [
            {"code": one.code, "sentence": one.sentence} for one in judged.refusals
        ],
        "fields": [
            {"name": str(one.name), "label": one.label, "record": one.record, "differs": one.differs}
            for one in judged.fields
        ]
        if judged.differs
        else [],
    }  # fmt: skip
    session[KEY] = stop
    return stop


def standing(session: SessionBase, *, actor: Actor) -> dict[str, Any] | None:
    """The stop that waits for an answer, if any. Who has changed to another organisation answers there for nothing."""
    stop: dict[str, Any] | None = session.get(KEY)
    return stop if stop and stop["organisation"] == str(actor.organisation_id) else None


def end(session: SessionBase) -> None:
    session.pop(KEY, None)
