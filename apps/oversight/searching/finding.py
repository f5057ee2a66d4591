"""What fits a text, kind by kind, as far as the reader may know of it. Each kind costs one question to an index.

A regulator finds everything. A manufacturer finds its own products and batches. Everybody finds the package that a
whole code names (its page shows each as much as they may see), and the events that they are a party to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.functions import Lower

from apps.catalog.selectors import batches_for, products_for
from apps.custody.levels import party_to
from apps.custody.models import CustodyEvent
from apps.oversight.looks import parties_to
from apps.oversight.models import CaseFile
from apps.oversight.searching.asked import Asked
from apps.oversight.searching.packages import packages
from apps.oversight.searching.portions import Portion, portion
from apps.parties.actor import Actor
from apps.parties.models import Organisation, Site

Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Results of one kind: `exact` where the first is what the text names, and not only something like it."""

    kind: str
    found: Portion
    exact: bool


def find(asked: Asked, *, actor: Actor, only: str = "", after: str = "") -> list[Group]:
    """Groups that have results; with `only` of that kind alone, going on behind the row `after`. One query a kind
    that the text can mean, one more where `after` is given."""
    groups = []
    for kind, finder in _finders(actor).items():
        if only and kind != only:
            continue
        group = finder(asked, actor, after if only else "")
        if group is not None and group.found.rows:
            groups.append(group)
    return groups


def whose(group: Group) -> set[UUID | None]:
    """The organisations whose acts or goods stand in these results. What the register says of everybody is nobody's.
    No query."""
    if group.kind == "event":
        return parties_to(group.found.rows)
    if group.kind == "package":
        return {
            id
            for row in group.found.rows
            for id in (row.custodian_id, row.batch and row.batch.product.manufacturer_id)
            if id is not None
        }
    return set()


Finder = Callable[[Asked, Actor, str], Group | None]


def _finders(actor: Actor) -> dict[str, Finder]:
    finders: dict[str, Finder] = {"package": _packages, "event": _events}
    if actor.kind in (Organisation.Kind.MANUFACTURER, Organisation.Kind.REGULATOR):
        finders |= {"batch": _batches, "product": _products}
    if actor.kind == Organisation.Kind.REGULATOR:
        finders |= {"organisation": _organisations, "site": _sites, "case": _cases}
    return finders


def _packages(asked: Asked, actor: Actor, after: str) -> Group | None:
    rows = packages(asked, actor)
    if rows is None:
        return None
    return Group("package", portion(rows, by="id", after=after), exact=True)


def _events(asked: Asked, actor: Actor, after: str) -> Group | None:
    events = CustodyEvent.objects.defer("document").select_related("actor", "counterparty", "site")
    if asked.hash:
        events = events.filter(hash=asked.hash)
    elif asked.number:
        events = _with_number(events).filter(number=asked.number.lower())
    else:
        return None
    if actor.kind != Organisation.Kind.REGULATOR:
        events = events.filter(party_to(actor.organisation_id))
    return Group("event", portion(events, by="-id", after=after), exact=True)


def _with_number(events: QuerySet[CustodyEvent]) -> QuerySet[Any]:
    """The number inside a despatch advice URN (CBV 2.0 §8.5.2), spelled as its index is."""
    number = Func(
        F("reference"),
        Value("[^:]*$"),
        template="substring(%(expressions)s)",
        arg_joiner=" from ",
    )
    return events.exclude(reference="").annotate(number=Lower(number))


def _batches(asked: Asked, actor: Actor, after: str) -> Group | None:
    if not asked.lot:
        return None
    lot = asked.lot.lower()
    rows = batches_for(actor).annotate(lower_lot=Lower("lot"))
    rows = rows.filter(lower_lot=lot) if asked.gtin else rows.filter(lower_lot__startswith=lot)
    if asked.gtin:
        rows = rows.filter(product__gtin=asked.gtin)
    found = portion(rows, by="lower_lot", after=after)
    return Group("batch", found, exact=_first(found, "lower_lot") == lot)


def _products(asked: Asked, actor: Actor, after: str) -> Group | None:
    if asked.gtin:
        found = portion(products_for(actor).filter(gtin=asked.gtin), by="name", after=after)
        return Group("product", found, exact=True)
    rows = _named(products_for(actor), asked, _joined("name", "strength"))
    return None if rows is None else _by_name("product", rows, asked, after)


def _organisations(asked: Asked, actor: Actor, after: str) -> Group | None:
    rows = Organisation.objects.all()
    if asked.gln:
        return Group(
            "organisation", portion(rows.filter(gln=asked.gln), by="name", after=after), exact=True
        )
    named = _named(rows, asked, F("name"))
    return None if named is None else _by_name("organisation", named, asked, after)


def _sites(asked: Asked, actor: Actor, after: str) -> Group | None:
    rows = Site.objects.select_related("organisation")
    if asked.gln:
        return Group(
            "site", portion(rows.filter(gln=asked.gln), by="name", after=after), exact=True
        )
    named = _named(rows, asked, _joined("name", "city"))
    return None if named is None else _by_name("site", named, asked, after)


def _cases(asked: Asked, actor: Actor, after: str) -> Group | None:
    """An authority's own; they are few."""
    if not asked.words:
        return None
    rows = CaseFile.objects.filter(authority_id=actor.organisation_id)
    for word in asked.words:
        rows = rows.filter(title__icontains=word)
    found = portion(rows, by="title", after=after)
    return Group("case", found, exact=_first(found, "title") == asked.text)


def _named(rows: Rows, asked: Asked, name: Any) -> Rows | None:
    """Rows whose name has words that begin like those asked for. `name` as the index has it."""
    if not asked.words:
        return None
    query = SearchQuery(
        " & ".join(f"{word}:*" for word in asked.words), search_type="raw", config="simple"
    )
    vector = _Words(Value("simple"), name)
    return rows.annotate(words=vector).filter(words=query)


def _joined(*fields: str) -> Func:
    """Two texts with a blank between, as an index has them."""
    first, second = fields
    return Func(
        F(first),
        Value(" "),
        F(second),
        template="(%(expressions)s)",
        arg_joiner=" || ",
        output_field=TextField(),
    )


class _Words(Func):
    function = "to_tsvector"
    output_field = SearchVectorField()


def _by_name(kind: str, rows: Rows, asked: Asked, after: str) -> Group:
    found = portion(rows, by="name", after=after)
    return Group(kind, found, exact=_first(found, "name").lower() == asked.text.lower())


def _first(found: Portion, field: str) -> str:
    return str(getattr(found.rows[0], field)) if len(found.rows) == 1 else ""


def event_of_entry(index: int) -> CustodyEvent | None:
    """The event that an entry of the log is about: for those who may see every event."""
    events = CustodyEvent.objects.defer("document").select_related("actor")
    return events.filter(statement__entry__index=index).first()
