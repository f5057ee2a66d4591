"""What lies in what, for many packages at once: one query each, whatever the depth."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

_ABOVE = (
    "WITH RECURSIVE up(start, id, path, parent_id, depth) AS ("
    " SELECT id, id, path, parent_id, 0 FROM custody_package WHERE id = ANY(%s::uuid[])"
    " UNION ALL SELECT up.start, p.id, p.path, p.parent_id, up.depth + 1"
    "  FROM up JOIN custody_package p ON p.id = up.parent_id)"
    " SELECT start, id, path FROM up WHERE depth > 0 ORDER BY start, depth"
)
_PACKS = (
    "WITH RECURSIVE inside(root, id, level) AS ("
    " SELECT id, id, level FROM custody_package WHERE id = ANY(%s::uuid[])"
    " UNION ALL SELECT i.root, p.id, p.level FROM inside i JOIN custody_package p ON p.parent_id = i.id)"
    " SELECT root, count(*) FROM inside WHERE level = 'pack' GROUP BY root"
)
_TREE = (
    "WITH RECURSIVE inside(id, parent_id, path) AS ("
    " SELECT id, NULL::uuid, path FROM custody_package WHERE id = ANY(%s::uuid[])"
    " UNION ALL SELECT p.id, p.parent_id, p.path FROM inside i JOIN custody_package p ON p.parent_id = i.id)"
    " SELECT id, parent_id, path FROM inside"
)


def above(ids: Collection[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """The containers around each package as id and path, the nearest first; packages that are in nothing are
    left out."""
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for start, id, path in _rows(_ABOVE, ids):
        found.setdefault(start, []).append((id, path))
    return found


def packs_in(ids: Collection[UUID]) -> dict[UUID, int]:
    """How many single packs each package stands for: itself, or all that is inside."""
    return dict(_rows(_PACKS, ids))


@dataclass(slots=True)
class Tree:
    """Packages with all that is inside them. `paths` by id, `children` by container."""

    paths: dict[UUID, str] = field(default_factory=dict)
    children: dict[UUID, list[UUID]] = field(default_factory=dict)


def tree_under(ids: Collection[UUID]) -> Tree:
    tree = Tree()
    for id, parent, path in _rows(_TREE, ids):
        tree.paths[id] = path
        if parent is not None:
            tree.children.setdefault(parent, []).append(id)
    return tree


def _rows(sql: str, ids: Collection[UUID]) -> list[tuple[Any, ...]]:
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, [[str(id) for id in ids]])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
