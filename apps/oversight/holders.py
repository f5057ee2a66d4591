"""Who holds what lies in containers: a package inside another shares the custody of the outermost one (DESIGN §3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

_TOPS = """
    WITH RECURSIVE up(container, id, parent_id) AS (
        SELECT p.id, p.id, p.parent_id FROM custody_package p WHERE p.id = ANY(%s::uuid[])
        UNION
        SELECT up.container, p.id, p.parent_id FROM up JOIN custody_package p ON p.id = up.parent_id)
    SELECT up.container, p.status, o.name, s.name FROM up JOIN custody_package p ON p.id = up.id
    LEFT JOIN parties_organisation o ON o.id = p.custodian_id
    LEFT JOIN parties_site s ON s.id = p.site_id
    WHERE up.parent_id IS NULL
"""


@dataclass(frozen=True, slots=True)
class Held:
    status: str
    holder: str
    site: str


def held_by_container(containers: Collection[UUID]) -> dict[UUID, Held]:
    """What the outermost package around each of these says. One query, none for none."""
    if not containers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_TOPS, [[str(one) for one in containers]])
        return {id: Held(status, holder or "", site or "") for id, status, holder, site in cursor}
