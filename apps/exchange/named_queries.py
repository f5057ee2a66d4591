"""Queries that an organisation keeps under a name (EPCIS 2.0 §8.2.7, §12.6)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.exchange.models import NamedQuery, Subscription
from apps.exchange.paging import PAGING
from apps.exchange.problems import EpcisException
from apps.exchange.query import Query, read_query_object, wrong
from apps.parties.models import Membership

MOST_QUERIES = 1_000  # an organisation
_NAME = re.compile(
    r"[^/\\\x00-\x20\x7f-\xa0]([^/\\\x00-\x1f\x7f-\x9f]{0,118}[^/\\\x00-\x20\x7f-\xa0])?"
)
# What depends on other parameters and cannot be judged alone.
_TOGETHER = ("eventCountLimit", "maxEventCount", "orderBy", "orderDirection")


def question_of(named: NamedQuery) -> Query:
    """What a stored query asks. Raises EpcisException where it is not understood any more."""
    return read_query_object(named.query)


def check_query(query: Mapping[str, Any]) -> None:
    """Raises EpcisException `QueryParameterException`; its `errors` name every parameter that is wrong."""
    for name in PAGING:
        if name in query:
            raise wrong(name, "is of a page, not of a query")
    try:
        read_query_object(query)
    except EpcisException as first:
        raise EpcisException(
            first.name, first.detail, errors=_each(query) or [_error(first)], **first.more
        ) from None


def _each(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    errors = []
    context = {name: query[name] for name in ("@context",) if name in query}
    for name, value in query.items():
        if name in _TOGETHER:
            continue
        try:
            read_query_object(context | {name: value})
        except EpcisException as error:
            errors.append(_error(error))
    return errors


def _error(one: EpcisException) -> dict[str, Any]:
    return {"parameter": one.more.get("parameter", ""), "detail": one.detail}


def define_query(*, owner: Membership, name: Any, query: Any, at: datetime) -> NamedQuery:
    """Keeps `query` as `name` of the owner's organisation. Raises EpcisException: ValidationException,
    QueryParameterException, ResourceAlreadyExistsException."""
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name in (".", ".."):
        raise EpcisException(
            "ValidationException",
            "name is a string of 1 to 120 characters, without slashes and control characters.",
        )
    if not isinstance(query, dict):
        raise EpcisException("ValidationException", "query is an object of query parameters.")
    check_query(query)
    if not _can_be_stored(query):
        raise EpcisException("ValidationException", "query has something in it that JSON has not.")
    mine = NamedQuery.objects.filter(organisation_id=owner.organisation_id)
    if mine.count() >= MOST_QUERIES:
        raise EpcisException("ValidationException", f"At most {MOST_QUERIES:,} named queries.")
    try:
        with transaction.atomic():
            return NamedQuery.objects.create(
                organisation_id=owner.organisation_id, name=name, query=query, created_at=at
            )
    except IntegrityError:
        raise EpcisException(
            "ResourceAlreadyExistsException", f"There is a query named {name} already."
        ) from None


def _can_be_stored(query: dict[str, Any]) -> bool:
    """Neither NUL characters nor numbers beyond all bounds."""
    try:
        return "\\u0000" not in json.dumps(query, allow_nan=False)
    except ValueError:
        return False


@transaction.atomic
def drop_query(*, named: NamedQuery) -> None:
    """Its subscriptions end with it, and what they still had to deliver (openapi.yaml, DELETE)."""
    # The query first, so that nobody subscribes meanwhile; then its subscriptions before their deliveries,
    # as whoever marks a delivery does: so nobody waits for each other.
    list(NamedQuery.objects.select_for_update().filter(pk=named.pk))
    list(Subscription.objects.select_for_update().filter(query=named).order_by("id"))
    named.delete()


def query_named(owner: Membership, name: str) -> NamedQuery:
    """The query of the owner's organisation. Raises EpcisException `NoSuchNameException`: others' queries
    are not there either."""
    found = None
    if "\x00" not in name:
        mine = NamedQuery.objects.filter(organisation_id=owner.organisation_id)
        found = mine.filter(name=name).first()
    if found is None:
        raise EpcisException("NoSuchNameException", "There is no such query of yours.")
    return found
