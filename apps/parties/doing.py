"""Who is doing something: the door (a request, a command) says it once, the record of deeds asks here.

A service does not take it as an argument: what it does is the same whoever asks, and each of its many callers
would have to pass it on. Outside any request it is a command of the installation's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest

from apps.parties.deed_models import Deed

if TYPE_CHECKING:  # models load the record of deeds, which is written with this
    from apps.parties.models import ApiToken

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


@dataclass(frozen=True, slots=True)
class Doer:
    """A person (None: nobody signed in), for an organisation (None: for none), through which kind of door."""

    user_id: int | None
    organisation_id: UUID | None
    via: str


@contextmanager
def at_the_door(request: HttpRequest) -> Iterator[None]:
    """What is done in here is done by whoever sent `request`. Looked at only when something is done."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def doer() -> Doer:
    """Who acts right now."""
    request = _request.get()
    if request is None:
        return Doer(None, None, Deed.Via.COMMAND)
    membership = getattr(request, "membership", None)
    token: ApiToken | None = getattr(request, "api_token", None)
    user_id = getattr(request.user, "pk", None) if token is None else token.membership.user_id
    return Doer(
        user_id=user_id,
        organisation_id=membership.organisation_id if membership is not None else None,
        via=Deed.Via.WEB if token is None else Deed.Via.TOKEN,
    )
