"""Reading a bundle strictly: every field known, present, of its type, in its one spelling."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NoReturn, TypeVar

from pharmatrace.kernel.evidence import shown as form
from pharmatrace.kernel.evidence.anchor_forms import (
    Anchor,
    EvmAnchor,
    EvmRecord,
    JournalAnchor,
    OpenTimestampsAnchor,
    TimeStampAnchor,
)
from pharmatrace.kernel.evidence.bundle_writing import FORMAT
from pharmatrace.kernel.evidence.fact_paths import Step
from pharmatrace.kernel.evidence.statement import KID_SIZE, EntryType
from pharmatrace.kernel.tlog.base64text import from_base64
from pharmatrace.kernel.tlog.tree import HASH_SIZE

MAX_SIZE = 64_000_000
DEEPEST = 400
"""Lists and objects in one another in a file, at most."""
_MAX_NESTING = 8
ANCHOR_FIELDS = {"journal": "", "rfc3161": "token", "opentimestamps": "proof", "evm": "record"}
"""What an anchor of each kind has besides kind, checkpoint and path."""
_Item = TypeVar("_Item")


class BundleError(Exception):
    """A field of the bundle is wrong: `place` is its JSON pointer (RFC 6901)."""

    def __init__(self, place: str, sentence: str) -> None:
        self.place = place
        self.sentence = sentence
        super().__init__(f"{place or 'the file'}: {sentence}")


class NotABundle(BundleError):
    """The file is no evidence bundle of this format at all."""


def read_bundle(data: bytes | str) -> form.Bundle:
    """The bundle in a file. Raises NotABundle, or BundleError with the place of what is wrong."""
    document = parse_strictly(data)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NotABundle("", f"this is not evidence in the format {FORMAT}")
    of_event = "event" in document and "package" not in document
    subject = "event" if of_event else "package"
    names = f"format disclosure {subject} log checkpoint genesis keys events anchors"
    top = _fields(document, "", names, "log_keys shards")
    bundle = form.Bundle(
        disclosure=_disclosure(top["disclosure"], "/disclosure"),
        subject=_event_id(top["event"]) if of_event else _package(top["package"]),
        log=_log(top["log"], "/log"),
        checkpoint=_text(top["checkpoint"], "/checkpoint"),
        genesis=read_entry(top["genesis"], "/genesis", EntryType.GENESIS),
        keys=_list(top["keys"], "/keys", _key),
        events=_list(top["events"], "/events", _custody),
        anchors=_list(top["anchors"], "/anchors", _anchor),
        log_keys=_log_keys(top, ""),
        shards=_list(top["shards"], "/shards", _shard) if "shards" in top else (),
    )
    if "shards" in top and not bundle.shards:
        raise BundleError("/shards", "where all lies in one shard, this field is absent")
    for at in range(1, len(bundle.events)):
        if bundle.events[at].index <= bundle.events[at - 1].index:
            raise BundleError(f"/events/{at}/index", "events stand in log order, each once")
    return bundle


def parse_strictly(data: bytes | str) -> Any:
    """JSON with whole numbers only, and no field twice. Raises NotABundle."""
    if len(data) > MAX_SIZE:
        raise NotABundle("", "the file is too large")
    try:
        text = data.decode() if isinstance(data, bytes) else data
        text.encode()
        document = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_no_number,
            parse_constant=_no_number,
            parse_int=_whole_number,
        )
        _check_depth(document)
        return document
    except (ValueError, RecursionError) as fault:
        raise NotABundle("", f"the file is not JSON as it should be: {fault}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the field {name!r} stands twice in one object")
        found[name] = value
    return found


def _check_depth(document: Any) -> None:
    """The parser has a limit of its own, which differs from one Python to the next. Raises ValueError."""
    level = [document]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise ValueError("it is nested too deep")


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a whole number")


def _whole_number(text: str) -> int:
    if len(text.removeprefix("-")) > 20 or text == "-0":
        raise ValueError(f"{text} is not a whole number of at most 64 bits")
    return int(text)


def _fields(value: Any, place: str, names: str, may_have: str = "") -> Mapping[str, Any]:
    """The object, when it has exactly the named fields, and of `may_have` any."""
    if not isinstance(value, dict):
        raise BundleError(place, "an object is expected here")
    expected = names.split()
    for name in expected:
        if name not in value:
            raise BundleError(place, f"the field {name!r} is missing")
    for name in value:
        if name not in expected and name not in may_have.split():
            raise BundleError(f"{place}/{_escape(name)}", "this field is not part of the format")
    return value


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _list(value: Any, place: str, read: Callable[[Any, str], _Item]) -> tuple[_Item, ...]:
    if not isinstance(value, list):
        raise BundleError(place, "a list is expected here")
    return tuple(read(item, f"{place}/{at}") for at, item in enumerate(value))


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value:
        raise BundleError(place, "a text is expected here")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BundleError(place, "the text is not valid Unicode") from None
    return value


def _number(value: Any, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
        raise BundleError(place, "a whole number from 0 is expected here")
    return value


def _octets(value: Any, place: str, size: int | None = None) -> bytes:
    try:
        data = from_base64(_text(value, place) if value != "" else "")
    except ValueError as fault:
        raise BundleError(place, str(fault)) from None
    if size is not None and len(data) != size:
        raise BundleError(place, f"{size} bytes are expected here, not {len(data)}")
    return data


def _hash(value: Any, place: str) -> bytes:
    return _octets(value, place, HASH_SIZE)


def _package(value: Any) -> str:
    found = _text(value, "/package")
    if form.EVENT_ID.fullmatch(found):
        raise BundleError("/package", "an event is named in the field 'event'")
    return found


def _event_id(value: Any) -> str:
    found = _text(value, "/event")
    if not form.EVENT_ID.fullmatch(found):
        raise BundleError("/event", "an event hash ID is expected here: ni:///sha-256;…?ver=CBV2.0")
    return found


def _disclosure(value: Any, place: str) -> form.Disclosure:
    try:
        return form.Disclosure(_text(value, place))
    except ValueError:
        raise BundleError(place, "disclosure is public, party or regulator") from None


def _log(value: Any, place: str) -> form.LogIdentity:
    found = _fields(value, place, "origin vkey witnesses")
    return form.LogIdentity(
        _text(found["origin"], f"{place}/origin"),
        _text(found["vkey"], f"{place}/vkey"),
        _list(found["witnesses"], f"{place}/witnesses", _text),
    )


def _log_keys(found: Mapping[str, Any], place: str) -> tuple[form.EventEvidence, ...]:
    if "log_keys" not in found:
        return ()
    entries = _list(found["log_keys"], f"{place}/log_keys", _registry)
    if not entries:
        raise BundleError(f"{place}/log_keys", "where the log has one key, this field is absent")
    return entries


def _shard(value: Any, place: str) -> form.Shard:
    found = _fields(value, place, "log checkpoint genesis anchors", "log_keys")
    return form.Shard(
        log=_log(found["log"], f"{place}/log"),
        checkpoint=_text(found["checkpoint"], f"{place}/checkpoint"),
        genesis=read_entry(found["genesis"], f"{place}/genesis", EntryType.GENESIS),
        anchors=_list(found["anchors"], f"{place}/anchors", _anchor),
        log_keys=_log_keys(found, place),
    )


def _registry(value: Any, place: str) -> form.EventEvidence:
    return read_entry(value, place, EntryType.REGISTRY)


def _custody(value: Any, place: str) -> form.EventEvidence:
    found = _fields(value, place, _ENTRY, "stolen erased")
    entry = read_entry(
        {name: found[name] for name in _ENTRY.split()},
        place,
        EntryType.CUSTODY,
        none="erased" in found,
    )
    if "stolen" not in found and "erased" not in found:
        return entry
    if isinstance(entry.signature, form.ShownStatement):
        raise BundleError(f"{place}/signature", "what is reported or erased here is not shown")
    return replace(
        entry,
        stolen=read_entry(found["stolen"], f"{place}/stolen", EntryType.REGISTRY)
        if "stolen" in found
        else None,
        erased=_erased(found["erased"], f"{place}/erased") if "erased" in found else None,
    )


def _erased(value: Any, place: str) -> form.Erasure:
    found = _fields(value, place, "event facts")
    return form.Erasure(
        read_entry(found["event"], f"{place}/event", EntryType.REGISTRY),
        _list(found["facts"], f"{place}/facts", _erased_fact),
    )


def _erased_fact(value: Any, place: str) -> form.ErasedFact:
    found = _fields(value, place, "leaf path")
    return form.ErasedFact(
        _hash(found["leaf"], f"{place}/leaf"), _list(found["path"], f"{place}/path", _step)
    )


_ENTRY = "type index facts_root facts signature path"


def read_entry(
    value: Any, place: str, expected: EntryType, *, none: bool = False
) -> form.EventEvidence:
    """An entry without marks. `none`: it shows no facts, because there are none any more. Raises BundleError."""
    found = _fields(value, place, _ENTRY)
    if _number(found["type"], f"{place}/type") != expected:
        raise BundleError(f"{place}/type", f"a log entry of type {int(expected)} is expected here")
    facts = _list(found["facts"], f"{place}/facts", _fact)
    if bool(facts) is none:
        sentence = "what was erased is not shown" if none else "an event shows at least one fact"
        raise BundleError(f"{place}/facts", sentence)
    return form.EventEvidence(
        type=expected,
        index=_number(found["index"], f"{place}/index"),
        facts_root=_hash(found["facts_root"], f"{place}/facts_root"),
        facts=facts,
        signature=_signature(found["signature"], f"{place}/signature"),
        path=_list(found["path"], f"{place}/path", _hash),
    )


def _signature(value: Any, place: str) -> form.ShownStatement | form.HiddenStatement:
    if isinstance(value, dict) and "digest" in value:
        found = _fields(value, place, "digest")
        return form.HiddenStatement(_hash(found["digest"], f"{place}/digest"))
    found = _fields(value, place, "salt cose")
    return form.ShownStatement(
        _octets(found["salt"], f"{place}/salt", 16), _octets(found["cose"], f"{place}/cose")
    )


def _fact(value: Any, place: str) -> form.ShownFact:
    found = _fields(value, place, "salt name value path")
    return form.ShownFact(
        _octets(found["salt"], f"{place}/salt", 16),
        _text(found["name"], f"{place}/name"),
        _value(found["value"], f"{place}/value"),
        _list(found["path"], f"{place}/path", _step),
    )


def _step(value: Any, place: str) -> Step:
    side, _, digest = _text(value, place).partition(":")
    if side == "left":
        return Step("left", _hash(digest, place))
    if side == "right":
        return Step("right", _hash(digest, place))
    raise BundleError(place, "a step is left: or right: and a hash")


def _value(value: Any, place: str, depth: int = 0) -> Any:
    if depth > _MAX_NESTING:
        raise BundleError(place, "the value is nested too deep")
    if isinstance(value, dict):
        return _octets(_fields(value, place, "bytes")["bytes"], f"{place}/bytes")
    if isinstance(value, list):
        return tuple(_value(item, f"{place}/{at}", depth + 1) for at, item in enumerate(value))
    if isinstance(value, str):
        return _text(value, place) if value else ""
    if isinstance(value, int) and not -(1 << 64) <= value < 1 << 64:
        raise BundleError(place, "the number is of more than 64 bits")
    return value


def _key(value: Any, place: str) -> form.KeyEvidence:
    found = _fields(value, place, "iss kid public_key event revoked", "stolen")
    revoked = found["revoked"]
    return form.KeyEvidence(
        iss=_text(found["iss"], f"{place}/iss"),
        kid=_octets(found["kid"], f"{place}/kid", KID_SIZE),
        public_key=_octets(found["public_key"], f"{place}/public_key", 32),
        event=read_entry(found["event"], f"{place}/event", EntryType.REGISTRY),
        revoked=None
        if revoked is None
        else read_entry(revoked, f"{place}/revoked", EntryType.REGISTRY),
        stolen=read_entry(found["stolen"], f"{place}/stolen", EntryType.REGISTRY)
        if "stolen" in found
        else None,
    )


def _anchor(value: Any, place: str) -> Anchor:
    kind = value.get("kind") if isinstance(value, dict) else None
    more = ANCHOR_FIELDS.get(kind) if isinstance(kind, str) else None
    if isinstance(value, dict) and "kind" in value and more is None:
        raise BundleError(f"{place}/kind", "anchors of this kind are not known to this verifier")
    found = _fields(value, place, f"kind checkpoint path {more or ''}")
    checkpoint = _text(found["checkpoint"], f"{place}/checkpoint")
    path = _list(found["path"], f"{place}/path", _hash)
    if kind == "rfc3161":
        return TimeStampAnchor(checkpoint, _octets(found["token"], f"{place}/token"), path)
    if kind == "opentimestamps":
        return OpenTimestampsAnchor(checkpoint, _octets(found["proof"], f"{place}/proof"), path)
    if kind == "evm":
        return EvmAnchor(checkpoint, _record(found["record"], f"{place}/record"), path)
    return JournalAnchor(checkpoint, path)


def _record(value: Any, place: str) -> EvmRecord:
    names = "chain_id contract sender transaction block block_hash log_index"
    found = _fields(value, place, names)
    return EvmRecord(
        chain_id=_number(found["chain_id"], f"{place}/chain_id"),
        contract=_hexadecimal(found["contract"], f"{place}/contract", 20),
        sender=_hexadecimal(found["sender"], f"{place}/sender", 20),
        transaction=_hexadecimal(found["transaction"], f"{place}/transaction", HASH_SIZE),
        block=_number(found["block"], f"{place}/block"),
        block_hash=_hexadecimal(found["block_hash"], f"{place}/block_hash", HASH_SIZE),
        log_index=_number(found["log_index"], f"{place}/log_index"),
    )


def _hexadecimal(value: Any, place: str, size: int) -> str:
    found = _text(value, place)
    if not re.fullmatch(rf"0x[0-9a-f]{{{2 * size}}}", found):
        raise BundleError(place, f"{size} bytes are expected here, as 0x and lower-case digits")
    return found
