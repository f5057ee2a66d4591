"""The readers of evidence: bundles, statements, CBOR, signed notes, checkpoints, proof files, tiles."""

from __future__ import annotations

import contextlib
import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cbor2

from pharmatrace.kernel.evidence import cbor
from pharmatrace.kernel.evidence.anchor_forms import EvmRecord
from pharmatrace.kernel.evidence.anchor_page import AnchorPage, Shown, read_page, write_page
from pharmatrace.kernel.evidence.anchor_rfc3161 import check_token, read_token
from pharmatrace.kernel.evidence.anchor_stamped import AnchorError
from pharmatrace.kernel.evidence.bundle import BundleError, NotABundle, read_bundle, write_bundle
from pharmatrace.kernel.evidence.compact import NotCompact, pack, verify_compact
from pharmatrace.kernel.evidence.digits import from_digits, to_digits
from pharmatrace.kernel.evidence.key_page import KeyPageError, entries_of, keys_of
from pharmatrace.kernel.evidence.key_page import read_page as read_keys
from pharmatrace.kernel.evidence.key_page import write_page as write_keys
from pharmatrace.kernel.evidence.ots_proof import read_ots
from pharmatrace.kernel.evidence.statement import (
    StatementError,
    check_statement,
    read_entry,
    read_statement_unverified,
)
from pharmatrace.kernel.evidence.token_order import in_order
from pharmatrace.kernel.evidence.verdict import verify_bundle
from pharmatrace.kernel.tlog.base64text import from_base64
from pharmatrace.kernel.tlog.checkpoint import CheckpointError, parse_checkpoint
from pharmatrace.kernel.tlog.cosignature import CosignatureVerifier
from pharmatrace.kernel.tlog.log_keys import read_succession
from pharmatrace.kernel.tlog.note import NoteError, Verifier, open_note, split_note
from pharmatrace.kernel.tlog.prooffile import parse_proof_file
from pharmatrace.kernel.tlog.proofs import ProofError, root_from_path
from pharmatrace.kernel.tlog.tiles import (
    TileError,
    decode_entries,
    encode_entries,
    parse_tile_path,
)
from tests.fuzz.reader import Reader, text_of

VECTORS = Path(__file__).parents[1] / "vectors"
_BUNDLES = sorted((VECTORS / "bundles").glob("*.json"))
_GOOD = json.loads((VECTORS / "bundles" / "good-regulator.json").read_bytes())
_LOG = Verifier.parse(_GOOD["log"]["vkey"])
_WITNESS = CosignatureVerifier.parse(_GOOD["log"]["witnesses"][0])
_ANCHORS = json.loads((VECTORS / "anchors.json").read_text())
_STAMPED = from_base64(_ANCHORS["stamped"])
_STATEMENT = json.loads((VECTORS / "statement.json").read_text())
_COSE, _PUBLIC = (bytes.fromhex(_STATEMENT[name]) for name in ("cose", "public_key"))
_NOW = datetime(2030, 1, 1, tzinfo=UTC)


def check_bundle(data: bytes) -> None:
    """A bundle is refused, fails with a named check, or holds and is written again as it was read."""
    try:
        verdict = verify_bundle(data, now=_NOW)
    except NotABundle:
        return
    for check in verdict.checks:
        assert check.name and check.sentence, check
    try:
        bundle = read_bundle(data)
    except BundleError:
        assert not verdict.holds
        return
    assert read_bundle(write_bundle(bundle)) == bundle
    assert verify_bundle(bundle, now=_NOW).checks == verdict.checks


def _check_cbor(data: bytes) -> None:
    """Statements are accepted in one spelling only; what our encoder writes is canonical."""
    try:
        claims = read_statement_unverified(data)
        assert claims.facts_root in data
        check_statement(data, _PUBLIC)
        assert data == _COSE, "a signature holds for one statement"
    except StatementError:
        pass
    try:
        entry = read_entry(data)
        assert bytes((1, entry.type)) + entry.commitment == data
    except StatementError:
        pass
    value = _facts_like(data)
    assert cbor.encode(value) == cbor2.dumps(value, canonical=True)


def _facts_like(data: bytes) -> list[Any]:
    """A value of the shapes that facts have, made of the octets."""
    number = int.from_bytes(data[:8], "big")
    return [data[:40], text_of(data[:40]).encode("utf-8", "ignore").decode(), number, -1 - number >> 1,
            None, bool(len(data) % 2), [number % 2**32, [number % 300, b""]]]  # fmt: skip


def check_note(data: bytes) -> None:
    """Signed notes, checkpoints, proof files, verifier keys, tile paths and bundles of entries;
    statements and CBOR."""
    _check_cbor(data)
    text = text_of(data)
    try:
        body, signatures = split_note(data)
        assert f"{body}\n" + "".join(one.line for one in signatures) == data.decode()
        note = open_note(data, (_LOG, _WITNESS))
        assert note.verified
        checkpoint = parse_checkpoint(note.text)
        assert checkpoint.text() == note.text
    except (NoteError, CheckpointError):
        pass
    _check_checkpoint(text)
    _check_proof_file(text)
    _check_log_keys(data)
    for kind in (Verifier, CosignatureVerifier):
        with contextlib.suppress(NoteError):
            assert kind.parse(text).vkey() == text
    with contextlib.suppress(TileError):
        assert parse_tile_path(text).path == text
    with contextlib.suppress(TileError):
        assert encode_entries(decode_entries(data)) == data


