"""Stops at the counter: which one this browser waits for, and how each is shown. They are rows (apps/custody/stop_models):
another device, or the serial typed by hand later, finds the pack stopped too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet

from apps.custody.models import Package, Stop
from apps.custody.selectors import find
from apps.custody.services.stop_at_counter import stop_at_counter
from apps.desk.counter import OF_THE_LABEL, Judged
from apps.parties.actor import Actor
from pharmatrace.kernel.gs1.identifiers import package_ids

KEY = "dispense_stop"
BIGGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Shown:
    """A stop as the counter shows it; `fields` where label and record differ."""

    id: int
    path: str
    package: Package | None
    refusals: list[dict[str, str]]
    fields: list[dict[str, Any]]

    @property
    def product(self) -> str:
        return str(self.package.batch.product) if self.package and self.package.batch else ""

    @property
    def maker(self) -> str:
        return (
            self.package.batch.product.manufacturer.name
            if self.package and self.package.batch
            else ""
        )

    @property
    def of_the_label(self) -> bool:
        """Nothing but the label speaks against it, so a misread may be all there was."""
        return all(one["code"] in OF_THE_LABEL for one in self.refusals)


def shown(stop: Stop) -> Shown:
    return _shown(stop, find(stop.package_path))


def _shown(stop: Stop, package: Package | None) -> Shown:
    return Shown(stop.pk, stop.package_path, package, stop.refusals, stop.compared)


def begin(session: SessionBase, judged: Judged, *, actor: Actor, at: datetime) -> Shown | None:
    """From now on the pack is stopped, and this browser's counter waits. None where nothing stops the pack: then the
    form is wrong, and nobody would look for it later."""
    fields = [
        {"name": str(one.name), "label": one.label, "record": one.record, "differs": one.differs}
        for one in judged.fields
    ]
    stop = stop_at_counter(
        actor=actor,
        path=judged.identity.path,
        refusals=judged.refusals,
        compared=fields if judged.differs else (),
        at=at,
    )
    if stop is None:
        return None
    session[KEY] = stop.pk
    return _shown(stop, judged.package)


def standing(session: SessionBase, *, actor: Actor) -> Shown | None:
    """The stop that this browser waits for, if it still stands. Who has changed to another organisation answers there for
    nothing."""
    waits = session.get(KEY)
    if waits is None:
        return None
    stop = Stop.objects.filter(pk=waits if isinstance(waits, int) else 0).first()
    if stop is None or stop.answered_at is not None:  # somebody answered on another device
        end(session)
        return None
    return shown(stop) if stop.organisation_id == actor.organisation_id else None


def end(session: SessionBase) -> None:
    session.pop(KEY, None)


def unanswered(actor: Actor, *, but: Shown | None = None) -> QuerySet[Stop]:
    """What nobody has answered for yet, at any counter of the organisation, newest first; without `but`, which is on the
    screen already."""
    waiting = Stop.objects.filter(organisation_id=actor.organisation_id, answered_at=None)
    if but is not None:
        waiting = waiting.exclude(pk=but.id)
    return waiting.order_by("-stopped_at", "-pk")


def of_package(path: str, *, actor: Actor) -> Shown | None:
    """The stop of this pack that waits for an answer, whichever counter it stopped."""
    stop = unanswered(actor).filter(package_id=package_ids([path])[0]).first()
    return shown(stop) if stop else None


def with_id(id: int, *, actor: Actor) -> Shown | None:
    stop = unanswered(actor).filter(pk=id).first()
    return shown(stop) if stop else None


def named(text: str, waiting: Shown | None) -> int | None:
    """The id that a form sends along; that of the stop which this browser waits for where it sends none."""
    if text.isascii() and text.isdigit() and len(text) < 20:
        return min(int(text), BIGGEST)
    return waiting.id if waiting else None
