"""Scans as a device sends them: JSON in, `Scan`s or a named problem out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.utils.translation import gettext as _

from apps.desk.sessions.add_scans import Scan
from pharmatrace.kernel.refusal import Refusal, Refused

MOST_AT_ONCE = 500
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def read_batch(body: bytes) -> tuple[list[Scan], list[tuple[str, Refusal]]]:
    """`{"scans": [{"id": UUID, "raw": text, "at": ISO 8601 with offset, "source": word}, …]}`, at most 500.

    Returns the good ones in order, and the others as (id as sent, why not). Raises `Refused` `not_json`,
    `not_a_batch`, `too_many_scans`.
    """
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refused.one("not_json", _("Send JSON.")) from None
    sent = document.get("scans") if isinstance(document, dict) else None
    if not isinstance(sent, list):
        raise Refused.one("not_a_batch", _("Send an object with a list named scans."))
    if len(sent) > MOST_AT_ONCE:
        raise Refused.one(
            "too_many_scans", _("At most %(most)d scans go into one message.") % {"most": MOST_AT_ONCE}
        )  # fmt: skip
    good: list[Scan] = []
    bad: list[tuple[str, Refusal]] = []
    for one in sent:
        try:
            good.append(_scan(one))
        except Refused as refused:
            id = one.get("id") if isinstance(one, dict) else None
            bad.append((id if isinstance(id, str) else "", refused.refusals[0]))
    return good, bad


def _scan(one: Any) -> Scan:
    if not isinstance(one, dict):
        raise Refused.one("scan_unreadable", _("A scan is an object."))
    id, raw, at = one.get("id"), one.get("raw"), one.get("at")
    if not isinstance(raw, str) or not isinstance(id, str) or not isinstance(at, str):
        raise Refused.one("scan_unreadable", _("A scan has an id, raw characters and a time."))
    try:
        source = one.get("source")
        return Scan(UUID(id), raw, read_moment(at), source if isinstance(source, str) else "")
    except ValueError:
        raise Refused.one(
            "scan_unreadable", _("The id is a UUID, the time ISO 8601 with an offset.")
        ) from None


def read_moment(text: str) -> datetime:
    """Raises ValueError for what is no moment of this century, or has no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not EARLIEST <= moment <= LATEST:
        raise ValueError(text)
    return moment.astimezone(UTC)
