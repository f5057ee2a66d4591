"""The broker made of files, for installations of one machine: a message is there whole or not at all.

Kombu's own writes a message under its final name, and a worker that looks in between finds half of it and
dies of it. Here it is written beside and renamed.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

SCHEME = "filesystem"


class Channel(filesystem.Channel):
    def _put(  # type: ignore[override]  # kombu's own two classes name the arguments differently
        self, queue: str, payload: Any, **kwargs: Any
    ) -> None:
        """Puts a message into `queue`, under a name of the form that `_get` looks for. Raises ChannelError."""
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        place = Path(self.data_folder_out) / name
        beside = place.with_name(f"{name}.new")
        try:
            beside.write_text(dumps(payload))
            beside.replace(place)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise ChannelError(f"The message {name} cannot be written: {error}") from error


class Transport(filesystem.Transport):
    Channel = Channel


def use() -> None:
    """From now on `filesystem://` is this one."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
