"""Submits to several calendars, and asks them until the proof leads into Bitcoin."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from opentimestamps.calendar import DEFAULT_CALENDAR_WHITELIST
from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpAppend, OpSHA256
from opentimestamps.core.serialize import BytesDeserializationContext, DeserializationError
from opentimestamps.core.timestamp import Timestamp

from apps.anchors.asking import Absent, Unreachable, get, post
from apps.anchors.backends import Backend, Done, NotConfigured, Pending, Rhythm, Told, Trouble
from apps.anchors.opentimestamps.progress import Progress
from apps.anchors.rfc3161.authorities import is_address
from pharmatrace.kernel.evidence.anchor_opentimestamps import read_over
from pharmatrace.kernel.evidence.anchor_stamped import AnchorError

NAME = "opentimestamps"
HEADERS = {"Accept": "application/vnd.opentimestamps.v1"}
ASK_AGAIN = timedelta(minutes=20)
PATIENCE = timedelta(
    days=2
)  # with a block in the proof, so long do we wait for the other calendars


def configured() -> Backend:
    rhythm = Rhythm(
        timedelta(seconds=settings.ANCHOR_OPENTIMESTAMPS_EVERY),
        settings.ANCHOR_OPENTIMESTAMPS_ENTRIES,
    )
    calendars = tuple(url.rstrip("/") for url in settings.ANCHOR_OPENTIMESTAMPS)
    further = tuple(url.rstrip("/") for url in settings.ANCHOR_OPENTIMESTAMPS_MORE)
    for url in (*calendars, *further):
        if not is_address(url):
            raise ImproperlyConfigured(f"ANCHOR_OPENTIMESTAMPS: {url!r} is no calendar's address.")
    if not calendars:
        return NotConfigured(NAME, "set ANCHOR_OPENTIMESTAMPS to calendars")
    return OpenTimestamps(calendars, further, rhythm)


@dataclass(frozen=True, slots=True)
class OpenTimestamps:
    """One proof for all calendars together: one target."""

    calendars: tuple[str, ...]
    further: tuple[str, ...]
    rhythm: Rhythm
    name: str = NAME
    serial: bool = False
    missing: str = ""

    def targets(self) -> Sequence[str]:
        return [""]

    def step(self, told: Told, target: str, progress: bytes, *, at: datetime) -> Pending | Done:
        if not progress:
            return self._submit(told, at)
        return self._complete(told, Progress.read(progress), at)

    def _submit(self, told: Told, at: datetime) -> Pending:
        """What calendars are told is a hash with a nonce: they learn nothing they could compare."""
        begun = Progress.begin(told.stamped, at)
        told_to_them = begun.stamp.ops.add(OpAppend(secrets.token_bytes(16))).ops.add(OpSHA256())
        failed = []
        for url in self.calendars:
            try:
                answer = post(f"{url}/digest", told_to_them.msg, HEADERS)
                told_to_them.merge(_read(answer, told_to_them.msg))
            except (Unreachable, Useless) as fault:
                failed.append(f"{url}: {fault}")
        if len(failed) == len(self.calendars):
            raise Trouble("; ".join(failed))
        return Pending(begun.write(), ASK_AGAIN, "; ".join(failed))

    def _complete(self, told: Told, held: Progress, at: datetime) -> Pending | Done:
        asked = [self._ask(*one) for one in _open(held.stamp)]
        blocks = _blocks(held.stamp)
        still_open = bool(_open(held.stamp))
        if blocks and (not still_open or at - held.begun_at >= PATIENCE):
            return self._done(told, held, blocks)
        if asked and all(one.failed for one in asked):
            raise Trouble("; ".join(one.sentence for one in asked))
        said = "; ".join(one.sentence for one in asked if one.sentence)
        return Pending(held.write(), ASK_AGAIN, said)

    def _done(self, told: Told, held: Progress, blocks: list[int]) -> Done:
        proof = held.proof()
        try:
            read_over(proof, over=told.stamped)  # with the verifier's own reader, before it is kept
        except AnchorError as fault:
            raise Trouble(f"what the calendars gave is no proof: {fault}") from fault
        return Done({"blocks": blocks}, proof)

    def _ask(self, node: Timestamp, attestation: PendingAttestation) -> _Asked:
        url = attestation.uri.rstrip("/")
        if not self._may_ask(url):
            return _Asked(f"{url} is no calendar we know (ANCHOR_OPENTIMESTAMPS_MORE)", failed=True)
        try:
            node.merge(_read(get(f"{url}/timestamp/{node.msg.hex()}", HEADERS), node.msg))
        except Absent:
            return _Asked(f"{url} has no block yet")
        except (Unreachable, Useless) as fault:
            return _Asked(f"{url}: {fault}", failed=True)
        return _Asked("")

    def _may_ask(self, url: str) -> bool:
        """A calendar's answer names an address: only those that are meant are asked."""
        return url in (*self.calendars, *self.further) or url in DEFAULT_CALENDAR_WHITELIST


@dataclass(frozen=True, slots=True)
class _Asked:
    sentence: str
    failed: bool = False


class Useless(Exception):
    """A calendar's answer is no time stamp."""


def _read(answer: bytes, message: bytes) -> Timestamp:
    try:
        context = BytesDeserializationContext(answer)
        found = Timestamp.deserialize(context, message)
        context.assert_eof()
    except (DeserializationError, ValueError, TypeError, AssertionError) as fault:
        raise Useless(f"its answer is no time stamp ({type(fault).__name__})") from fault
    return found


def _open(stamp: Timestamp) -> list[tuple[Timestamp, PendingAttestation]]:
    """Where a calendar has still to deliver: below its attestation there is no block."""
    found = [
        (stamp, one)
        for one in sorted(stamp.attestations)
        if isinstance(one, PendingAttestation) and not _blocks(stamp)
    ]
    for below in stamp.ops.values():
        found += _open(below)
    return found


def _blocks(stamp: Timestamp) -> list[int]:
    """Heights of the Bitcoin blocks that it says it is in."""
    attested = (one for _, one in stamp.all_attestations())
    return sorted(
        {one.height for one in attested if isinstance(one, BitcoinBlockHeaderAttestation)}
    )
