"""prove: package or event → evidence bundle (DESIGN §1, §6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from apps.custody import selectors as custody
from apps.custody.levels import Level, whole_events
from apps.custody.models import CustodyEvent, Package
from apps.custody.selectors import Step
from apps.ledger import selectors as ledger
from apps.ledger.evidence import (
    Disclose,
    NoEvidence,
    Wanted,
    everything,
    evidence_of,
    registry_evidence,
    stolen_reports,
)
from apps.ledger.models import Checkpoint
from apps.ledger.services.sign import PackageFact
from apps.ledger.shard_evidence import indexes_of
from apps.verify.disclosing import Chain, Naming, chain_of, namings
from apps.verify.record import each_once
from apps.verify.shown_shards import shown_shards
from apps.verify.statements import Stated, load_stated
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.evidence.bundle import (
    Bundle,
    Disclosure,
    write_bundle,
)
from pharmatrace.kernel.evidence.disclosure import PUBLIC_FACTS
from pharmatrace.kernel.evidence.statement import kid_of
from pharmatrace.kernel.evidence.verdict import verify_bundle
from pharmatrace.kernel.refusal import Refused


def prove(*, package: Package, level: Level, organisation_id: UUID | None = None) -> bytes:
    """The bundle's file: everything that was recorded about a package, as far as the reader may see it,
    with proof.

    `party` needs the organisation: it sees whole what it had a share in (`whole_events`) and everything
    before, and what came later as the public does. Raises `Refused` (`seal_pending`) while an event waits for the
    log, NoEvidence or StatementFault where the record is not what was signed or was erased: a file
    that would not verify is never given out. A constant number of queries besides those of the history.
    """
    steps = custody.history(package.id)
    whole = whole_events(steps, level=level, organisation_id=organisation_id)
    rows = load_stated({step.event.statement_id for step in steps})
    checkpoint = _checkpoint_over(rows.values())
    signed_by = {
        kid_of(rows[step.event.statement_id].public_key)
        for step in steps
        if _is_signed(step, whole) and not step.erased
    }
    return _file(
        subject=RESOLVER + package.path,
        level=level,
        wanted=_wanted(package.path, steps, whole, rows),
        signed_by=signed_by,
        marked={
            rows[step.event.statement_id].index: kid_of(rows[step.event.statement_id].public_key)
            for step in steps
            if step.stolen_since is not None and (step.erased or not _is_signed(step, whole))
        },
        checkpoint=checkpoint,
    )


def prove_event(*, events: Sequence[CustodyEvent], level: Level) -> bytes:
    """The bundle's file about one event: `events` are it and, where there is one, the declaration that it was
    wrong. All that their statements say of the event is shown, and no package: those have bundles of their own.

    For those who are a party to it and for regulators; raises as `prove`.
    """
    rows = load_stated({event.statement_id for event in events})
    return _file(
        subject=f"ni:///sha-256;{bytes(events[0].hash).hex()}?ver=CBV2.0",
        level=level,
        wanted=[Wanted(statement_id=event.statement_id) for event in events],
        signed_by={kid_of(one.public_key) for one in rows.values()},
        checkpoint=_checkpoint_over(rows.values()),
    )


def _file(
    *,
    subject: str,
    level: Level,
    wanted: Sequence[Wanted],
    signed_by: Collection[bytes],
    checkpoint: Checkpoint,
    marked: Mapping[int | None, bytes] | None = None,
) -> bytes:
    """`marked` are entries whose signature is not shown and whose key was reported stolen, with that key.
    Raises NoEvidence where the file would not verify."""
    events = sorted(evidence_of(wanted, size=checkpoint.size), key=lambda event: event.index)
    marked = marked or {}
    reports = stolen_reports(set(marked.values()), size=checkpoint.size) if marked else {}
    events = [
        replace(event, stolen=reports.get(marked[event.index])) if event.index in marked else event
        for event in events
    ]
    keys = registry_evidence(signed_by, size=checkpoint.size)
    *older, newest = shown_shards(
        indexes_of(events, keys), checkpoint, events={one.index for one in events}
    )
    bundle = Bundle(
        disclosure=Disclosure(level),
        subject=subject,
        log=newest.log,
        checkpoint=newest.checkpoint,
        genesis=newest.genesis,
        keys=tuple(keys),
        events=tuple(events),
        log_keys=newest.log_keys,
        anchors=newest.anchors,
        shards=tuple(older),
    )
    file = write_bundle(bundle)
    failed = verify_bundle(file, log_vkey=newest.log.vkey).failed
    if failed:
        raise NoEvidence(f"{failed[0].name} fails at {failed[0].place}: {failed[0].sentence}")
    return file


def _checkpoint_over(statements: Iterable[Stated]) -> Checkpoint:
    """The newest checkpoint; it must hold all of these statements."""
    checkpoint = ledger.latest_checkpoint()
    if checkpoint is None or any(
        one.index is None or one.index >= checkpoint.size for one in statements
    ):
        raise Refused.one(
            "seal_pending",
            "The newest record is signed and waits to be sealed into the log. That takes "
            "seconds: try again.",
        )
    return checkpoint


def _is_signed(step: Step, whole: Collection[int]) -> bool:
    """Whether the reader is shown who signed. The maker's signature of the commissioning is public."""
    return step.event.id in whole or (step.via is None and step.event.kind == Kind.COMMISSION)


def _wanted(
    path: str, steps: Sequence[Step], whole: Collection[int], rows: Mapping[int, Stated]
) -> list[Wanted]:
    """One for each event, although a step is one for each naming of the package or what it was in."""
    named = namings(path, steps, whole=whole)
    chain = chain_of(
        (rows[step.event.statement_id], names) for step, names in zip(steps, named, strict=True)
    )
    facts: defaultdict[int, dict[int, PackageFact]] = defaultdict(dict)
    for step, names in zip(steps, named, strict=True):
        facts[step.event.id] |= {one.position: _fact(one, chain) for one in names}
    return [
        Wanted(
            statement_id=step.event.statement_id,
            disclose=_disclose(whole=step.event.id in whole),
            with_signature=_is_signed(step, whole),
            packages=facts[step.event.id],
        )
        for step in each_once(steps)
    ]


def _disclose(*, whole: bool) -> Disclose:
    return everything if whole else lambda _, name: name in PUBLIC_FACTS


def _fact(one: Naming, chain: Chain) -> PackageFact:
    return one.epc, one.seq, chain[one.package_id, one.seq - 1] if one.seq else None
