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
    Screen(STRANGER, "leaflet", "A leaflet", "/leaflets/{leaflet}/"),
    Screen(STRANGER, "pack-qr", "The code of a pack, to show", "/verify/qr/"),
    Screen(STRANGER, "offline", "Checking without us", "verify:offline"),
    Screen(STRANGER, "ledger", "The public log", "explorer:ledger"),
    Screen(STRANGER, "ledger-entry", "One entry of it", "/ledger/entry/{entry}/"),
    Screen(STRANGER, "ledger-growth", "How the log grew", "/ledger/growth/?old=1&new={size}"),
    Screen(STRANGER, "sign-in", "Signing in", "login"),
    Screen(STRANGER, "join", "Joining by a link", "/join/{invited}/"),
    Screen(STRANGER, "join-pharmacy", "A new pharmacy, by a link", "/join/{welcome}/organisation/"),
    Screen(STRANGER, "design", "The design", "desk:design"),
    Screen(MAKER, "maker-home", "Home, with the tour of the demo", "desk:home"),
    Screen(MAKER, "maker-products", "Products", "desk:products"),
    Screen(MAKER, "maker-product", "One product", "/products/{product}/"),
    Screen(MAKER, "maker-leaflets", "Its leaflets", "/products/{product}/leaflets/"),
    Screen(MAKER, "maker-batches", "Batches", "desk:batches"),
    Screen(MAKER, "maker-batch", "One batch", "/batches/{batch}/"),
    Screen(MAKER, "maker-batch-new", "Register a batch", "desk:batch-new"),
    Screen(MAKER, "maker-commission", "Give packs their serials", "/batches/{batch}/commission/"),
    Screen(MAKER, "maker-preview", "The serials, looked over", "/serials/{serials}/"),
    Screen(MAKER, "maker-recall", "Recall a batch", "/batches/{batch}/recall/"),
    Screen(
        MAKER,
        "maker-recall-notice",
        "The recall notice",
        "/batches/{recalled_batch}/recall/notice/",
    ),
    Screen(MAKER, "maker-labels", "Labels", "/batches/{batch}/labels/"),
    Screen(MAKER, "maker-line", "At the packing line", "desk:line-start"),
    Screen(MAKER, "maker-line-open", "A case at the line", "/line/{line}/"),
    Screen(MAKER, "maker-outgoing", "Outgoing", "desk:outgoing"),
    Screen(MAKER, "maker-jobs", "Background work", "desk:jobs"),
    Screen(MAKER, "maker-reports", "Reports of the public", "desk:reports"),
    Screen(MAKER, "maker-report", "One of them", "/reports/{report}/"),
    Screen(MAKER, "maker-master-data", "Master data", "desk:master-data"),
    Screen(WHOLESALER, "distributor-home", "Home", "desk:home"),
    Screen(WHOLESALER, "distributor-incoming", "Incoming", "desk:incoming"),
    Screen(WHOLESALER, "distributor-stock", "Stock", "desk:stock"),
    Screen(WHOLESALER, "distributor-inventory", "Inventory by lot and expiry", "desk:inventory"),
    Screen(WHOLESALER, "distributor-overdue", "Overdue", "desk:overdue"),
    Screen(WHOLESALER, "distributor-sessions", "Scan sessions", "desk:sessions"),
    Screen(WHOLESALER, "distributor-session", "Counting the shelf", "/sessions/{session}/"),
    Screen(
        WHOLESALER, "distributor-review", "One look before signing", "/sessions/{session}/review/"
    ),
    Screen(WHOLESALER, "distributor-orders", "Orders", "desk:orders"),
    Screen(WHOLESALER, "distributor-order", "One order", "/orders/{order}/"),
    Screen(WHOLESALER, "distributor-quarantine", "Quarantine", "desk:quarantine"),
    Screen(WHOLESALER, "distributor-returns", "Returns", "desk:returns"),
    Screen(WHOLESALER, "distributor-unpack", "Unpack", "desk:unpack"),
    Screen(WHOLESALER, "distributor-record", "Something else", "desk:record"),
    Screen(WHOLESALER, "distributor-ship", "Ship", "desk:ship"),
    Screen(WHOLESALER, "distributor-package", "A container's story", "/packages/{case}/"),
    Screen(PHARMACY, "pharmacy-home", "Home", "desk:home"),
    Screen(PHARMACY, "pharmacy-incoming", "Incoming", "desk:incoming"),
    Screen(PHARMACY, "pharmacy-dispense", "The box", "desk:dispense"),
    Screen(PHARMACY, "pharmacy-good", "May be dispensed", "desk:dispense", "{selling}"),
    Screen(
        PHARMACY, "pharmacy-unread", "A code that cannot be read", "desk:dispense", "0109520010"
    ),
    Screen(PHARMACY, "pharmacy-stopped", "Stopped by a pack", "desk:dispense", "{stopping}"),
    Screen(PHARMACY, "pharmacy-scanner", "Check the scanner", "desk:scanner"),
    Screen(PHARMACY, "pharmacy-stock", "Stock", "desk:stock"),
    Screen(PHARMACY, "pharmacy-alerts", "Alerts", "desk:alerts"),
    Screen(PHARMACY, "pharmacy-refused", "Refused scans", "desk:refused"),
    Screen(PHARMACY, "pharmacy-look-up", "Check a pack", "desk:look-up"),
    Screen(PHARMACY, "pharmacy-looked-at", "Looked at by authorities", "oversight:looked-at"),
    Screen(REGULATOR, "regulator-home", "Home", "desk:home"),
    Screen(REGULATOR, "regulator-search", "Search anything", "/search/?q=Demo"),
    Screen(REGULATOR, "regulator-package", "A pack's whole life", "/packages/{pack}/"),
    Screen(REGULATOR, "regulator-route", "A serial in two countries", "/packages/{travelled}/"),
    Screen(REGULATOR, "regulator-recalls", "Recalls", "oversight:recalls"),
    Screen(REGULATOR, "regulator-recall", "A recall and its reach", "/oversight/recalls/{recall}/"),
    Screen(REGULATOR, "regulator-organisations", "Organisations", "oversight:organisations"),
    Screen(
        REGULATOR,
        "regulator-organisation",
        "One organisation",
        "/oversight/organisations/{organisation}/",
    ),
    Screen(REGULATOR, "regulator-recalled", "Recalled batches", "desk:recalled"),
    Screen(REGULATOR, "regulator-alerts", "Alerts", "oversight:alerts"),
    Screen(REGULATOR, "regulator-events", "Events", "desk:events"),
    Screen(REGULATOR, "regulator-event", "One event and its proof", "/events/{event}/"),
    Screen(REGULATOR, "regulator-licences", "Licences", "oversight:licences"),
    Screen(REGULATOR, "regulator-grant", "Grant a licence", "oversight:licence-grant"),
    Screen(REGULATOR, "regulator-cases", "Case files", "oversight:cases"),
    Screen(REGULATOR, "regulator-case", "One case file", "/oversight/cases/{casefile}/"),
    Screen(REGULATOR, "regulator-access-log", "Who looked at what", "oversight:access-log"),
    Screen(MAKER, "settings-home", "Settings", "settings:home"),
    Screen(MAKER, "settings-people", "People and roles", "settings:people"),
    Screen(MAKER, "settings-person", "One of them", "/settings/people/{colleague}/"),
    Screen(MAKER, "settings-invite", "Invite somebody", "settings:invite"),
    Screen(MAKER, "settings-organisation", "The organisation", "settings:organisation"),
    Screen(MAKER, "settings-sites", "Sites", "settings:sites"),
    Screen(MAKER, "settings-tokens", "Access for programs", "settings:tokens"),
    Screen(MAKER, "settings-keys", "Signing keys", "settings:keys"),
    Screen(MAKER, "settings-webhooks", "Webhooks", "settings:webhooks"),
    Screen(MAKER, "settings-partners", "Partners", "settings:partners"),
    Screen(MAKER, "settings-scanners", "Scanners", "settings:scanners"),
    Screen(MAKER, "settings-record", "What was changed", "settings:record"),
    Screen(MAKER, "account", "Your account", "account"),
    Screen(REGULATOR, "platform", "The installation", "settings:platform"),
    Screen(REGULATOR, "platform-organisations", "Who takes part", "settings:organisations"),
)
