"""What a person looks for again and again on one list, kept under a name of theirs."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.http import QueryDict

from pharmatrace.kernel.refusal import Refused

MOST = 20  # of one person on one list
LONGEST_NAME, LONGEST_QUERY = 60, 500


class SavedFilter(models.Model):
    """`page` is the name of the list's address, `query` what stands behind its question mark."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters"
    )
    page = models.CharField(max_length=80)
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.CharField(max_length=LONGEST_QUERY)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="filter_named_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.page})"


def saved_filters(*, user_id: int, page: str) -> list[SavedFilter]:
    """A person's filters of one list, by name. One query."""
    return list(SavedFilter.objects.filter(user_id=user_id, page=page)[:MOST])


def save_filter(*, user_id: int, page: str, name: str, query: str, at: datetime) -> SavedFilter:
    """Keeps a filter; one of the same name takes on the new question.

    Raises `Refused`: `filter_without_name`, `filter_without_question`, `filter_too_long`, `too_many_filters`.
    """
    name = " ".join(name.replace("\0", "").split())
    query = without_page(query)
    if not name or len(name) > LONGEST_NAME:
        raise Refused.one(
            "filter_without_name", f"A filter needs a name of at most {LONGEST_NAME} characters."
        )
    if not query:
        raise Refused.one("filter_without_question", "Nothing is filtered, so nothing was saved.")
    if len(query) > LONGEST_QUERY:
        raise Refused.one("filter_too_long", "This filter is too long to be saved.")
    others = SavedFilter.objects.filter(user_id=user_id, page=page).exclude(name=name)
    if others.count() >= MOST:
        raise Refused.one(
            "too_many_filters", f"There are {MOST} filters already. Remove one first."
        )
    saved, _ = SavedFilter.objects.update_or_create(
        user_id=user_id, page=page, name=name, defaults={"query": query, "created_at": at}
    )
    return saved


def drop_filter(*, user_id: int, id: int) -> str | None:
    """Removes a filter of one's own; the list it was of, or None where there is none."""
    mine = SavedFilter.objects.filter(user_id=user_id, id=id)
    page = mine.values_list("page", flat=True).first()
    mine.delete()
    return page


def without_page(query: str) -> str:
    """A query in one spelling: what was left empty and the number of the page are no part of a question."""
    asked = QueryDict(query.replace("\0", ""), mutable=True)
    kept = QueryDict(mutable=True)
    for key, values in asked.lists():
        if key != "page" and (values := [value for value in values if value]):
            kept.setlist(key, values)
    return kept.urlencode()
