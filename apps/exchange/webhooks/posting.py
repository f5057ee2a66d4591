"""One HTTP POST to a receiver that nobody vouches for: bounded in time and size, to a checked address.

Nothing of this process's surroundings takes part (no proxies, no .netrc, no cookies), no redirect is
followed, TLS is verified, and no more than 64 kB of an answer is read.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from urllib3.exceptions import HTTPError

from apps.exchange.webhooks.addresses import Forbidden, connect
from pharmatrace.bounded_http import (
    AT_MOST,
    CONNECT_WITHIN,
    MOST_READ,
    READ_WITHIN,
    Deadline,
    bounded_session,
)

LONGEST_WAIT = 86_400.0  # seconds; a Retry-After beyond it is taken for this


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 where no answer came, and then `fault` says why. `retry_after` in seconds."""

    status: int
    fault: str = ""
    retry_after: float | None = None
    forbidden: bool = False


def post(url: str, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Answer:
    """What the receiver answered; never raises for anything that is the receiver's doing.

    `at` is now, for a Retry-After that is a date (RFC 9110 §10.2.3).
    """
    clock = Deadline(AT_MOST)
    session = bounded_session(clock, connect=_connected)
    session.headers.clear()
    try:
        with (
            clock,
            session,
            session.post(
                url, data=body, headers=dict(headers), timeout=(CONNECT_WITHIN, READ_WITHIN),
                allow_redirects=False, stream=True, verify=settings.WEBHOOK_CA_FILE or True,
            ) as response,
        ):  # fmt: skip
            wait = _seconds(response.headers.get("Retry-After"), at)
            _drain(response)
            return Answer(response.status_code, retry_after=wait)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        return _no_answer(error, late=clock.is_over)


def _drain(response: requests.Response) -> None:
    """Lets the receiver finish its sentence. What it says does not matter, nor that it breaks off: the
    status is there."""
    with contextlib.suppress(HTTPError, OSError, ValueError):
        response.raw.read(MOST_READ, decode_content=False)


def _no_answer(error: BaseException, *, late: bool) -> Answer:
    if forbidden := _cause(error, Forbidden):
        return Answer(0, f"Not sent: {forbidden}.", forbidden=True)
    if late:
        return Answer(0, f"No answer within {AT_MOST:.0f} seconds.")
    if isinstance(error, requests.Timeout):
        return Answer(0, "No answer in time.")
    if isinstance(error, requests.exceptions.SSLError):
        return Answer(0, "Its TLS certificate does not hold, or TLS failed.")
    if _cause(error, socket.gaierror):
        return Answer(0, "Its name is not known.")
    if _cause(error, ConnectionRefusedError):
        return Answer(0, "It refuses connections.")
    return Answer(0, f"The connection broke ({type(error).__name__}).")


def _cause(error: BaseException, kind: type[Exception]) -> Exception | None:
    """The fault of `kind` that `error` was made of: libraries wrap one in another."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        if isinstance(one, kind):
            return one
        seen.add(id(one))
        waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
    return None


def _seconds(text: str | None, at: datetime) -> float | None:
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
        return min(max((moment - at).total_seconds(), 0.0), LONGEST_WAIT)
    except (ValueError, TypeError, OverflowError):
        return None


def _connected(host: str, port: int, plain: bool) -> socket.socket:
    return connect(host, port, plain=plain, timeout=CONNECT_WITHIN)


def host_of(url: str) -> str:
    """What the log may say of a destination: its path and query may hold a secret."""
    return urlsplit(url).hostname or ""
