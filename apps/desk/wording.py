"""How custody's words are said to people, and which icon and tone go with them."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, ERASED, UNMANAGED, Kind, Status


class Saying(NamedTuple):
    word: str | Promise
    icon: str
    tone: str = "unknown"


KINDS: dict[str, Saying] = {
    Kind.COMMISSION: Saying(_("Commissioned"), "batch"),
    Kind.PACK: Saying(_("Packed"), "pack"),
    Kind.UNPACK: Saying(_("Unpacked"), "unpack"),
    Kind.SHIP: Saying(_("Shipped"), "ship"),
    Kind.CANCEL_SHIPMENT: Saying(_("Shipment cancelled"), "return", "warn"),
    Kind.RECEIVE: Saying(_("Received"), "receive"),
    Kind.REFUSE: Saying(_("Refused on arrival"), "stop", "warn"),
    Kind.RETURN: Saying(_("Sent back"), "return", "warn"),
    Kind.DISPENSE: Saying(_("Dispensed"), "dispense", "good"),
    Kind.UNDO_DISPENSE: Saying(_("Dispensing undone"), "return", "warn"),
    Kind.DECOMMISSION: Saying(_("Decommissioned"), "stop", "stop"),
    Kind.REINSTATE: Saying(_("Reinstated"), "return", "warn"),
    Kind.DESTROY: Saying(_("Destroyed"), "stop", "stop"),
    Kind.SAMPLE: Saying(_("Taken as a sample"), "record"),
    Kind.EXPORT: Saying(_("Exported"), "transit"),
    Kind.LOCK: Saying(_("Locked"), "lock", "warn"),
    Kind.UNLOCK: Saying(_("Unlocked"), "key"),
    Kind.REPORT_STOLEN: Saying(_("Reported stolen"), "alert", "stop"),
    Kind.INSPECT: Saying(_("Inspected"), "scan"),
    DECLARE_ERROR: Saying(_("Earlier record declared wrong"), "warn", "warn"),
    ERASED: Saying(_("Erased"), "unknown"),
    UNMANAGED: Saying(_("About things not tracked here"), "unknown"),
}

STATUSES: dict[str, Saying] = {
    Status.ACTIVE: Saying(_("In the supply chain"), "good", "good"),
    Status.IN_TRANSIT: Saying(_("In transit"), "transit", "unknown"),
    Status.SUPPLIED: Saying(_("Dispensed"), "dispense", "warn"),
    Status.EXPORTED: Saying(_("Exported"), "transit", "warn"),
    Status.SAMPLE: Saying(_("Sample"), "record", "warn"),
    Status.LOCKED: Saying(_("Locked"), "lock", "warn"),
    Status.STOLEN: Saying(_("Stolen"), "alert", "stop"),
    Status.DESTROYED: Saying(_("Destroyed"), "stop", "stop"),
    Status.DECOMMISSIONED: Saying(_("Decommissioned"), "stop", "stop"),
    Status.VOID: Saying(_("Registered by mistake"), "stop", "stop"),
}

LEVELS: dict[str, str | Promise] = {
    "pack": _("Pack"),
    "case": _("Case"),
    "pallet": _("Pallet"),
}

# Fields of organisations, sites and products, as forms and proposals name them.
FIELDS: dict[str, str | Promise] = {
    "name": _("Name"),
    "street": _("Street"),
    "city": _("City"),
    "state": _("State"),
    "postal_code": _("Postal code"),
    "country": _("Country"),
    "coordinates": _("Coordinates"),
    "strength": _("Strength"),
    "form": _("Form"),
    "pack_size": _("Pack size"),
    "ndc": _("National Drug Code (US)"),
}

JOB_STATES: dict[str, Saying] = {
    "queued": Saying(_("Waiting for its turn"), "job"),
    "running": Saying(_("Running"), "job"),
    "done": Saying(_("Done"), "good", "good"),
    "failed": Saying(_("Stopped by a problem"), "stop", "stop"),
    "cancelled": Saying(_("Cancelled"), "warn", "warn"),
}

ALERTS: dict[str, Saying] = {
    "clone": Saying(_("Serial used twice"), "stop", "stop"),
    "unknown": Saying(_("Never registered"), "unknown", "stop"),
    "mismatch": Saying(_("Differs from the record"), "warn", "stop"),
    "not_held": Saying(_("Not theirs to act on"), "warn", "warn"),
    "recalled": Saying(_("Recall"), "recall", "stop"),
    "suspicion": Saying(_("Reported by the public"), "alert", "warn"),
}

# Pages that help when a pack is stopped at the counter: words, address, and whether the package goes along.
REMEDIES: dict[str, tuple[tuple[str | Promise, str, bool], ...]] = {
    "in_transit": ((_("Receive the delivery"), "desk:incoming", False),),
    "not_custodian": ((_("Look for its delivery"), "desk:incoming", False),),
    "packed_inside": ((_("Unpack"), "desk:unpack", False),),
    "recalled": (
        (_("Send it back"), "desk:return", True),
        (_("Read the recall"), "desk:alerts", False),
    ),
    "withdrawn": ((_("Send it back"), "desk:return", True),),
    "expired": ((_("Send it back"), "desk:return", True),),
    "already_dispensed": ((_("Undo dispensing"), "desk:undo-dispense", True),),
}

SCANS: dict[str, Saying] = {
    "good": Saying(_("Good"), "good", "good"),
    "repeat": Saying(_("Again"), "info"),
    "stop": Saying(_("Stop"), "stop", "stop"),
    "unknown": Saying(_("Unknown"), "unknown", "warn"),
}

SESSIONS: dict[str, Saying] = {
    "open": Saying(_("Open"), "scan"),
    "signed": Saying(_("Signed"), "good", "good"),
    "dropped": Saying(_("Dropped"), "stop", "warn"),
}

# Why something is sent back, not accepted or set apart.
REASONS: dict[str, str | Promise] = {
    "damaged": _("Damaged"),
    "not_ordered": _("Not ordered"),
    "wrong_lot": _("Wrong lot"),
    "expires_soon": _("Expires too soon"),
    "expired": _("Expired"),
    "recalled": _("Recalled"),
    "too_warm": _("Cold chain broken"),
    "suspect": _("Suspicion of a fake"),
    "other": _("Another reason"),
}

# What to do when a pack is stopped at the counter.
NEXT_STEPS: dict[str, str | Promise] = {
    "already_dispensed": _("Do not hand it out. If you dispensed it a moment ago yourself, that record stands: "
                           "undo it only if the pack comes back unopened. Otherwise keep it apart and call your authority."),
    "unknown_package": _("Do not hand it out. Scan the code again; if it stays unknown, keep the pack apart and report it."),
    "recalled": _("Do not hand it out. Put it with the recalled goods and follow the recall notice."),
    "withdrawn": _("Do not hand it out. Return it to whoever supplied it."),
    "expired": _("Do not hand it out. Take it off the shelf and record it as destroyed or sent back."),
    "void": _("Do not hand it out. Its number was registered by mistake; keep it apart and report it."),
    "stolen": _("Do not hand it out. Keep it apart and call your authority."),
    "locked": _("It is in quarantine. Unlock it first if the reason is gone."),
    "in_transit": _("Receive the delivery first, then scan again."),
    "not_custodian": _("It is not recorded as yours. Look for a delivery that was not received; otherwise keep it apart."),
    "packed_inside": _("Unpack the container first, then scan again."),
    "lot_differs": _("Do not hand it out. Keep it apart and report it: a copied serial shows itself like this."),
    "expiry_mismatch": _("Do not hand it out. Keep it apart and report it: a copied serial shows itself like this."),
    "stop_unanswered": _("Do not hand it out. Say at the counter what was done about it, then scan again."),
    "not_licensed": _("Your licence does not cover this today. Ask whoever looks after your licences."),
}  # fmt: skip
