"""What an EPCIS event means for custody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from pharmatrace.kernel.custody.kinds import Kind, kind_of
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.gs1.check_digit import has_good_check_digit
from pharmatrace.kernel.gs1.identifiers import package_ids
from pharmatrace.kernel.refusal import Refused

RESOLVER = "https://id.gs1.org/"
MOVEMENTS = frozenset({Kind.SHIP, Kind.RETURN, Kind.RECEIVE, Kind.REFUSE})
MOST_PACKAGES = 2_000  # DESIGN §4: one event carries at most 2,000 packages


@dataclass(frozen=True, slots=True)
class Act:
    """An event in custody's own words. `packages` are in document order, a container first."""

    kind: Kind
    packages: tuple[tuple[UUID, str], ...]  # (id, path)
    occurred_at: datetime
    site: str | None  # GLN
    consignee: str | None  # GLN of the possessing party at the destination, where goods move
    sender: str | None  # GLN of the possessing party at the source, where goods move
    reference: str
    lot: str | None
    expiry: date | None

    @property
    def parent(self) -> tuple[UUID, str] | None:
        return self.packages[0] if self.kind in (Kind.PACK, Kind.UNPACK) else None


def act_of(event: Event) -> Act:
    """Reads an event; raises `Refused` where it spells nothing we know or names no serial package."""
    kind = kind_of(
        type=event.type,
        action=event.action,
        biz_step=event.biz_step,
        disposition=event.disposition,
    )
    if kind is None:
        raise Refused.one(
            "unknown_kind",
            f"This {event.type} ({event.action}, {event.biz_step}, {event.disposition}) is not a "
            "custody event PharmaTrace knows.",
        )
    _refuse_more(event)
    paths = _paths(event, kind)
    moves = kind in MOVEMENTS
    return Act(
        kind=kind,
        packages=tuple(zip(package_ids(paths), paths, strict=True)),
        occurred_at=event.event_time,
        site=site_of(event),
        consignee=_possessor(event.destinations) if moves else None,
        sender=_possessor(event.sources) if moves else None,
        reference=event.biz_transactions[0][1] if event.biz_transactions else "",
        lot=_master(event, "lotNumber"),
        expiry=_expiry(event),
    )


def site_of(event: Event) -> str | None:
    """The GLN of the site an event happened at: its business location's, else its read point's."""
    return _gln(event.biz_location, "414") or _gln(event.read_point, "414")


def _refuse_more(event: Event) -> None:
    """What changes the meaning of an event we would know without it."""
    if event.error_declaration:
        raise Refused.one(
            "unknown_kind", "This event declares another one wrong; that is not custody."
        )
    if event.quantities:
        raise Refused.one(
            "unknown_kind",
            "This event is also about quantities of a class; PharmaTrace tracks serial packages only.",
        )


def _paths(event: Event, kind: Kind) -> list[str]:
    if kind in (Kind.PACK, Kind.UNPACK):
        uris = [event.parent or "", *event.children]
    else:
        uris = list(event.epcs)
    if not uris or (kind in (Kind.PACK, Kind.UNPACK) and len(uris) < 2):
        raise Refused.one("no_packages", "The event names no packages.")
    if len(uris) > MOST_PACKAGES:
        raise Refused.one(
            "too_many_packages",
            f"One event carries at most {MOST_PACKAGES:,} packages; this one has {len(uris):,}. "
            "Split it.",
            count=len(uris),
        )
    cut = len(RESOLVER)
    paths = [uri[cut:] for uri in uris]
    wrong = [
        uri
        for uri, path in zip(uris, paths, strict=True)
        if not uri.startswith(RESOLVER) or not _is_serial(path)
    ]
    if wrong:
        raise Refused.one(
            "not_a_serial_package",
            f"{wrong[0] or 'An empty identifier'} is not a serial package (SGTIN or SSCC).",
            packages=wrong[:20],
        )
    if len(set(paths)) != len(paths):
        twice = next(path for path in paths if paths.count(path) > 1)
        raise Refused.one(
            "duplicate_package", f"{twice} stands in the event twice.", packages=[twice]
        )
    return paths


def _is_serial(path: str) -> bool:
    if path.startswith("00/"):
        return len(path) == 21 and _checked(path[3:])
    return (
        path.startswith("01/") and path[17:21] == "/21/" and len(path) > 21 and _checked(path[3:17])
    )


@lru_cache(maxsize=4096)
def _checked(key: str) -> bool:
    """One event has thousands of packs and few GTINs."""
    return key.isdecimal() and has_good_check_digit(key)


def _gln(uri: str | None, key: str) -> str | None:
    head = f"{RESOLVER}{key}/"
    if uri is None or not uri.startswith(head):
        return None
    return uri[len(head) : len(head) + 13]


def _possessor(parties: tuple[tuple[str, str], ...]) -> str | None:
    """The possessing party; where only the owning party is named, that one (CBV 2.0 §7.4.2)."""
    for word in ("possessing_party", "owning_party"):
        for kind, uri in parties:
            if kind == word and (gln := _gln(uri, "417")):
                return gln
    return None


def _master(event: Event, name: str) -> str | None:
    for key, value in (event.ilmd or {}).items():
        if key.rpartition(":")[2].rpartition("/")[2] == name and isinstance(value, str):
            return value
    return None


def _expiry(event: Event) -> date | None:
    text = _master(event, "itemExpirationDate")
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Refused.one(
            "expiry_impossible", f"{text} is not a date.", field="itemExpirationDate"
        ) from None
