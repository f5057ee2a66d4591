"""A secret that is shown once: made by one request, shown by the next.

It waits in the session, sealed, and is taken out when it is shown; so sending a form twice and going back and forth
neither makes a second one nor loses the first."""

from __future__ import annotations

import base64

from django.http import HttpRequest

from apps.parties.sealing import open_secret, seal_secret

KEY = "shown_once"


def keep(request: HttpRequest, name: str, text: str) -> None:
    sealed = base64.b64encode(seal_secret(text.encode(), of=_of(name))).decode()
    request.session[KEY] = {**request.session.get(KEY, {}), name: sealed}


def take(request: HttpRequest, name: str) -> str | None:
    """The secret kept under `name`, this one time."""
    waiting = dict(request.session.get(KEY, {}))
    sealed = waiting.pop(name, None)
    if sealed is None:
        return None
    request.session[KEY] = waiting
    return open_secret(base64.b64decode(sealed), of=_of(name), name=name).decode()


def _of(name: str) -> bytes:
    return f"shown once: {name}".encode()
