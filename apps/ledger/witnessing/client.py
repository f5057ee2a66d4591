"""HTTP to a witness: no redirects, no proxies, no cookies, nothing larger than it has to be."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy

import requests

MAX_ANSWER = 1 << 16


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whole."""

    status: int
    content_type: str
    body: bytes


class NoReply(Exception):
    """Nothing that could be read came back in time. The sentence says what happened."""


def post(url: str, body: bytes, *, seconds: float) -> Reply:
    """Raises NoReply."""
    return _exchange("POST", url, body, seconds)


def get(url: str, *, seconds: float) -> Reply:
    """Raises NoReply."""
    return _exchange("GET", url, None, seconds)


def _exchange(method: str, url: str, body: bytes | None, seconds: float) -> Reply:
    deadline = time.monotonic() + seconds
    try:
        with _session().request(
            method, url, data=body, timeout=seconds, allow_redirects=False, stream=True,
            headers={"Content-Type": "text/plain; charset=utf-8", "Accept-Encoding": "identity"},
        ) as response:  # fmt: skip
            data = b""
            # Piece by piece: whoever sends a byte now and then must not hold us for ever.
            while part := response.raw.read1(MAX_ANSWER):
                data += part
                if len(data) > MAX_ANSWER:
                    raise NoReply(f"it answers with more than {MAX_ANSWER} bytes")
                if time.monotonic() > deadline:
                    raise NoReply(f"its answer was not whole after {seconds:g} s")
            return Reply(response.status_code, response.headers.get("Content-Type", ""), data)
    except (requests.RequestException, OSError, ValueError) as error:
        raise NoReply(f"it does not answer ({type(error).__name__})") from error
    except (
        Exception
    ) as error:  # urllib3 has errors of its own, which requests lets through while reading
        if isinstance(error, NoReply):
            raise
        raise NoReply(f"its answer broke off ({type(error).__name__})") from error


@lru_cache(maxsize=1)
def _session() -> requests.Session:
    """One for all: it keeps connections open."""
    session = requests.Session()
    session.trust_env = False  # neither proxies nor passwords from the environment
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = "pharmatrace-log"
    return session
