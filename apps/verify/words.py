"""Words for what happened and where a package is. Parties are named by role and country, never by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.custody.models import CustodyEvent
from apps.custody.selectors import Step
from apps.parties.countries import country_name
from apps.verify.moments import day, moment
from apps.verify.record import Record
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, ERASED, Kind, Status

Text = str | Promise

STEPS: dict[str, Text] = {
    Kind.COMMISSION: gettext_lazy("Made and given its serial number"),
    Kind.PACK: gettext_lazy("Packed"),
    Kind.UNPACK: gettext_lazy("Unpacked"),
    Kind.SHIP: gettext_lazy("Sent on"),
    Kind.CANCEL_SHIPMENT: gettext_lazy("Shipment called back"),
    Kind.RECEIVE: gettext_lazy("Received"),
    Kind.REFUSE: gettext_lazy("Refused on arrival"),
    Kind.RETURN: gettext_lazy("Sent back"),
    Kind.DISPENSE: gettext_lazy("Handed to a patient"),
    Kind.UNDO_DISPENSE: gettext_lazy("Handing over undone"),
    Kind.DECOMMISSION: gettext_lazy("Taken out of circulation"),
    Kind.REINSTATE: gettext_lazy("Brought back into circulation"),
    Kind.DESTROY: gettext_lazy("Destroyed"),
    Kind.SAMPLE: gettext_lazy("Taken as a sample"),
    Kind.EXPORT: gettext_lazy("Exported"),
    Kind.LOCK: gettext_lazy("Held back"),
    Kind.UNLOCK: gettext_lazy("Released"),
    Kind.REPORT_STOLEN: gettext_lazy("Reported stolen"),
    Kind.INSPECT: gettext_lazy("Inspected"),
    ERASED: gettext_lazy("A record that was erased"),
    DECLARE_ERROR: gettext_lazy("An earlier record was declared wrong"),
}

REASONS: dict[str, Text] = {
    "did_not_occur": gettext_lazy("it did not happen"),
    "incorrect_data": gettext_lazy("what it said was not right"),
}

ROLES: dict[str, Text] = {
    "manufacturer": gettext_lazy("a manufacturer"),
    "distributor": gettext_lazy("a distributor"),
    "pharmacy": gettext_lazy("a pharmacy"),
    "regulator": gettext_lazy("an authority"),
}

_HELD = {
    Status.ACTIVE: gettext_lazy("With %(holder)s"),
    Status.LOCKED: gettext_lazy("Held back by %(holder)s"),
    Status.SUPPLIED: gettext_lazy("Handed to a patient by %(holder)s"),
    Status.EXPORTED: gettext_lazy("Exported by %(holder)s"),
    Status.SAMPLE: gettext_lazy("Taken as a sample by %(holder)s"),
    Status.STOLEN: gettext_lazy("Stolen from %(holder)s"),
    Status.DESTROYED: gettext_lazy("Destroyed by %(holder)s"),
    Status.DECOMMISSIONED: gettext_lazy("Taken out of circulation by %(holder)s"),
    Status.VOID: gettext_lazy("Registered by mistake by %(holder)s"),
}

FIELDS = {"lot": gettext_lazy("lot"), "expiry": gettext_lazy("expiry date")}


def party(kind: str, country: str) -> str:
    """“a distributor in Spain”."""
    return _("%(role)s in %(country)s") % {
        "role": ROLES.get(kind, kind),
        "country": country_name(country),
    }


def holder(record: Record) -> str:
    """Whoever has a package, or is sending it."""
    top = record.outermost
    assert top.custodian is not None and top.site is not None  # the outermost one has a custodian
    return party(top.custodian.kind, top.site.country)


def whereabouts(record: Record) -> str:
    """Where a package is in its life, in one line."""
    top, who = record.outermost, holder(record)
    if record.status is Status.IN_TRANSIT and top.consignee is not None:
        to = party(top.consignee.kind, top.consignee.country)
        return _("On its way from %(holder)s to %(to)s") % {"holder": who, "to": to}
    return str(_HELD.get(record.status, _HELD[Status.ACTIVE])) % {"holder": who}


def doer(event: CustodyEvent) -> str:
    """Who did it, by role and country: a partner that has no key of its own, where one had it recorded."""
    assert event.site is not None  # what happens to a package happens at a site
    return party(event.doer.kind, event.site.country)


def reported(event: CustodyEvent) -> str:
    """That a partner's act was recorded by somebody else; empty where whoever did it recorded it."""
    if event.reporter is None:
        return ""
    recorder = ROLES.get(event.actor.kind, event.actor.kind)
    return _(
        "Reported by a partner without a signing key, recorded and signed by %(recorder)s."
    ) % {"recorder": recorder}


def declared_wrong(step: Step) -> str:
    """Since when and why a record does not count; empty where nobody declared it wrong."""
    if step.wrong is None:
        return ""
    declaration = step.wrong.declaration or {}
    words = {"day": day(declared_at(step.wrong)), "reason": reason(declaration)}
    if words["reason"]:
        said = _("Declared wrong on %(day)s, because %(reason)s. It does not count.") % words
    else:
        said = _("Declared wrong on %(day)s. It does not count.") % words
    if declaration.get("correctiveEventIDs"):
        said += " " + _("Another record replaces it.")
    return said


def stolen(step: Step) -> str:
    """That a step may be a thief's; empty where it may not."""
    if step.stolen_since is None:
        return ""
    return _("Signed with a key that was reported stolen as of %(moment)s.") % {
        "moment": moment(step.stolen_since)
    }


def declared_at(step: Step) -> datetime:
    """When a declaration was made, by the clock of whoever made it."""
    told = (step.declaration or {}).get("declarationTime")
    return datetime.fromisoformat(told) if told else step.event.recorded_at


def reason(declaration: Mapping[str, Any]) -> str:
    """Why, in words; empty where no reason is given, or one of somebody's own vocabulary."""
    return str(REASONS.get(declaration.get("reason", ""), ""))
