"""A question, read: what the database is asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q
from django.db.models.expressions import BaseExpression

from apps.exchange.query.ordering import Order


@dataclass(frozen=True, slots=True)
class Match:
    """One MATCH parameter about single objects: some `member` of the event has one of `uris` (canonical),
    or a text that one of the regular expressions `patterns` describes."""

    members: tuple[str, ...]
    uris: frozenset[str]
    patterns: tuple[str, ...] = ()


@dataclass(slots=True)
class Query:
    """`where` over CustodyEvent; `matches` need a look into the index of packages besides."""

    where: Q = field(default_factory=Q)
    matches: list[Match] = field(default_factory=list)
    order: Order = field(default_factory=Order)
    limit: int | None = None
    most: int | None = None

    @property
    def named(self) -> frozenset[str]:
        """All objects that the question names one by one."""
        return frozenset[str]().union(*(match.uris for match in self.matches))

    def narrow(self, condition: Q | BaseExpression) -> None:
        self.where &= condition if isinstance(condition, Q) else Q(condition)
