"""The verdict on a case file: the manifest is signed by the authority, the log knows its key, no file was changed, and
every evidence bundle inside holds for the same log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from pharmatrace.kernel.casefile.archive import Archive, NotACase
from pharmatrace.kernel.casefile.manifest import (
    INDEX,
    MANIFEST,
    SIGNER,
    Digest,
    Manifest,
    ManifestError,
    read_manifest,
)
from pharmatrace.kernel.evidence.anchor_trust import NOTHING, AnchorTrust
from pharmatrace.kernel.evidence.authority_checks import (
    KnownKey,
    check_keys,
)
from pharmatrace.kernel.evidence.bundle import Bundle, BundleError, read_bundle
from pharmatrace.kernel.evidence.findings import Findings
from pharmatrace.kernel.evidence.shard_checks import Keys, check_chain, check_heads
from pharmatrace.kernel.evidence.trees import Trees
from pharmatrace.kernel.evidence.verdict import CLOCK_SKEW, Verdict, verify_bundle
from pharmatrace.kernel.tlog.note import NoteError, Verifier, open_note, split_note

FORMAT = "pharmatrace-case/1"


def verify_case(
    file: BinaryIO,
    *,
    log_vkey: str | None = None,
    now: datetime | None = None,
    anchor_trust: AnchorTrust = NOTHING,
) -> Verdict:
    """Checks an archive; places are paths in it. `log_vkey`, `now` and `anchor_trust` as in `verify_bundle`.

    Raises NotACase for what is no case file at all, NoteError for a key that is none.
    """
    pinned = (
        [Verifier.parse(vkey) for vkey in log_vkey.split() or [""]] if log_vkey is not None else []
    )
    findings = Findings()
    archive = Archive(file)
    note = archive.read(MANIFEST)
    try:
        text, _ = split_note(note)
        manifest = read_manifest(text)
    except (NoteError, ManifestError) as fault:
        raise NotACase(f"{MANIFEST}: {fault}") from None
    findings.holds("format", MANIFEST, f"case {manifest.case}, made {manifest.made_at.isoformat()}")
    intact = _check_files(archive, manifest, findings)
    logs = _check_signer(archive, manifest, note, pinned, findings)
    if now is not None and manifest.made_at > now + CLOCK_SKEW:
        findings.fails("time", MANIFEST, "the case file was made in the future")
    if INDEX in intact:
        vkeys = " ".join(one.vkey() for log in logs if log is not None for one in log.all) or None
        for path, subject in _evidence(archive, manifest, findings):
            if path in intact:
                _check_bundle(archive.read(path), path, subject, vkeys, now, anchor_trust, findings)
    newest = logs[-1] if logs else None
    unconfirmed = newest.newest.vkey() if newest and not pinned else None
    return Verdict(tuple(findings.checks), unconfirmed)


def _check_files(archive: Archive, manifest: Manifest, findings: Findings) -> set[str]:
    """Names of those that are as the manifest says."""
    intact = set()
    for path, digest in manifest.files.items():
        try:
            if Digest.of(archive.read(path)) != digest:
                raise NotACase("this file is not the one that was signed")
        except NotACase as fault:
            findings.fails("file", path, str(fault))
        else:
            intact.add(path)
    for path in sorted(archive.names - manifest.files.keys() - {MANIFEST}):
        findings.fails("file", path, "this file was added: the manifest does not name it")
    if len(intact) == len(manifest.files):
        findings.holds("file", MANIFEST, f"{len(intact)} files are as they were signed")
    return intact


def _check_signer(
    archive: Archive, manifest: Manifest, note: bytes, pinned: list[Verifier], findings: Findings
) -> Keys:
    """The log's keys, shard by shard; the manifest's signature is checked with the key that the log knows for its issuer."""
    try:
        bundle = read_bundle(archive.read(SIGNER))
    except (NotACase, BundleError) as fault:
        findings.fails("signer", SIGNER, str(fault))
        return ()
    inner = Findings()
    logs, trees = check_heads(bundle, pinned, inner)
    key = _known_key(bundle, logs, trees, manifest, inner)
    for check in inner.checks:
        findings.checks.append(
            type(check)(check.name, f"{SIGNER}#{check.place}", check.outcome, check.sentence)
        )
    if key is None:
        findings.fails("signer", SIGNER, f"no registered key of {manifest.issuer} is in the file")
        return logs
    try:
        open_note(note, [Verifier(manifest.issuer, key.public_key)])
    except NoteError as fault:
        findings.fails("signature", MANIFEST, str(fault))
        return logs
    findings.holds("signature", MANIFEST, f"{manifest.issuer} signed the manifest")
    if key.until is not None:
        findings.fails("signature", MANIFEST, "the key had ended when the manifest was signed")
    if (
        key.stolen is not None
    ):  # the log does not say when a manifest was signed, and a thief may say anything
        findings.doubts("stolen", MANIFEST, f"the manifest was {key.stolen}")
    return logs


def _known_key(
    bundle: Bundle, logs: Keys, trees: Trees, manifest: Manifest, findings: Findings
) -> KnownKey | None:
    registrar = check_chain(bundle, logs, trees, findings)
    keys = check_keys(bundle, registrar, trees, findings)
    mine = [key for (issuer, _), key in keys.items() if issuer == manifest.issuer]
    return mine[0] if len(mine) == 1 else None


def _evidence(
    archive: Archive, manifest: Manifest, findings: Findings
) -> Iterator[tuple[str, str]]:
    """(path, what it is to be evidence of) of every bundle that the index names."""
    try:
        index = json.loads(archive.read(INDEX))
        if index["format"] != FORMAT or index["case"] != manifest.case:
            raise ValueError("it is the index of another case, or of another format")
        items: list[dict[str, Any]] = list(index["items"])
        told = [(str(one["name"]), one["evidence"], str(one.get("why", ""))) for one in items]
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        findings.fails("index", INDEX, f"the index cannot be read: {fault!r}")
        return
    for name, path, why in told:
        if path is None:
            findings.not_checked("evidence", INDEX, f"{name}: {why or 'there is none'}")
        elif not isinstance(path, str) or path not in manifest.files:
            findings.fails("evidence", INDEX, f"the evidence about {name} is missing")
        else:
            yield path, name


def _check_bundle(
    data: bytes,
    path: str,
    subject: str,
    vkeys: str | None,
    now: datetime | None,
    anchor_trust: AnchorTrust,
    findings: Findings,
) -> None:
    try:
        bundle = read_bundle(data)
    except BundleError as fault:
        findings.fails("evidence", path, str(fault))
        return
    if bundle.subject != subject:
        findings.fails("evidence", path, f"it is about {bundle.subject}, not about {subject}")
    verdict = verify_bundle(bundle, log_vkey=vkeys, now=now, anchor_trust=anchor_trust)
    for check in (*verdict.failed, *verdict.doubted):
        findings.checks.append(
            type(check)(check.name, f"{path}#{check.place}", check.outcome, check.sentence)
        )
    if verdict.holds:
        findings.holds("evidence", path, f"what it shows of {subject} holds")
    if verdict.unchecked:
        findings.not_checked(
            "evidence",
            path,
            f"{len(verdict.unchecked)} things; verify this file alone to read which",
        )
