"""Work as the owner of the tables. Web, worker and beat never do; migrating does."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.conf import settings
from django.db import connection


@contextlib.contextmanager
def as_owner() -> Iterator[None]:
    """Inside, the default connection belongs to the role of DATABASE_OWNER_URL; without one, nothing changes."""
    owner = settings.DATABASE_OWNER
    if owner is None:
        yield
        return
    application = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(
        {name: owner.get(name, application[name]) for name in CREDENTIALS}
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update({name: application[name] for name in CREDENTIALS})


CREDENTIALS = ("NAME", "USER", "HOST", "PORT", "PASSWORD", "OPTIONS")
