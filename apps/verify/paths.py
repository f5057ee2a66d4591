"""The canonical path that a question is about."""

from __future__ import annotations

from apps.verify.question import Question


def path_of(question: Question) -> str | None:
    """The canonical path of the pack, container or product asked about."""
    identity = question.reading.identity
    if question.problem is None and identity is not None:
        return identity.path
    gtin = question.reading.gtin
    codes = {one.code for one in question.reading.problems}
    return f"01/{gtin}" if gtin and codes <= {"serial_missing"} else None
