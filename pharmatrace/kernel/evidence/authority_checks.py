"""Checks of authority: the genesis names the registrar, the registrar names keys, keys sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pharmatrace.kernel.evidence.entry_checks import check_entry, claims_of
from pharmatrace.kernel.evidence.findings import Findings
from pharmatrace.kernel.evidence.registry_entries import StolenReport, expect, stolen_report
from pharmatrace.kernel.evidence.shown import (
    Bundle,
    EventEvidence,
    KeyEvidence,
    Shard,
    ShownStatement,
)
from pharmatrace.kernel.evidence.statement import (
    StatementClaims,
    StatementError,
    kid_of,
    read_statement_unverified,
)
from pharmatrace.kernel.evidence.trees import Signed, first_of
from pharmatrace.kernel.tlog.log_keys import LogKeys

ENDED = ("revoked", "retired")


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key whose registration holds. It signs what stands after `since` and before `until`."""

    public_key: bytes
    since: int
    until: int | None
    stolen: StolenReport | None = None

    def check_at(self, index: int) -> None:
        """Raises StatementError when an entry at this index is outside the key's time."""
        if index <= self.since:
            raise StatementError("the key was registered only after the statement")
        if self.until is not None and index >= self.until:
            raise StatementError("the key was no longer valid at the time of the statement")


Keyring = Mapping[tuple[str, bytes], KnownKey]


def check_genesis(
    bundle: Bundle | Shard, log: LogKeys | None, signed: Signed, findings: Findings
) -> bytes | None:
    """The registrar's public key, when the genesis entry names it for this very log."""
    genesis, place = bundle.genesis, "/genesis"
    if not check_entry(genesis, place, signed, findings):
        return None
    registrar = genesis.fact("registrar")
    try:
        if genesis.index != first_of(genesis):
            raise StatementError("the genesis is entry 0 of a log, or has the number that it says")
        if not isinstance(registrar, bytes):
            raise StatementError("the genesis does not name the registrar's key")
        claims = claims_of(genesis, registrar)
        expect(genesis, "registrar_kid", claims.kid)
        expect(genesis, "origin", bundle.log.origin)
        expect(genesis, "log_key", log.first.vkey() if log else bundle.log.vkey)
    except StatementError as fault:
        findings.fails("genesis", place, str(fault))
        return None
    findings.holds("genesis", place, "the log's first entry names its key and its registrar")
    return registrar


def check_log_keys(
    bundle: Bundle | Shard, registrar: bytes | None, signed: Signed, findings: Findings
) -> None:
    """The entries that name the log's later keys stand in the log, and the registrar signed them. What they say, and
    the notes of the old keys, was looked at with the log's key."""
    name = "succession"
    for at, entry in enumerate(bundle.log_keys):
        place = f"/log_keys/{at}"
        if not check_entry(entry, place, signed, findings):
            continue
        if registrar is None:
            findings.not_checked(name, place, "the registrar of the log is not known")
            continue
        try:
            claims_of(entry, registrar)
        except StatementError as fault:
            findings.fails(name, place, str(fault))
            continue
        findings.holds(name, place, f"entry {entry.index} names the key that signs what is larger")
    findings.not_checked(
        name, "/log/vkey", "that no other entry names a later key of the log is the bundle's word"
    )


def check_keys(
    bundle: Bundle, registrar: bytes | None, signed: Signed, findings: Findings
) -> Keyring:
    """The keys of the bundle whose registration holds, by organisation and key identifier."""
    known: dict[tuple[str, bytes], KnownKey] = {}
    for at, key in enumerate(bundle.keys):
        place = f"/keys/{at}"
        if (key.iss, key.kid) in known:
            findings.fails("key", place, f"the key of {key.iss} stands twice in the bundle")
        elif found := _check_key(key, place, registrar, signed, findings):
            known[key.iss, key.kid] = found
    return known


def check_signature(event: EventEvidence, place: str, keys: Keyring, findings: Findings) -> None:
    """The shown statement is signed with a key that was its issuer's at that point of the log."""
    if not isinstance(event.signature, ShownStatement):
        findings.not_checked("signature", f"{place}/signature", "the signed statement is not shown")
        return
    try:
        claims = read_statement_unverified(event.signature.cose)
        key = keys.get((claims.iss, claims.kid))
        if key is None:
            raise StatementError(f"no registered key of {claims.iss} in the bundle fits it")
        key.check_at(event.index)
        claims_of(event, key.public_key)
        _check_claims(event, claims)
    except StatementError as fault:
        findings.fails("signature", f"{place}/signature", str(fault))
        return
    findings.holds("signature", f"{place}/signature", f"{claims.iss} signed this event")
    if key.stolen is not None and key.stolen.covers(iat=claims.iat, index=event.index):
        findings.doubts("stolen", f"{place}/signature", f"this event was {key.stolen}")


def _check_claims(event: EventEvidence, claims: StatementClaims) -> None:
    """What the statement says of itself is what its facts say, as far as they are shown."""
    if event.fact("event") is not None:
        expect(event, "event", claims.sub)
    if event.fact("actor") is not None:
        expect(event, "actor", claims.iss)


def _check_key(
    key: KeyEvidence,
    place: str,
    registrar: bytes | None,
    signed: Signed,
    findings: Findings,
) -> KnownKey | None:
    events: list[tuple[EventEvidence, str, tuple[str, ...]]] = [
        (key.event, f"{place}/event", ("registered",))
    ]
    if key.revoked:
        events.append((key.revoked, f"{place}/revoked", ENDED))
    if key.stolen:
        events.append((key.stolen, f"{place}/stolen", ("stolen",)))
    entries = [check_entry(event, where, signed, findings) for event, where, _ in events]
    if not all(entries):
        return None
    if registrar is None:
        findings.not_checked("key", place, "the registrar of the log is not known")
        return None
    for event, where, actions in events:
        try:
            _check_registry_entry(key, event, registrar, actions)
        except StatementError as fault:
            findings.fails("key", where, str(fault))
            return None
    later = [one for one in (key.revoked, key.stolen) if one is not None]
    if any(one.index <= key.event.index for one in later):
        findings.fails("key", place, "the key ended, or was stolen, before it was registered")
        return None
    try:
        report = stolen_report(key.stolen, registrar) if key.stolen else None
    except StatementError as fault:
        findings.fails("key", f"{place}/stolen", str(fault))
        return None
    findings.holds("key", place, f"the registrar registered the key of {key.iss}")
    if not key.revoked:
        findings.not_checked(
            "key", place, f"that the key of {key.iss} was not revoked is the bundle's word"
        )
    if not key.stolen:
        findings.not_checked(
            "key", place, f"that nobody reported the key of {key.iss} stolen is the bundle's word"
        )
    until = min((one.index for one in later), default=None)
    return KnownKey(key.public_key, key.event.index, until, report)


def _check_registry_entry(
    key: KeyEvidence, event: EventEvidence, registrar: bytes, actions: tuple[str, ...]
) -> None:
    if key.kid != kid_of(key.public_key):
        raise StatementError("the key identifier is not that of the public key")
    claims_of(event, registrar)
    expect(event, "registry", "key")
    expect(event, "organisation", key.iss)
    expect(event, "kid", key.kid)
    expect(event, "public_key", key.public_key)
    if event.fact("action") not in actions:
        raise StatementError(f"the entry does not say that the key was {' or '.join(actions)}")
