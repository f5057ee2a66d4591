"""The kinds of work a session can be: what each is called, who does it, what it records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.desk.access import TRADERS
from apps.parties.models import Organisation
from pharmatrace.kernel.custody.kinds import Kind

Text = str | Promise
PHARMACY = (Organisation.Kind.PHARMACY,)


class Work(NamedTuple):
    """`word` heads the page, `sign` is on the button, `done` follows a count of packages."""

    word: Text
    lead: Text
    sign: Text
    done: Text
    icon: str
    kind: Kind
    kinds: Sequence[str] = TRADERS


WORKS: dict[str, Work] = {
    "receive": Work(_("Receive"), _("Scan what arrived. What is missing stays the sender’s."), _("Sign the receipt"), _("received"), "receive", Kind.RECEIVE),
    "ship": Work(_("Ship"), _("The goods stay yours until the other side has received them."), _("Sign the shipment"), _("on their way"), "ship", Kind.SHIP),
    "return": Work(_("Send back"), _("Goods that go back, also those that may no longer be sold: expired or recalled ones."), _("Sign the return"), _("on their way back"), "return", Kind.RETURN),
    "pack": Work(_("Pack"), _("Put packs into a case, or cases onto a pallet. A label with the number goes on the container."), _("Close the container"), _("packed"), "pack", Kind.PACK),
    "count": Work(_("Count"), _("Scan what is on the shelf. The books are compared when you are done."), _("Sign the count"), _("counted"), "list", Kind.INSPECT),
    "dispense": Work(_("Dispense a basket"), _("Scan every pack of the prescription, then sign once."), _("Dispense them"), _("dispensed"), "dispense", Kind.DISPENSE, PHARMACY),
    "lock": Work(_("Put in quarantine"), _("Nobody can ship or dispense what is in quarantine."), _("Put them in quarantine"), _("in quarantine"), "lock", Kind.LOCK),
    "unlock": Work(_("Take out of quarantine"), _("What was looked at and found in order goes back to the shelf."), _("Take them out"), _("back on the shelf"), "key", Kind.UNLOCK),
}  # fmt: skip


def works_for(kind: str) -> dict[str, Work]:
    """What an organisation of this kind may do in sessions."""
    return {name: work for name, work in WORKS.items() if kind in work.kinds}
