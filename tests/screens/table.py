"""Which screens are pictured: one line each. `who` is a player of the demo (pharmatrace/demo/cast.py), or nobody.

An address is that of a page by its name, or a path; what stands in braces is named in tests/screens/places.py.
"""

from __future__ import annotations

from typing import NamedTuple

STRANGER, MAKER, WHOLESALER, PHARMACY, REGULATOR = (
    "", "maker-m", "wholesaler", "pharmacy-porto", "regulator",
)  # fmt: skip
TITLES = {
    STRANGER: "Anybody with a pack",
    MAKER: "The manufacturer",
    WHOLESALER: "The distributor",
    PHARMACY: "The pharmacy",
    REGULATOR: "The regulator",
}


class Screen(NamedTuple):
    who: str
    name: str  # of the picture's file
    title: str
    address: str
    type_in: str = ""  # what is typed into the box that has the focus, and sent


SCREENS = (
    Screen(STRANGER, "landing", "The first page", "desk:home"),
    Screen(STRANGER, "ask", "Ask about a pack", "verify:ask"),
    Screen(STRANGER, "pack-good", "A pack in order", "/{good}"),
    Screen(STRANGER, "pack-recalled", "A pack of a recalled batch", "/{recalled}"),
    Screen(STRANGER, "pack-copied", "A serial that was dispensed before", "/{copied}"),
    Screen(STRANGER, "pack-report", "Report a suspicion", "verify:report"),
    Screen(STRANGER, "ledger", "The public log", "explorer:ledger"),
    Screen(STRANGER, "ledger-entry", "One entry of it", "/ledger/entry/{entry}/"),
    Screen(STRANGER, "sign-in", "Signing in", "login"),
    Screen(STRANGER, "design", "The design", "desk:design"),
    Screen(MAKER, "maker-home", "Home, with the tour of the demo", "desk:home"),
    Screen(MAKER, "maker-products", "Products", "desk:products"),
    Screen(MAKER, "maker-batches", "Batches", "desk:batches"),
    Screen(MAKER, "maker-batch", "One batch", "/batches/{batch}/"),
    Screen(MAKER, "maker-batch-new", "Register a batch", "desk:batch-new"),
    Screen(MAKER, "maker-commission", "Give packs their serials", "/batches/{batch}/commission/"),
    Screen(MAKER, "maker-recall", "Recall a batch", "/batches/{batch}/recall/"),
    Screen(MAKER, "maker-labels", "Labels", "/batches/{batch}/labels/"),
    Screen(MAKER, "maker-line", "At the packing line", "desk:line-start"),
    Screen(MAKER, "maker-outgoing", "Outgoing", "desk:outgoing"),
    Screen(MAKER, "maker-jobs", "Background work", "desk:jobs"),
    Screen(WHOLESALER, "distributor-home", "Home", "desk:home"),
    Screen(WHOLESALER, "distributor-incoming", "Incoming", "desk:incoming"),
    Screen(WHOLESALER, "distributor-stock", "Stock", "desk:stock"),
    Screen(WHOLESALER, "distributor-inventory", "Inventory by lot and expiry", "desk:inventory"),
    Screen(WHOLESALER, "distributor-overdue", "Overdue", "desk:overdue"),
    Screen(WHOLESALER, "distributor-sessions", "Scan sessions", "desk:sessions"),
    Screen(WHOLESALER, "distributor-ship", "Ship", "desk:ship"),
    Screen(WHOLESALER, "distributor-package", "A container's story", "/packages/{case}/"),
    Screen(PHARMACY, "pharmacy-home", "Home", "desk:home"),
    Screen(PHARMACY, "pharmacy-incoming", "Incoming", "desk:incoming"),
    Screen(PHARMACY, "pharmacy-dispense", "The box", "desk:dispense"),
    Screen(PHARMACY, "pharmacy-stopped", "Stopped by a pack", "desk:dispense", "{stopping}"),
    Screen(PHARMACY, "pharmacy-scanner", "Check the scanner", "desk:scanner"),
    Screen(PHARMACY, "pharmacy-stock", "Stock", "desk:stock"),
    Screen(REGULATOR, "regulator-home", "Home", "desk:home"),
    Screen(REGULATOR, "regulator-search", "Search anything", "/search/?q={lot}"),
    Screen(REGULATOR, "regulator-package", "A pack's whole life", "/packages/{pack}/"),
    Screen(REGULATOR, "regulator-recalls", "Recalls and their reach", "oversight:recalls"),
    Screen(REGULATOR, "regulator-organisations", "Organisations", "oversight:organisations"),
    Screen(REGULATOR, "regulator-recalled", "Recalled batches", "desk:recalled"),
    Screen(REGULATOR, "regulator-alerts", "Alerts", "desk:alerts"),
    Screen(REGULATOR, "regulator-events", "Events", "desk:events"),
    Screen(REGULATOR, "regulator-event", "One event and its proof", "/events/{event}/"),
    Screen(REGULATOR, "regulator-licences", "Licences", "oversight:licences"),
    Screen(REGULATOR, "regulator-cases", "Case files", "oversight:cases"),
    Screen(REGULATOR, "regulator-access-log", "Who looked at what", "oversight:access-log"),
    Screen(MAKER, "settings-home", "Settings", "settings:home"),
    Screen(MAKER, "settings-people", "People and roles", "settings:people"),
    Screen(MAKER, "settings-keys", "Signing keys", "settings:keys"),
    Screen(REGULATOR, "platform", "The installation", "settings:platform"),
)
