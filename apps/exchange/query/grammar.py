"""Every parameter of an event query, and every family of them (EPCIS 2.0 §8.2.7.1; GS1's openapi.yaml and
query-schema.json). What is not here is no parameter.

A family's name is a pattern: its groups are what the reader is told besides what was given.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from apps.exchange.query import (
    event_fields,
    extensions,
    masters,
    matching,
    ordering,
    places,
    quantities,
    sensors,
    times,
)
from apps.exchange.query.conditions import OnDocument
from apps.exchange.query.given import Given
from apps.exchange.query.question import Query
from apps.exchange.query.units import UNIT

Narrowing = Q | OnDocument | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """`told` is how docs/epcis.md writes it."""

    name: re.Pattern[str]
    told: str
    read: Callable[[Query, Given, re.Match[str]], None]


def _exactly(name: str, reader: Callable[[Given], Narrowing]) -> Parameter:
    return _family(name, name, lambda given, found: reader(given))


def _family(
    pattern: str, told: str, reader: Callable[[Given, re.Match[str]], Narrowing]
) -> Parameter:
    def read(query: Query, given: Given, found: re.Match[str]) -> None:
        narrowing = reader(given, found)
        if narrowing is not None:
            query.narrow(narrowing)

    return Parameter(re.compile(pattern, re.DOTALL), told, read)


def _setting(name: str, reader: Callable[[Query, Given], None]) -> Parameter:
    def read(query: Query, given: Given, found: re.Match[str]) -> None:
        reader(query, given)

    return Parameter(re.compile(name), name, read)


_SCOPES = "|".join(scope for scope in extensions.SCOPES if scope)
_VALUES = "value|minValue|maxValue|meanValue|sDev|percValue"
_NAME = "([^:]+:.+)"

PARAMETERS: tuple[Parameter, ...] = (
    _exactly("eventType", event_fields.event_type),
    _family("(GE|LT)_(eventTime|recordTime)", "GE_eventTime", times.moment),
    _exactly("EQ_action", event_fields.action),
    _exactly("EQ_bizStep", event_fields.biz_step),
    _exactly("EQ_disposition", event_fields.disposition),
    _family(
        "EQ_persistentDisposition_(set|unset)",
        "EQ_persistentDisposition_set",
        event_fields.persistent_disposition,
    ),
    _family("EQ_(readPoint|bizLocation)", "EQ_readPoint", places.place),
    _family("WD_(readPoint|bizLocation)", "WD_readPoint", places.within),
    _family(
        "EQ_(bizTransaction|source|destination)_(.+)", "EQ_bizTransaction_type", event_fields.pair
    ),
    _exactly("EQ_transformationID", event_fields.transformation_id),
    *(_setting(name, matching.objects) for name in matching.OBJECTS),
    *(_exactly(name, matching.classes) for name in matching.CLASSES),
    _family(f"(EQ|GT|GE|LT|LE)_quantity(?:_({UNIT}))?", "EQ_quantity_uom", quantities.quantity),
    _exactly("EQ_eventID", event_fields.event_id),
    _exactly("EQ_certificationInfo", event_fields.certification_info),
    _exactly("EXISTS_errorDeclaration", event_fields.error_declared),
    # The standard's text and openapi.yaml write the one, query-schema.json the other.
    _family("(GE|LT)_errorDeclaration_?Time", "GE_errorDeclarationTime", event_fields.error_time),
    _exactly("EQ_errorReason", event_fields.error_reason),
    _exactly("EQ_correctiveEventID", event_fields.corrective_event_id),
    _exactly("EXISTS_sensorElementList", event_fields.has_sensors),
    _family("(GE|LT)_(time|startTime|endTime)", "GE_startTime", sensors.moment),
    _family(f"EQ_({'|'.join(sensors.TEXTS)})", "EQ_type", sensors.attribute),
    _exactly("EQ_stringValue", sensors.string_value),
    _exactly("EQ_booleanValue", sensors.boolean_value),
    _exactly("EQ_hexBinaryValue", sensors.hex_value),
    _family(f"(EQ|GT|GE|LT|LE)_({_VALUES})_({UNIT})", "EQ_value_uom", sensors.value),
    _family("(EQ|GT|GE|LT|LE)_(percRank)()", "EQ_percRank", sensors.value),
    _family("HASATTR_(.+)", "HASATTR_fieldname", masters.has_attribute),
    _family("EQ_?ATTR_(.+)", "EQATTR_fieldname_attrname", masters.attribute_equals),
    _family(f"(EXISTS)_(INNER_)?(?:({_SCOPES})_)?{_NAME}", "EXISTS_fieldname", extensions.present),
    _family(
        f"(EQ|GT|GE|LT|LE)_(INNER_)?(?:({_SCOPES})_)?{_NAME}", "EQ_fieldname", extensions.compares
    ),
    _setting("orderBy", ordering.order_by),
    _setting("orderDirection", ordering.direction),
    _setting("eventCountLimit", ordering.limit),
    _setting("maxEventCount", ordering.most),
)


def find(name: str) -> tuple[Parameter, re.Match[str]] | None:
    """The parameter of this name, and the parts of the name."""
    for parameter in PARAMETERS:
        if found := parameter.name.fullmatch(name):
            return parameter, found
    return None
