"""The event query of EPCIS 2.0 (§8.2.7.1): a question in, conditions for the database out.

`grammar` lists every parameter; the other rooms read one family each.
"""

from __future__ import annotations

from apps.exchange.query.event_fields import EVENT_TYPES, canonical, event_ids
from apps.exchange.query.matching import holds
from apps.exchange.query.question import Match, Query
from apps.exchange.query.reading import read_query, read_query_object
from apps.exchange.query.refusing import wrong

__all__ = [
    "EVENT_TYPES",
    "Match",
    "Query",
    "canonical",
    "event_ids",
    "holds",
    "read_query",
    "read_query_object",
    "wrong",
]
