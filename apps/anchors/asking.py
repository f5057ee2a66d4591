"""HTTP to time-stamp authorities, calendars and nodes: bounded in time and size, nowhere else than asked.

Nothing of this process's surroundings takes part (no proxies, no .netrc, no cookies), no redirect is followed,
and TLS is verified.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import requests
from urllib3.exceptions import HTTPError

CONNECT_WITHIN, READ_WITHIN = 5.0, 10.0  # seconds for each step
AT_MOST = 30.0  # seconds for an answer's body, however slowly it comes
MOST_READ = 65_536


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
    session = requests.Session()
    session.trust_env = False
    try:
        with (
            session,
            session.request(
                method, url, data=body, headers=dict(headers), timeout=(CONNECT_WITHIN, READ_WITHIN),
                allow_redirects=False, stream=True,
            ) as response,
        ):  # fmt: skip
            if response.status_code == 404:
                raise Absent("it answers 404: not there")
            if response.status_code != 200:
                raise Unreachable(f"it answers {response.status_code}")
            return _read(response)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise Unreachable(f"no answer ({type(error).__name__})") from error


def _read(response: requests.Response) -> bytes:
    stop, data = time.monotonic() + AT_MOST, b""
    while more := response.raw.read1(MOST_READ):
        data += more
        if len(data) > MOST_READ:
            raise Unreachable(f"its answer has more than {MOST_READ:,} bytes")
        if time.monotonic() > stop:
            raise Unreachable(f"its answer was not complete after {AT_MOST:.0f} seconds")
    return data
