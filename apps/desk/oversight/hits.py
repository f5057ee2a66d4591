"""Search results as people read them: a title, a line about it, where it leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.custody.models import CustodyEvent, Package
from apps.desk.templatetags.desk import delivery_number, kind_word, label, level_word
from apps.oversight.models import CaseFile
from apps.oversight.searching.finding import Group
from apps.parties.models import Organisation, Site
from apps.verify.explorer.searching import Found

NAMES: dict[str, str | Promise] = {
    "package": gettext_lazy("Packages"),
    "event": gettext_lazy("Events"),
    "batch": gettext_lazy("Batches"),
    "product": gettext_lazy("Products"),
    "organisation": gettext_lazy("Organisations"),
    "site": gettext_lazy("Sites"),
    "case": gettext_lazy("Case files"),
    "log": gettext_lazy("The public log"),
}
ICONS = {
    "package": "pack", "event": "timeline", "batch": "batch", "product": "product",
    "organisation": "home", "site": "stock", "case": "record", "log": "lock",
}  # fmt: skip


class Hit(NamedTuple):
    title: str
    detail: str
    address: str
    code: bool = False


class Shown(NamedTuple):
    """A group as it is shown; `more` is the key of the last row where there are more."""

    kind: str
    name: str | Promise
    icon: str
    hits: Sequence[Hit]
    more: str = ""


def shown(group: Group) -> Shown:
    hit = _HITS[group.kind]
    hits = [hit(row) for row in group.found.rows]
    return Shown(group.kind, NAMES[group.kind], ICONS[group.kind], hits, group.found.next)


def in_the_log(found: Found) -> Shown | None:
    hits = []
    if found.entry is not None:
        index = found.entry.index
        title = _("Entry %(index)s") % {"index": index}
        hits.append(Hit(title, found.entry.type, reverse("explorer:entry", args=[index])))
    if found.checkpoint is not None:
        size = found.checkpoint.size
        title = _("Checkpoint of %(size)s entries") % {"size": size}
        hits.append(Hit(title, "", reverse("explorer:checkpoint", args=[size])))
    return Shown("log", NAMES["log"], ICONS["log"], hits) if hits else None


def _package(row: Package) -> Hit:
    batch = row.batch
    detail = str(level_word(row.level))
    if batch is not None:
        detail = f"{batch.product} · {_('Lot')} {batch.lot}"
    return Hit(label(row.path), detail, reverse("desk:package", args=[row.pk]), code=True)


def _event(row: CustodyEvent) -> Hit:
    parts = [f"{row.occurred_at:%Y-%m-%d %H:%M} UTC", row.actor.name]
    if row.counterparty is not None:
        parts.append(row.counterparty.name)
    if row.reference:
        parts.append(delivery_number(row.reference))
    return Hit(str(kind_word(row.kind)), " · ".join(parts), reverse("desk:event", args=[row.pk]))


def _batch(row: Any) -> Hit:
    title = _("Lot %(lot)s") % {"lot": row.lot}
    return Hit(title, str(row.product), reverse("desk:batch", args=[row.pk]))


def _product(row: Any) -> Hit:
    detail = f"GTIN {row.gtin} · {row.manufacturer.name}"
    return Hit(str(row), detail, reverse("desk:product", args=[row.pk]))


def _organisation(row: Organisation) -> Hit:
    detail = f"{row.get_kind_display()} · {row.country} · GLN {row.gln}"
    return Hit(row.name, detail, reverse("oversight:organisation", args=[row.pk]))


def _site(row: Site) -> Hit:
    address = reverse("oversight:organisation", args=[row.organisation_id])
    return Hit(str(row), f"{row.organisation.name} · GLN {row.gln}", f"{address}#sites")


def _case(row: CaseFile) -> Hit:
    return Hit(row.title, f"{row.opened_at:%Y-%m-%d}", reverse("oversight:case", args=[row.pk]))


_HITS: dict[str, Callable[[Any], Hit]] = {
    "package": _package, "event": _event, "batch": _batch, "product": _product,
    "organisation": _organisation, "site": _site, "case": _case,
}  # fmt: skip
