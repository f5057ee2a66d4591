"""The menu of a signed-in person: the pages their role works in all day, then the rest in groups that open.

A table, because what stands where is a decision of design: each role has at most six pages on top (`FIRST`), in the order of
its day. Everything else it may open keeps its group. A group is open where the reader is on one of its pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.parties.models import Membership

Words = str | Promise  # translated when it is shown


@dataclass(frozen=True, slots=True)
class Page:
    """`key` reaches it from the keyboard (g: go, r: record). `kinds` and `roles`: who has it; empty is everybody."""

    to: str
    words: Words
    icon: str
    key: str = ""
    kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as it stands in the menu. `current`: "page" on it, "true" on a page below it, else empty."""

    page: Page
    address: str
    current: str


@dataclass(frozen=True, slots=True)
class Group:
    words: Words
    entries: Sequence[Entry]

    @property
    def open(self) -> bool:
        return any(entry.current for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Menu:
    first: Sequence[Entry]
    groups: Sequence[Group]


MAKER, TRADER, PHARMACY, AUTHORITY = "manufacturer", "distributor", "pharmacy", "regulator"
HOLDERS = (MAKER, TRADER, PHARMACY)
ACTING = ("admin", "operator")

GROUPS: tuple[tuple[Words, tuple[Page, ...]], ...] = (
    (
        _("Medicines"),
        (
            Page("desk:products", _("Products"), "product", "g p", (MAKER, AUTHORITY)),
            Page("desk:batches", _("Batches"), "batch", "g b", (MAKER, AUTHORITY)),
            Page("desk:reports", _("Reports of the public"), "alert", "", (MAKER, AUTHORITY)),
            Page("desk:jobs", _("Background work"), "job", "g j", (MAKER,)),
        ),
    ),
    (
        _("Goods"),
        (
            Page("desk:dispense", _("Dispense"), "dispense", "g d", (PHARMACY,), ACTING),
            Page("desk:incoming", _("Incoming"), "receive", "g i", HOLDERS),
            Page("desk:outgoing", _("Outgoing"), "transit", "g o", HOLDERS),
            Page("desk:orders", _("Orders"), "list", "", HOLDERS),
            Page("desk:inventory", _("Inventory"), "product", "", HOLDERS),
            Page("desk:stock", _("Stock"), "stock", "g s", HOLDERS),
            Page("desk:quarantine", _("Quarantine"), "lock", "", HOLDERS),
            Page("desk:returns", _("Returns"), "return", "", HOLDERS),
            Page("desk:overdue", _("Overdue"), "warn", "", HOLDERS),
        ),
    ),
    (
        _("Record"),
        (
            Page("desk:sessions", _("Scan sessions"), "scan", "", HOLDERS),
            Page("desk:line-start", _("Packing line"), "pack", "r l", (MAKER,), ACTING),
            Page("desk:pack", _("Pack"), "pack", "r p", HOLDERS, ACTING),
            Page("desk:unpack", _("Unpack"), "unpack", "r u", HOLDERS, ACTING),
            Page("desk:ship", _("Ship"), "ship", "r s", HOLDERS, ACTING),
            Page("desk:return", _("Return"), "return", "r r", HOLDERS, ACTING),
            Page("desk:record", _("Something else"), "record", "r o", (), ACTING),
        ),
    ),
    (
        _("Oversight"),
        (
            Page("search", _("Search"), "find", "", (AUTHORITY,)),
            Page("oversight:alerts", _("Alerts"), "alert", "g a", (AUTHORITY,)),
            Page("oversight:cases", _("Case files"), "record", "g f", (AUTHORITY,)),
            Page("oversight:recalls", _("Recalls"), "recall", "", (AUTHORITY,)),
            Page("oversight:organisations", _("Organisations"), "people", "", (AUTHORITY,)),
            Page("oversight:licences", _("Licences"), "list", "", (AUTHORITY,)),
            Page("oversight:access-log", _("Access log"), "key", "", (AUTHORITY,), ("admin",)),
        ),
    ),
    (
        _("Look back"),
        (
            Page("desk:alerts", _("Alerts"), "alert", "g a", HOLDERS),
            Page("desk:look-up", _("Check a pack"), "scan", "g c"),
            Page("desk:events", _("Events"), "timeline", "g e"),
            Page("desk:refused", _("Refused scans"), "stop", "g r"),
            Page("oversight:looked-at", _("Looked at by authorities"), "unknown"),
        ),
    ),
    (
        _("Set up"),
        (
            Page("desk:scanner", _("Scanner check"), "camera", "", (), ACTING),
            Page("desk:master-data", _("Master data"), "list", "g m"),
            Page("account", _("Your account"), "person"),
            Page("settings:home", _("Settings"), "settings", "", (), ("admin",)),
        ),
    ),
)
HOME = Page("desk:home", _("Home"), "home", "g h")
FIRST = {
    MAKER: ("desk:batches", "desk:line-start", "desk:ship", "desk:alerts", "desk:look-up"),
    TRADER: ("desk:incoming", "desk:ship", "desk:inventory", "desk:alerts", "desk:look-up"),
    PHARMACY: ("desk:dispense", "desk:incoming", "desk:stock", "desk:alerts", "desk:look-up"),
    AUTHORITY: ("search", "oversight:alerts", "oversight:cases", "oversight:recalls", "desk:look-up"),
}  # fmt: skip


def menu(*, membership: Membership, path: str) -> Menu:
    """What `membership` may open, as it stands on the page at `path`."""
    kind, role = membership.organisation.kind, membership.role
    wanted = FIRST[kind]
    theirs = [(words, [p for p in pages if _has(p, kind, role)]) for words, pages in GROUPS]
    by_name = {page.to: page for _words, pages in theirs for page in pages}
    first = [HOME, *(by_name[name] for name in wanted if name in by_name)]
    here = _nearest((HOME, *by_name.values()), path)
    groups = [
        Group(words, [_entry(page, path, here) for page in pages if page.to not in wanted])
        for words, pages in theirs
    ]
    return Menu(
        first=[_entry(page, path, here) for page in first],
        groups=[group for group in groups if group.entries],
    )


def _has(page: Page, kind: str, role: str) -> bool:
    return (not page.kinds or kind in page.kinds) and (not page.roles or role in page.roles)


def _nearest(pages: Iterable[Page], path: str) -> str:
    """The address of the page that `path` is, or lies below; of two, the longer. Home has nothing below it."""
    addresses = (_address(page) for page in pages)
    return max((a for a in addresses if a == path or (a != "/" and path.startswith(a))), key=len, default="")  # fmt: skip


def _entry(page: Page, path: str, here: str) -> Entry:
    address = _address(page)
    current = "" if address != here else "page" if address == path else "true"
    return Entry(page, address, current)


def _address(page: Page) -> str:
    return _reversed(page.to, get_script_prefix())


@lru_cache(maxsize=256)
def _reversed(name: str, prefix: str) -> str:
    """Every page asks for the addresses of the whole menu, twice. They begin with `prefix`."""
    return reverse(name)