def check_anchor(data: bytes) -> None:
    """Time-stamp tokens, OpenTimestamps proofs and pages of anchors are refused, or say the same twice."""
    for read in (lambda: read_token(data, over=_STAMPED), lambda: read_ots(data)):
        with contextlib.suppress(AnchorError):
            assert read() == read()
    with contextlib.suppress(AnchorError):
        check_token(data, over=_STAMPED, roots=[])
    assert sorted(in_order(data)) == sorted(data), "certificates change places, nothing else"
    with contextlib.suppress(AnchorError):
        page = read_page(data)
        assert read_page(write_page(page)) == page


def _anchor_seeds(folder: Path) -> list[bytes]:
    found = [path.read_bytes() for path in sorted((folder / "opentimestamps").rglob("*.ots"))]
    record = EvmRecord(1, *("0x" + "a" * size for size in (40, 40, 64)), 7, "0x" + "b" * 64, 0)
    shown = (Shown("evm", "1:0xa", "2026", record=record), Shown("rfc3161", "x", "2026", f"5-{'0' * 16}.tsr"))  # fmt: skip
    page = write_page(AnchorPage(5, _GOOD["checkpoint"], 3, shown))
    empty = bytes.fromhex("3003020100"), bytes.fromhex("30053003020102")
    return [*found, page, *empty, *(from_base64(_ANCHORS[name]) for name in ("token", "ots"))]


def _check_checkpoint(text: str) -> None:
    with contextlib.suppress(CheckpointError):
        assert parse_checkpoint(text).text() == text


def _check_log_keys(data: bytes) -> None:
    """A succession names a key, or is refused; a page of keys proves them, or is refused."""
    with contextlib.suppress(NoteError):
        read_succession(data, _LOG, _LOG.name)
    with contextlib.suppress(KeyPageError):
        page = read_keys(data)
        assert read_keys(write_keys(page.genesis, page.log_keys)).log_keys == tuple(
            replace(entry, path=()) for entry in page.log_keys
        )
        keys = keys_of(page)
        assert len(keys.all) == len(page.log_keys) + 1 == len(list(entries_of(page)))


def _check_proof_file(text: str) -> None:
    try:
        proof = parse_proof_file(text)
        assert proof.text() == text
        root_from_path(size=proof.index + 3, index=proof.index, leaf=bytes(32), path=proof.path)
    except ProofError:
        pass


def _keys_seeds() -> list[str]:
    rotated = read_bundle((VECTORS / "bundles" / "good-rotated.json").read_bytes())
    page = write_keys(rotated.genesis, rotated.log_keys)
    return [page.decode(), *read_keys(page).notes]


def _note_seeds(folder: Path) -> list[bytes]:
    found = [_GOOD["checkpoint"], _GOOD["log"]["vkey"], _GOOD["log"]["witnesses"][0], "tile/0/x001/234.p/8",
             "tile/entries/000", *_keys_seeds(), "\x00\x03abc\x00\x00", _GOOD["checkpoint"].partition("\n\n")[0] + "\n"]  # fmt: skip
    file = folder / "tlog" / "vectors.json"
    if file.is_file():
        vectors = json.loads(file.read_text())
        found += [value for value in vectors.values() if isinstance(value, str)]
    octets = [_COSE, bytes.fromhex(_STATEMENT["entry"]), b"\xd8\x23\x64(a+)", b"\x9b" + b"\x10" * 8]
    return octets + [text.encode() for text in found]


def check_compact(data: bytes) -> None:
    """Octets of the compact form, or digits for them, are refused or give a verdict with named checks."""
    for octets in (data, b"\x01" + zlib.compress(data, 1, -15)):
        try:
            verdict = verify_compact(octets, log_vkey=_LOG.vkey())
        except NotCompact:
            continue
        for check in verdict.checks:
            assert check.name and check.sentence, check
    with contextlib.suppress(ValueError):
        digits = text_of(data)
        assert to_digits(from_digits(digits)) == digits


def _compact_seeds(_: Path) -> list[bytes]:
    bundle = read_bundle((VECTORS / "bundles" / "good-public.json").read_bytes())
    packed = [pack(bundle, at) for at in range(len(bundle.events))]
    return [
        *packed,
        *(zlib.decompress(one[1:], -15) for one in packed),
        to_digits(packed[0]).encode(),
    ]


_NOTE_WORDS = (
    "— ", "\n\n", "index ", "extra ", "+", "\n", "tile/", "x", ".p/", "\x84", "\x9f", "\xd8\x1c", "\xc2", "\xa1",
)  # fmt: skip

EVIDENCE_READERS = (
    Reader("bundle", check_bundle, lambda _: [path.read_bytes() for path in _BUNDLES]),
    Reader("notes", check_note, _note_seeds, _NOTE_WORDS),
    Reader("anchors", check_anchor, _anchor_seeds),
    Reader("compact", check_compact, _compact_seeds),
)
