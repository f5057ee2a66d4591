"""HTTP to time-stamp authorities, calendars and nodes: bounded in time and size, nowhere else than asked."""

from __future__ import annotations

from collections.abc import Mapping

import requests
from urllib3.exceptions import HTTPError

from pharmatrace.bounded_http import AT_MOST, MOST_READ, TIMEOUTS, Deadline, bounded_session


class Unreachable(Exception):
    """No answer, or none that can be used. Worth another try later."""


class Absent(Unreachable):
    """404: what was asked for is not there, or not yet."""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body of the answer 200. Raises Unreachable."""
    return _ask("POST", url, body, headers)


def get(url: str, headers: Mapping[str, str]) -> bytes:
    """The body of the answer 200. Raises Unreachable, Absent."""
    return _ask("GET", url, None, headers)


def _ask(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
    """The sentences of what is raised hold no address: a node's may hold a password."""
    clock = Deadline(AT_MOST)
    session = bounded_session(clock)
    try:
        with (
            clock,
            session,
            session.request(
                method, url, data=body, headers=dict(headers), timeout=TIMEOUTS,
                allow_redirects=False, stream=True,
            ) as response,
        ):  # fmt: skip
            if response.status_code == 404:
                raise Absent("it answers 404: not there")
            if response.status_code != 200:
                raise Unreachable(f"it answers {response.status_code}")
            return _read(response, clock)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        if clock.is_over:
            raise Unreachable(f"no whole answer within {AT_MOST:.0f} seconds") from error
        raise Unreachable(f"no answer ({type(error).__name__})") from error


def _read(response: requests.Response, clock: Deadline) -> bytes:
    data = b""
    while more := response.raw.read1(MOST_READ):
        data += more
        if len(data) > MOST_READ:
            raise Unreachable(f"its answer has more than {MOST_READ:,} bytes")
    if clock.is_over:
        raise Unreachable(f"no whole answer within {AT_MOST:.0f} seconds")
    return data
