"""A case as one archive: an index for people and machines, evidence for each thing collected, and a signed manifest.

The archive is made while it is sent. Evidence is made by whoever can (a higher floor); what cannot be proved is
named in the index with the reason, and the archive is whole without it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.template.loader import render_to_string

from apps.ledger.models import Checkpoint
from apps.oversight.cases.describing import described
from apps.oversight.cases.signing import checkpoint_now, note_signer, signer_evidence
from apps.oversight.cases.stream import zipped
from apps.oversight.models import CaseFile, CaseItem
from pharmatrace.kernel.casefile.manifest import (
    INDEX,
    MANIFEST,
    PAGE,
    SIGNER,
    Digest,
    Manifest,
    write_manifest,
)
from pharmatrace.kernel.casefile.verdict import FORMAT
from pharmatrace.kernel.evidence.bundle import read_bundle
from pharmatrace.kernel.tlog.note import sign_note


@dataclass(frozen=True, slots=True)
class Proven:
    """A bundle's file, or in a sentence why there is none."""

    file: bytes | None
    why: str = ""


class Prover(Protocol):
    def __call__(self, item: CaseItem) -> Proven:
        """Evidence of a package or an event, as the authority may see it."""
        ...


@transaction.atomic
def archive(*, case: CaseFile, prove: Prover, made_by: str, at: datetime) -> Iterator[bytes]:
    """The archive in pieces. Raises Refused `no_signing_key` and `seal_pending` at once, before the first piece;
    and NoEvidence where the log does not know the key."""
    checkpoint = checkpoint_now()
    kid = note_signer(case.authority).signer.kid
    signer = signer_evidence(case=str(case.pk), kid=kid, checkpoint=checkpoint)
    return zipped(_signed(case, prove, made_by, at, checkpoint, signer))


def _signed(
    case: CaseFile,
    prove: Prover,
    made_by: str,
    at: datetime,
    checkpoint: Checkpoint,
    signer: bytes,
) -> Iterator[tuple[str, bytes]]:
    """Every file, and after all the manifest that names them."""
    digests: dict[str, Digest] = {}
    for path, content in _files(case, prove, made_by, at, checkpoint, signer):
        digests[path] = Digest.of(content)
        yield path, content
    manifest = Manifest(str(case.pk), case.authority.did, at, digests)
    with transaction.atomic():
        note = sign_note(write_manifest(manifest), [note_signer(case.authority)])
    yield MANIFEST, note.encode()


def _files(
    case: CaseFile,
    prove: Prover,
    made_by: str,
    at: datetime,
    checkpoint: Checkpoint,
    signer: bytes,
) -> Iterator[tuple[str, bytes]]:
    yield SIGNER, signer
    items = []
    for number, item in enumerate(_items(case), start=1):
        told = _entry(item)
        if item.kind != CaseItem.Kind.ORGANISATION:
            proven = prove(item)
            told |= {"evidence": None, "why": proven.why}
            if proven.file is not None:
                path = f"evidence/{number:04d}-{item.kind}.json"
                told["evidence"] = path
                yield path, proven.file
        else:
            told |= {"evidence": None, "why": "an organisation is described, not proved"}
        items.append(told)
    index = _index(case, items, made_by, at, checkpoint, read_bundle(signer).log.vkey)
    yield INDEX, (json.dumps(index, ensure_ascii=False, indent=1) + "\n").encode()
    yield PAGE, render_to_string("oversight/case_archive.html", {"case": index}).encode()


def _items(case: CaseFile) -> Iterable[CaseItem]:
    items = case.items.order_by("id").select_related("organisation", "event__actor", "added_by")
    return items.defer("event__document")


def _entry(item: CaseItem) -> dict[str, Any]:
    return {
        "kind": str(item.kind),
        "name": item.name,
        "reason": item.reason,
        "added_by": item.added_by.name,
        "added_at": item.added_at.isoformat(),
        "about": described(item),
    }


def _index(
    case: CaseFile,
    items: list[dict[str, Any]],
    made_by: str,
    at: datetime,
    checkpoint: Checkpoint,
    vkey: str,
) -> dict[str, Any]:
    authority = case.authority
    return {
        "format": FORMAT,
        "case": str(case.pk),
        "title": case.title,
        "authority": {
            "name": authority.name,
            "country": authority.country,
            "gln": authority.gln,
            "did": authority.did,
        },
        "opened_by": case.opened_by.name,
        "opened_at": case.opened_at.isoformat(),
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        "made_by": made_by,
        "made_at": at.isoformat(),
        "log": {"vkey": vkey, "size": checkpoint.size},
        "items": items,
        "notes": [
            {"by": note.written_by.name, "at": note.written_at.isoformat(), "text": note.text}
            for note in case.notes.order_by("id").select_related("written_by")
        ],
    }
