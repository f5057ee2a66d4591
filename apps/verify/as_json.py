"""The answer for machines. Field names and codes are stable; sentences are in the reader's language."""

from __future__ import annotations

from typing import Any

from apps.verify.answer import Answer, Hop
from apps.verify.checking import Check
from apps.verify.verdicts import Verdict
from pharmatrace.kernel.epcis.vocabulary import ERROR_REASONS


def document(answer: Answer, *, evidence_url: str | None) -> dict[str, Any]:
    """One answer. Lot and expiry are null where what was scanned differs from the record."""
    record, checked = answer.record, answer.checked
    return {
        "verdict": _verdict(answer.verdict, answer.sentence) | {"next_step": answer.next_step},
        "also": [_verdict(one.verdict, one.sentence) for one in answer.also],
        "package": answer.path,
        "product": _product(answer),
        "lot": answer.lot,
        "expiry": answer.expiry.isoformat() if answer.expiry else None,
        "differing": answer.differing,
        "problems": answer.problems,
        "status": record.status.value if record else None,
        "status_since": record.status_at.isoformat() if record else None,
        "where": answer.where or None,
        "life": [
            {
                "time": hop.at.isoformat(),
                "step": hop.step,
                "role": None if hop.erased else hop.role,
                "country": None if hop.erased else hop.country,
                "in_container": hop.in_container,
                "reported_by_partner": bool(hop.reported),
                "declared_wrong": _declared_wrong(hop),
                "key_stolen_since": hop.stolen_since.isoformat() if hop.stolen_since else None,
            }
            for hop in answer.life
        ],
        "recall": _recall(answer),
        "checks": [_check(check) for check in checked.checks] if checked else [],
        "log": {"entries": list(checked.entries), "checkpoint": checked.checkpoint_size}
        if checked
        else None,
        "not_proven": [str(sentence) for sentence in answer.not_proven] if record else [],
        "evidence": evidence_url,
        "answered_at": answer.answered_at.isoformat(),
    }


def _verdict(verdict: Verdict, sentence: str) -> dict[str, str]:
    return {
        "code": verdict.code,
        "tone": verdict.tone.value,
        "word": str(verdict.word),
        "sentence": sentence,
    }


def _product(answer: Answer) -> dict[str, Any] | None:
    product = answer.product
    if product is None:
        return None
    return {
        "gtin": product.gtin,
        "name": product.name,
        "strength": product.strength,
        "form": product.form,
        "pack_size": product.pack_size,
        "market": product.market,
        "manufacturer": product.manufacturer.name,
    }


def _declared_wrong(hop: Hop) -> dict[str, Any] | None:
    """Reasons of somebody's own vocabulary and the IDs of corrective events may name a party: not told."""
    declaration = hop.declaration
    if declaration is None:
        return None
    word = declaration.get("reason")
    return {
        "time": declaration["declarationTime"],
        "reason": word if word is None or word in ERROR_REASONS else "other",
        "replaced": bool(declaration.get("correctiveEventIDs")),
        "sentence": hop.wrong,
    }


def _recall(answer: Answer) -> dict[str, str] | None:
    recall = answer.recall
    if recall is None:
        return None
    return {
        "class": recall.severity,
        "reason": recall.reason,
        "instruction": recall.instruction,
        "issued_at": recall.issued_at.isoformat(),
    }


def _check(check: Check) -> dict[str, str]:
    return {
        "name": check.name,
        "state": check.state.value,
        "sentence": str(check.sentence),
    }
