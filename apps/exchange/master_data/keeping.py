"""What was told about things, kept as it was told: what HASATTR, EQATTR and WD queries ask."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from apps.exchange.master_data.models import VocabularyElement
from pharmatrace.kernel.epcis.master_data import Thing, attribute_name
from pharmatrace.kernel.gs1.normal_form import normal_uri

AT_ONCE = 1_000
DEEPEST = 12  # places within places
_LONGEST_VOCABULARY, _LONGEST_URI = 200, 400


def keep(things: Iterable[Thing], *, organisation_id: UUID, at: datetime) -> int:
    """Stores what `things` say for the organisation, the newest word of each; returns how many. Those whose
    name is too long to be one are left off. One query a thousand."""
    newest = {
        (one.vocabulary, one.uri): one
        for one in things
        if one.uri and len(one.uri) <= _LONGEST_URI and len(one.vocabulary) <= _LONGEST_VOCABULARY
    }
    rows = [
        VocabularyElement(
            organisation_id=organisation_id,
            vocabulary=one.vocabulary,
            uri=one.uri,
            attributes=dict(one.attributes),
            children=list(one.children),
            told_at=at,
        )
        for _, one in sorted(
            newest.items()
        )  # in one order: two documents at once never wait in a ring
    ]
    VocabularyElement.objects.bulk_create(
        rows,
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["organisation", "vocabulary", "uri"],
        update_fields=["attributes", "children", "told_at"],
    )
    return len(rows)


def things_with(
    organisation_id: UUID | None, attribute: str, values: Collection[str] | None = None
) -> QuerySet[VocabularyElement, str]:
    """URIs (normal form) of the things that have `attribute`, with one of `values` if given; of one
    organisation's, or of all where it is None. `attribute` in any spelling. A subquery, not yet asked."""
    known = _of(organisation_id)
    name = attribute_name(attribute)
    found = known.filter(attributes__has_key=name)
    if values is not None:
        found = known.none()
        for value in values:
            found |= known.filter(attributes__contains={name: [value]})
    return found.values_list("uri", flat=True)


def things_within(organisation_id: UUID | None, uris: Iterable[str]) -> set[str]:
    """`uris` and everything that belongs to them, by the children told (EPCIS 2.0 §8.2.7.1, WD_). One query a
    level."""
    level = {normal_uri(one) for one in uris}
    within = set(level)
    for _ in range(DEEPEST):
        rows = _of(organisation_id).filter(uri__in=level).values_list("children", flat=True)
        level = {child for children in rows for child in children} - within
        if not level:
            break
        within |= level
    return within


def _of(organisation_id: UUID | None) -> QuerySet[VocabularyElement]:
    every = VocabularyElement.objects.all()
    return every if organisation_id is None else every.filter(organisation_id=organisation_id)
