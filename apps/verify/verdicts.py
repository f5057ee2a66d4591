"""The verdict on a code: one table, the most dangerous row first. Pure.

To add a verdict, put a row where its danger belongs. `judge` returns the first row that applies and
after it every other row of the same kind that applies too, so that nothing dangerous is hidden by
something worse.

The best word is "in order", never "genuine": a record cannot see into the box, and a copied code looks like
the original until both are scanned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pharmatrace.kernel.custody.kinds import Status

Text = str | Promise


class Tone(StrEnum):
    GOOD = "good"
    WARN = "warn"
    STOP = "stop"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known about the code asked for.

    `problem` is the code of what is wrong with the code itself (`kernel.gs1.read`), None where it
    names one package. `status` is None where that package was never registered; a package inside a
    container has the status of the outermost one. `upstream`: whoever has it is no pharmacy; `packed`: it
    is inside a container. `mismatches` are the scanned fields (`lot`,
    `expiry`) that differ from the record.
    """

    problem: str | None = None
    product_known: bool = False
    status: Status | None = None
    container: bool = False
    upstream: bool = False
    packed: bool = False
    mismatches: frozenset[str] = frozenset()
    recalled: bool = False
    withdrawn: bool = False
    expired: bool = False
    record_holds: bool = True
    stolen_key: bool = False
    sealed: bool = True


