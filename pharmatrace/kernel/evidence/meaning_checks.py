"""Whether an event shows enough of itself to say what it means.

Facts can be left out of a bundle one by one, by anybody who passes it on. What would turn the meaning of an event
round must not be among them: that a pack was stolen, or that an earlier event was declared wrong.
"""

from __future__ import annotations

from pharmatrace.kernel.custody.kinds import SPELLINGS, kind_of
from pharmatrace.kernel.evidence.disclosure import DECLARATION
from pharmatrace.kernel.evidence.findings import Findings
from pharmatrace.kernel.evidence.shown import Bundle, EventEvidence

MEANING = ("type", "action", "step", "disposition")
"""The facts that say what kind of event it is."""


def check_meaning(bundle: Bundle, findings: Findings) -> None:
    """Every event shows what kind of event it is; a declaration shows what it declares wrong. Of an erased one
    there is nothing left to show, which `erased` says."""
    for at, event in enumerate(bundle.events):
        if event.erased is not None:
            continue
        place = f"/events/{at}"
        if event.fact("type") == DECLARATION:
            needed = ["declares"]
        elif bundle.is_of_event:
            needed = ["type"]  # of things that are not tracked it may say as little as that
        else:
            needed = ["type", "action", "step"]
        hidden = [name for name in needed if event.fact(name) is None]
        if hidden:
            sentence = f"what happened is not shown: {', '.join(hidden)} is missing"
            findings.fails("meaning", place, sentence)
        elif len(needed) > 1 and event.fact("disposition") is None:
            _without_disposition(event, place, findings)


def _without_disposition(event: EventEvidence, place: str, findings: Findings) -> None:
    told = [event.fact(name) for name in ("type", "action", "step")]
    type, action, step = (one if isinstance(one, str) else "" for one in told)
    if kind_of(type=type, action=action, biz_step=step, disposition=None) is None:
        findings.fails("meaning", place, "what happened is not shown: disposition is missing")
        return
    alike = [one for one in SPELLINGS.values() if one[:3] == (type, action, step)]
    if len(alike) > 1:
        words = ", ".join(one.disposition for one in alike if one.disposition)
        findings.not_checked("meaning", place, f"that it does not say one of: {words}")
