"""When an event happened and when we learnt of it: columns of their own, with indexes."""

from __future__ import annotations

import re

from django.db.models import Q

from apps.exchange.query.given import Given

_COLUMNS = {"eventTime": "occurred_at", "recordTime": "recorded_at"}
_SIDES = {"GE": "gte", "LT": "lt"}


def moment(given: Given, found: re.Match[str]) -> Q:
    side, name = found.groups()
    return Q(**{f"{_COLUMNS[name]}__{_SIDES[side]}": given.moment()})
