"""Writing a bundle: the form that `bundle_reading` reads back."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from pharmatrace.kernel.evidence.anchor_forms import (
    Anchor,
    EvmAnchor,
    OpenTimestampsAnchor,
    TimeStampAnchor,
)
from pharmatrace.kernel.evidence.fact_paths import Step
from pharmatrace.kernel.evidence.shown import (
    Bundle,
    EventEvidence,
    KeyEvidence,
    LogIdentity,
    Shard,
    ShownFact,
    ShownStatement,
)
from pharmatrace.kernel.tlog.base64text import to_base64

FORMAT = "pharmatrace-evidence/1"
MEDIA_TYPE = "application/vnd.pharmatrace.evidence+json"


def write_bundle(bundle: Bundle) -> bytes:
    """The file, UTF-8. Raises TypeError for a fact whose value JSON cannot carry."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "disclosure": str(bundle.disclosure),
        "event" if bundle.is_of_event else "package": bundle.subject,
        "log": _log(bundle.log),
        "checkpoint": bundle.checkpoint,
        "genesis": _event(bundle.genesis),
        "keys": [_key(key) for key in bundle.keys],
        "events": [_event(event) for event in bundle.events],
        "anchors": [_anchor(anchor) for anchor in bundle.anchors],
    }
    if bundle.log_keys:
        document["log_keys"] = [write_entry(event) for event in bundle.log_keys]
    if bundle.shards:
        document["shards"] = [_shard(shard) for shard in bundle.shards]
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _log(log: LogIdentity) -> dict[str, Any]:
    return {"origin": log.origin, "vkey": log.vkey, "witnesses": list(log.witnesses)}


def _shard(shard: Shard) -> dict[str, Any]:
    written: dict[str, Any] = {
        "log": _log(shard.log),
        "checkpoint": shard.checkpoint,
        "genesis": _event(shard.genesis),
        "anchors": [_anchor(anchor) for anchor in shard.anchors],
    }
    if shard.log_keys:
        written["log_keys"] = [write_entry(event) for event in shard.log_keys]
    return written


def _event(event: EventEvidence) -> dict[str, Any]:
    """Marks are members of their own, and absent where there is nothing to say."""
    written = write_entry(event)
    if event.stolen is not None:
        written["stolen"] = write_entry(event.stolen)
    if event.erased is not None:
        facts = [
            {"leaf": to_base64(one.leaf), "path": _steps(one.path)} for one in event.erased.facts
        ]
        written["erased"] = {"event": write_entry(event.erased.event), "facts": facts}
    return written


def write_entry(event: EventEvidence) -> dict[str, Any]:
    """An entry without marks."""
    if isinstance(event.signature, ShownStatement):
        signature = {
            "salt": to_base64(event.signature.salt),
            "cose": to_base64(event.signature.cose),
        }
    else:
        signature = {"digest": to_base64(event.signature.digest)}
    return {
        "type": int(event.type),
        "index": event.index,
        "facts_root": to_base64(event.facts_root),
        "facts": [_fact(fact) for fact in event.facts],
        "signature": signature,
        "path": _hashes(event.path),
    }


def _fact(fact: ShownFact) -> dict[str, Any]:
    return {
        "salt": to_base64(fact.salt),
        "name": fact.name,
        "value": _value(fact.value),
        "path": _steps(fact.path),
    }


def _steps(path: tuple[Step, ...]) -> list[str]:
    return [f"{step.side}:{to_base64(step.digest)}" for step in path]


def _key(key: KeyEvidence) -> dict[str, Any]:
    written = {
        "iss": key.iss,
        "kid": to_base64(key.kid),
        "public_key": to_base64(key.public_key),
        "event": _event(key.event),
        "revoked": None if key.revoked is None else _event(key.revoked),
    }
    if key.stolen is not None:
        written["stolen"] = _event(key.stolen)
    return written


def _anchor(anchor: Anchor) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": anchor.kind,
        "checkpoint": anchor.checkpoint,
        "path": _hashes(anchor.path),
    }
    if isinstance(anchor, TimeStampAnchor):
        told["token"] = to_base64(anchor.token)
    elif isinstance(anchor, OpenTimestampsAnchor):
        told["proof"] = to_base64(anchor.proof)
    elif isinstance(anchor, EvmAnchor):
        told["record"] = asdict(anchor.record)
    return told


def _hashes(path: tuple[bytes, ...]) -> list[str]:
    return [to_base64(digest) for digest in path]


def _value(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"bytes": to_base64(value)}
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    raise TypeError(f"a fact cannot hold a {type(value).__name__}")
