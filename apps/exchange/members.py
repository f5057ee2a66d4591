"""Reads: the values there are to ask about. Types, steps, dispositions, places and objects of events."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, Sum, TextField

from apps.custody.levels import party_to
from apps.custody.models import CustodyEvent
from apps.exchange.bounded import bounded
from apps.exchange.query import EVENT_TYPES, Match, holds
from apps.exchange.query.conditions import DECLARE_ERROR, UNMANAGED, OnDocument, outside_custody
from apps.exchange.query.matching import OBJECTS
from apps.exchange.sight import packages_seen, sees_all, sees_package, sight_of
from apps.parties.models import Membership
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import SPELLINGS
from pharmatrace.kernel.gs1.identifiers import package_ids

# As the indexes of CustodyEvent have them.
VALUES = {
    "bizSteps": "({document} ->> 'bizStep')",
    "dispositions": "({document} ->> 'disposition')",
    "bizLocations": "({document} #>> '{bizLocation,id}')",
    "readPoints": "({document} #>> '{readPoint,id}')",
}
_TYPE = "({document} ->> 'type')"
Page = tuple[list[str], list[str] | None]
FEW_EVENTS, FEW = 5_000, 100_000  # of an organisation, and packages that they name


def types_seen(reader: Membership) -> list[str]:
    """The types of the events a reader sees: the standard's five where there are such, then others."""
    with bounded():
        seen = CustodyEvent.objects.filter(sight_of(reader).where)
        found = [one for one in EVENT_TYPES if seen.filter(_of_type(one)).exists()]
        others = seen.filter(kind__in=(UNMANAGED, DECLARE_ERROR)).annotate(
            type=OnDocument(_TYPE, (), TextField())
        )
        own = others.exclude(type__in=EVENT_TYPES).order_by("type")
        return found + list(own.values_list("type", flat=True).distinct())


def _of_type(name: str) -> Q:
    """Custody's own events have one type for each step, and steps have an index."""
    steps = sorted({one.biz_step for one in SPELLINGS.values() if one.type == name})
    return Q(
        OnDocument(f"{VALUES['bizSteps']} = ANY(%s) AND {_TYPE} = %s", [steps, name])
    ) | outside_custody(Q(document__contains={"type": name}))


def values_seen(
    reader: Membership, name: str, *, since: str | None = None, only: str | None = None, size: int
) -> list[str]:
    """Distinct values of one of VALUES in the events a reader sees, in order; at most `size`."""
    with bounded():
        if sees_all(reader) and only is None:
            return _every_value(VALUES[name], since, size)
        found = CustodyEvent.objects.filter(sight_of(reader).where)
        if only is not None:
            equal = OnDocument(f"{VALUES[name]} = %s", [only])
            return [only] if found.filter(equal).exists() else []
        found = found.annotate(value=OnDocument(VALUES[name], (), TextField()))
        found = found.filter(value__isnull=False)
        if since is not None:
            found = found.filter(value__gt=since)
        return list(found.order_by("value").values_list("value", flat=True).distinct()[:size])


def _every_value(expression: str, since: str | None, size: int) -> list[str]:
    """From one value to the next in the index, however many events have it."""
    value = expression.replace("{document}", "document")
    step = f"SELECT min({value}) FROM custody_custodyevent WHERE {value}"
    first = f"{step} IS NOT NULL" if since is None else f"{step} > %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE found(value, n) AS (SELECT ({first}), 1 UNION ALL"
            f" SELECT ({step} > found.value), n + 1 FROM found WHERE value IS NOT NULL AND n < %s)"
            " SELECT value FROM found WHERE value IS NOT NULL ORDER BY n",
            [*([] if since is None else [since]), size],
        )
        return [value for (value,) in cursor.fetchall()]


def epcs_seen(reader: Membership, *, since: list[str] | None, size: int) -> Page:
    """One page of the objects that events name which the reader did or received, and the key of the next:
    our packages in the order of their ids (which is no order to anyone), then what only events about
    other things name."""
    with bounded():
        kind, key = since or ["package", ""]
        members: list[str] = []
        if kind == "package":
            rows = _packages(reader, UUID(key) if key else UUID(int=0), size + 1)
            members = [RESOLVER + path for _, path in rows[:size]]
            if len(rows) > size:
                return members, ["package", str(rows[size - 1][0])]
            key = ""
        others = _other_objects(reader, key, size + 1 - len(members))
        left = size - len(members)
        shown = _without_packages(reader, others[:left])
        return members + shown, (
            ["other", others[left - 1] if left else ""] if len(others) > left else None
        )


def _packages(reader: Membership, since: UUID, size: int) -> list[tuple[UUID, str]]:
    """Packages behind `since`, in the order of their ids. Whoever has had few is asked for what its events name,
    whoever has had many finds a page of them soon among all packages."""
    events = CustodyEvent.objects.filter(party_to(reader.organisation_id), package_count__gt=0)
    some = events.order_by().values("package_count")[: FEW_EVENTS + 1]
    packages = some.aggregate(events=Count("*"), packages=Sum("package_count"))
    if sees_all(reader) or packages["events"] > FEW_EVENTS or (packages["packages"] or 0) > FEW:
        found = packages_seen(reader).filter(id__gt=since).order_by("id")
        return list(found.values_list("id", "path")[:size])
    sql, params = events.values("document").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH named AS (SELECT DISTINCT encode(substring(sha256(convert_to("
            "substr(u.uri, %s), 'UTF8')) FROM 1 FOR 16), 'hex')::uuid AS id"
            f" FROM ({sql}) e, LATERAL (SELECT jsonb_array_elements_text("
            " coalesce(document->'epcList', '[]') || coalesce(document->'childEPCs', '[]')"
            " || jsonb_build_array(document->'parentID'))) u(uri))"
            " SELECT p.id, p.path FROM named JOIN custody_package p ON p.id = named.id"
            " WHERE p.id > %s ORDER BY p.id LIMIT %s",
            [len(RESOLVER) + 1, *params, str(since), size],
        )
        return cursor.fetchall()


def _other_objects(reader: Membership, since: str, size: int) -> list[str]:
    events = CustodyEvent.objects.filter(sight_of(reader).where, kind=UNMANAGED)
    sql, params = events.values("document").query.sql_with_params()
    named = " || ".join(f'@.key == "{one}"' for one in OBJECTS["MATCH_anyEPC"])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT (o.value #>> '{}') COLLATE \"C\" AS epc"
            f" FROM ({sql}) e, jsonb_path_query(e.document, %s::jsonpath) o(value)"
            " WHERE (o.value #>> '{}') COLLATE \"C\" > %s ORDER BY epc LIMIT %s",
            [*params, f"$.keyvalue() ? ({named}).value[*]", since, size],
        )
        return [epc for (epc,) in cursor.fetchall()]


def _without_packages(reader: Membership, uris: list[str]) -> list[str]:
    ids = package_ids(uri.removeprefix(RESOLVER) for uri in uris)
    known = set(packages_seen(reader).filter(id__in=ids).values_list("path", flat=True))
    return [uri for uri in uris if uri.removeprefix(RESOLVER) not in known]


def sees_object(reader: Membership, uri: str) -> bool:
    """Whether the reader had this package, or sees an event about other things that names it."""
    if sees_package(reader, uri):
        return True
    match = Match(OBJECTS["MATCH_anyEPC"], frozenset([uri]))
    seen = CustodyEvent.objects.filter(sight_of(reader).where)
    return seen.filter(outside_custody(holds(match))).exists()