Applies = Callable[[Findings], bool]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`sentence` and `next_step` may name words of `details` as %(word)s."""

    code: str
    tone: Tone
    icon: str
    word: Text
    sentence: Text
    next_step: Text
    applies: Applies = field(compare=False, repr=False)
    http_status: int = 200

    def filled(self, details: Mapping[str, Any]) -> tuple[str, str]:
        """Sentence and next step for one package."""
        return str(self.sentence) % details, str(self.next_step) % details


def _has(*statuses: Status) -> Applies:
    return lambda findings: findings.status in statuses


def _registered(findings: Findings) -> bool:
    return findings.problem is None and findings.status is not None


def _for_a_patient(findings: Findings) -> bool:
    """A single pack in circulation: what a patient may meet."""
    return findings.problem is None and findings.status is Status.ACTIVE and not findings.container


KEEP_APART = _(
    "Do not take it, sell it or hand it on. Keep it apart and ask a pharmacist or the medicines "
    "authority."
)

VERDICTS: tuple[Verdict, ...] = (
    # The code itself cannot be asked about.
    Verdict(
        "mistyped", Tone.UNKNOWN, "unknown", _("Mistyped or misread"),
        _("The check digit of this code is wrong, so one of its digits is not what is printed."),
        _("Compare the digits with the pack and type or scan it again. If the pack really shows this "
          "code, do not use it and ask a pharmacist."),
        lambda f: bool(f.problem and f.problem.endswith("_check_digit")), 400,
    ),
    Verdict(
        "serial_missing", Tone.UNKNOWN, "unknown", _("Serial number missing"),
        _("This code names a product but not one single pack of it, so there is nothing to verify yet."),
        _("Scan the square code on the pack, or type the serial number too. It is printed next to SN."),
        lambda f: f.problem == "serial_missing" and f.product_known, 400,
    ),
    Verdict(
        "serial_missing_unknown_product", Tone.UNKNOWN, "unknown", _("Serial number missing"),
        _("This code names no single pack, and its product is not registered here."),
        _("Scan the square code on the pack, or type the serial number too. It is printed next to SN."),
        lambda f: f.problem == "serial_missing", 404,
    ),
    Verdict(
        "unreadable", Tone.UNKNOWN, "unknown", _("Cannot be read"),
        _("This is not a complete GS1 code, so no pack can be looked up."),
        _("Scan the square code on the pack again, or type what is printed next to PC or GTIN and SN."),
        lambda f: f.problem is not None, 400,
    ),
    # It names one package that nobody registered.
    Verdict(
        "never_registered", Tone.STOP, "stop", _("Never registered"),
        _("The maker of this product never registered a pack with this serial number."),
        KEEP_APART,
        lambda f: f.problem is None and f.status is None and f.product_known, 404,
    ),
    Verdict(
        "unknown_product", Tone.UNKNOWN, "unknown", _("Not known here"),
        _("Neither this pack nor its product is registered here. It may be recorded elsewhere; here "
          "nothing speaks for it."),
        _("Ask a pharmacist before you use it."),
        lambda f: f.problem is None and f.status is None, 404,
    ),
    Verdict(
        "void", Tone.STOP, "stop", _("Registered by mistake"),
        _("Whoever registered this number declared on %(status_date)s that it was a mistake, so it stands for "
          "nothing."),
        KEEP_APART,
        _has(Status.VOID),
    ),
    # It is registered, and somebody said: stop.
    Verdict(
        "stolen", Tone.STOP, "stop", _("Reported stolen"),
        _("This pack was reported stolen on %(status_date)s."),
        _("Do not take it, sell it or hand it on. Keep it apart and tell the police or the medicines "
          "authority."),
        _has(Status.STOLEN),
    ),
    Verdict(
        "recalled", Tone.STOP, "stop", _("Recalled"),
        _("Batch %(lot)s was recalled on %(recalled_date)s: %(recall_reason)s"),
        _("Do not take it or hand it on. Bring it back to a pharmacy. If you have already taken some, "
          "ask a doctor or pharmacist."),
        lambda f: _registered(f) and f.recalled,
    ),
    Verdict(
        "withdrawn", Tone.STOP, "stop", _("Withdrawn from the market"),
        _("This product was withdrawn from the market on %(withdrawn_date)s."),
        _("Do not start or sell it. If you take it, ask a doctor or pharmacist how to go on."),
        lambda f: _registered(f) and f.withdrawn,
    ),
    Verdict(
        "mismatch", Tone.STOP, "stop", _("Does not match the record"),
        _("A pack with this serial number is registered, but what is printed on this one differs: "
          "%(mismatches)s."),
        _("This is how copied packs show themselves. Do not take it or hand it on; keep it and its box "
          "and ask a pharmacist or the medicines authority."),
        lambda f: _registered(f) and bool(f.mismatches),
    ),
    Verdict(
        "record_broken", Tone.STOP, "stop", _("The record does not hold"),
        _("The proof of this record failed when it was checked just now, so its answer cannot be "
          "trusted."),
        _("Do not rely on this answer. Ask a pharmacist, and tell whoever runs this site."),
        lambda f: _registered(f) and not f.record_holds,
    ),
    Verdict(
        "stolen_key", Tone.STOP, "stop", _("Not to be relied on"),
        _("A record about this pack was signed with a key that was reported stolen as of %(stolen_since)s, so "
          "a thief may have made it."),
        _("Do not rely on this answer. Keep the pack apart and ask a pharmacist, its maker or the medicines "
          "authority."),
        lambda f: _registered(f) and f.stolen_key,
    ),
    Verdict(
        "destroyed", Tone.STOP, "stop", _("Recorded as destroyed"),
        _("The pack with this serial number was recorded as destroyed on %(status_date)s, so it should "
          "not exist."),
        KEEP_APART,
        _has(Status.DESTROYED),
    ),
    Verdict(
        "decommissioned", Tone.STOP, "stop", _("Taken out of circulation"),
        _("The serial number of this pack was taken out of use on %(status_date)s."),
        KEEP_APART,
        _has(Status.DECOMMISSIONED),
    ),
    Verdict(
        "exported", Tone.STOP, "stop", _("Exported"),
        _("This pack left for another market on %(status_date)s and is not meant to be sold here."),
        KEEP_APART,
        _has(Status.EXPORTED),
    ),
    Verdict(
        "sample", Tone.STOP, "stop", _("A sample"),
        _("This pack was taken as a sample on %(status_date)s and is not meant for sale."),
        KEEP_APART,
        _has(Status.SAMPLE),
    ),
    Verdict(
        "expired", Tone.STOP, "stop", _("Expired"),
        _("This pack expired on %(expiry)s."),
        _("Do not take it. Bring it back to a pharmacy; it will be disposed of safely."),
        lambda f: _registered(f) and f.expired,
    ),
    Verdict(
        "locked", Tone.STOP, "lock", _("Held back"),
        _("This pack has been held back for an inquiry since %(status_date)s."),
        _("Do not take it or hand it on until whoever holds it has released it."),
        _has(Status.LOCKED),
    ),
    # It is where a pack should not be met by everybody.
    Verdict(
        "dispensed", Tone.WARN, "warn", _("Already handed to a patient"),
        _("This pack was handed to a patient on %(status_date)s."),
        _("If that was you, all is well. If it is offered to you as new, do not take it: keep it apart "
          "and ask a pharmacist."),
        _has(Status.SUPPLIED),
    ),
    Verdict(
        "in_transit", Tone.WARN, "transit", _("On its way"),
        _("This pack has been on its way between two companies since %(status_date)s. It should not be "
          "on a shelf yet."),
        _("If you are offered it for sale, do not buy it. If it was delivered to you, record its receipt "
          "first."),
        _has(Status.IN_TRANSIT),
    ),
    Verdict(
        "upstream", Tone.WARN, "warn", _("Not yet with a pharmacy"),
        _("This pack is recorded as still with %(holder)s. A patient should not have it yet."),
        _("If it is offered to you as a patient, do not take it: keep it apart and ask a pharmacist. If it "
          "was just delivered to you, record its receipt first."),
        lambda f: _for_a_patient(f) and f.upstream,
    ),
    Verdict(
        "packed", Tone.WARN, "pack", _("Still in its shipping container"),
        _("This pack is recorded as still packed in a shipping container. A patient should not have it "
          "yet."),
        _("If it is offered to you as a patient, do not take it: keep it apart and ask a pharmacist. If you "
          "have just taken it out of its container, record the unpacking first."),
        lambda f: _for_a_patient(f) and f.packed,
    ),
    # All is well.
    Verdict(
        "container", Tone.GOOD, "good", _("Registered container"),
        _("This is the number of a registered shipping container."),
        _("What is inside has its own codes: check them one by one."),
        lambda f: _registered(f) and f.container,
    ),
    Verdict(
        "seal_pending", Tone.GOOD, "good", _("In order, seal pending"),
        _("This pack is registered by its maker and in circulation. Its newest record is signed, but not "
          "yet sealed into the public log."),
        _("Sealing takes seconds: load this page again to see the whole proof. Compare lot and expiry "
          "with the pack, and check that it is unopened."),
        lambda f: _registered(f) and not f.sealed,
    ),
    Verdict(
        "in_order", Tone.GOOD, "good", _("In order"),
        _("This pack is registered by its maker, in circulation, and nothing speaks against it."),
        _("Compare name, lot and expiry with what is printed on the pack, and check that it is "
          "unopened."),
        _registered,
    ),
)  # fmt: skip


def judge(findings: Findings) -> tuple[Verdict, tuple[Verdict, ...]]:
    """The verdict, and the further warnings that hold beside it, most dangerous first."""
    first, *others = [verdict for verdict in VERDICTS if verdict.applies(findings)]
    if findings.problem is not None or findings.status is None:
        return first, ()
    return first, tuple(other for other in others if other.tone is not Tone.GOOD)
