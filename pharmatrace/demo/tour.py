"""The tour of the demo: a few stations for each role, in the order of a day's work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Station:
    """`page` is the name of an address without parts; `words` what to look at there."""

    page: str
    title: str | Promise
    words: str | Promise


HOME = Station("desk:home", _("Your first page"), _("What waits for you, what you can do, and what happened last. Press ? for the keys."))  # fmt: skip
LOG = Station("explorer:ledger", _("The public log"), _("Every event is sealed here, where anybody can check it and nobody can read it. That is the end of the tour."))  # fmt: skip

TOURS: dict[str, Sequence[Station]] = {
    "manufacturer": (
        HOME,
        Station("desk:batches", _("Batches"), _("Twenty real batches, one of them recalled. Open one: its packs, where they are, what may be done.")),
        Station("desk:stock", _("Stock"), _("What you hold, newest first. Tick some and ship or pack them in one go.")),
        Station("desk:outgoing", _("Outgoing"), _("What you shipped and nobody has received yet: until then it is yours.")),
        Station("desk:jobs", _("Background work"), _("Long work runs here, with a bar. Start some from a batch.")),
        Station("desk:alerts", _("Alerts"), _("A copied serial was presented twice, so you were told.")),
        LOG,
    ),
    "distributor": (
        HOME,
        Station("desk:incoming", _("Incoming"), _("Deliveries on their way. Open one when it is there, and scan the pallet.")),
        Station("desk:stock", _("Stock"), _("What you hold. Tick some and ship or pack them in one go.")),
        Station("desk:ship", _("Ship"), _("Scan what leaves, say to whom. It stays yours until it is received.")),
        Station("desk:refused", _("Refused scans"), _("What was tried and the rules forbade, and why.")),
        LOG,
    ),
    "pharmacy": (
        HOME,
        Station("desk:incoming", _("Incoming"), _("A delivery waits for you: receive it, all of it or line by line.")),
        Station("desk:dispense", _("Check and dispense"), _("One box. Scan a pack, read the verdict, press Enter. A recalled or copied pack stops you.")),
        Station("desk:stock", _("Stock"), _("What lies on your shelves, newest first.")),
        Station("desk:alerts", _("Alerts"), _("What somebody must look into.")),
        LOG,
    ),
    "regulator": (
        HOME,
        Station("desk:look-up", _("Check a pack"), _("Any code: its whole life, with parties, places, signatures and seals.")),
        Station("desk:recalled", _("Recalled batches"), _("What is recalled, and who was told.")),
        Station("desk:alerts", _("Alerts"), _("Copied serials, packs nobody registered, labels that differ.")),
        Station("desk:events", _("Events"), _("Everything that everybody recorded, and where it stands in the log.")),
        LOG,
    ),
}  # fmt: skip
