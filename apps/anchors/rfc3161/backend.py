"""One request to one authority: the token is checked before it is kept (RFC 3161 §2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from apps.anchors.asking import Unreachable, post
from apps.anchors.backends import Backend, Done, NotConfigured, Pending, Rhythm, Told, Trouble
from apps.anchors.rfc3161.authorities import Authority, read_authorities
from pharmatrace.kernel.evidence.anchor_rfc3161 import check_token
from pharmatrace.kernel.evidence.anchor_stamped import AnchorError

NAME = "rfc3161"
HEADERS = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
}
CLOCKS_APART = timedelta(minutes=10)  # ours or theirs is wrong beyond it


def configured() -> Backend:
    rhythm = Rhythm(
        timedelta(seconds=settings.ANCHOR_RFC3161_EVERY), settings.ANCHOR_RFC3161_ENTRIES
    )
    authorities = read_authorities(settings.ANCHOR_RFC3161)
    if not authorities:
        return NotConfigured(NAME, "set ANCHOR_RFC3161 to time-stamp authorities and their roots")
    return Rfc3161(authorities, rhythm)


@dataclass(frozen=True, slots=True)
class Rfc3161:
    authorities: tuple[Authority, ...]
    rhythm: Rhythm
    name: str = NAME
    serial: bool = False
    missing: str = ""

    def targets(self) -> Sequence[str]:
        return [authority.url for authority in self.authorities]

    def step(self, told: Told, target: str, progress: bytes, *, at: datetime) -> Pending | Done:
        """One question, one token. Asked twice after a crash, the authority just stamps twice."""
        (authority,) = (one for one in self.authorities if one.url == target)
        question = (
            TimestampRequestBuilder()
            .data(told.stamped)
            .hash_algorithm(HashAlgorithm.SHA256)
            .cert_request(cert_request=True)
            .nonce(nonce=True)
            .build()
        )
        try:
            token = post(target, question.as_bytes(), HEADERS)
            stamp = check_token(
                token,
                over=told.stamped,
                roots=authority.roots,
                policy=authority.policy,
                nonce=question.nonce,
            )
        except (Unreachable, AnchorError) as fault:
            raise Trouble(str(fault)) from fault
        if abs(stamp.at - at) > CLOCKS_APART:
            raise Trouble(
                f"the time told, {stamp.at.isoformat()}, is far from this machine's: one of the clocks is wrong"
            )
        receipt = {
            "time": stamp.at.isoformat(),
            "policy": stamp.policy,
            "authority": stamp.authority,
        }
        return Done(receipt, token)
