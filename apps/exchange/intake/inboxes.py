"""The watched folders: whose they are, and what lies where in them.

`<inbox>/<GLN>/in/` is where partners write; `ack/`, `done/`, `failed/` are where they look; `working/` is ours. Whose
name the files are recorded in stands in `<inbox>/folders.json`, where no partner can write.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.exchange.intake.durable import write_whole
from apps.exchange.intake.sender import Sender, sender_of
from pharmatrace.kernel.gs1.identifiers import gln as checked_gln
from pharmatrace.kernel.refusal import Refused

SETTINGS = "folders.json"
_FIELDS = {"as": str, "zone": str, "all_or_nothing": bool}


@dataclass(frozen=True, slots=True)
class Inbox:
    folder: Path
    gln: str
    email: str
    zone: str = ""
    together: bool = False

    @property
    def incoming(self) -> Path:
        return self.folder / "in"

    @property
    def working(self) -> Path:
        return self.folder / "working"

    @property
    def acks(self) -> Path:
        return self.folder / "ack"

    @property
    def done(self) -> Path:
        return self.folder / "done"

    @property
    def failed(self) -> Path:
        return self.folder / "failed"

    def make(self) -> None:
        """Makes what is missing of the folders. Raises Refused `inbox_link` where one of them is a link."""
        for each in (self.folder, self.incoming, self.working, self.acks, self.done, self.failed):
            each.mkdir(parents=True, exist_ok=True)
            if each.is_symlink():
                raise Refused.one("inbox_link", f"{each} is a link; a watched folder is a folder.")
        self.working.chmod(0o700)

    def sender(self) -> Sender:
        """Raises Refused where the person is no member any more."""
        return sender_of(email=self.email, gln=self.gln, zone=self.zone, together=self.together)


def inboxes_in(root: Path) -> Iterator[Inbox]:
    """Raises Refused `inbox_settings` where folders.json is not right."""
    for gln, one in sorted(_read(root).items()):
        yield Inbox(
            root / gln, gln, one["as"], one.get("zone", ""), one.get("all_or_nothing", False)
        )


def add_inbox(*, root: Path, email: str, gln: str, zone: str = "", together: bool = False) -> Inbox:
    """Sets up the folder of an organisation, or changes whose name its files are recorded in. Raises Refused."""
    sender_of(email=email, gln=gln, zone=zone)
    inbox = Inbox(root / gln, gln, email, zone, together)
    inbox.make()
    known = _read(root)
    known[gln] = {"as": email, "zone": zone, "all_or_nothing": together}
    text = json.dumps(known, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    write_whole(root / SETTINGS, [text.encode()])
    return inbox


def _read(root: Path) -> dict[str, Any]:
    try:
        known = json.loads((root / SETTINGS).read_bytes())
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):
        raise _wrong("it is not JSON") from None
    if not isinstance(known, dict):
        raise _wrong("it is an object, with a GLN for each folder")
    for gln, one in known.items():
        _check(gln, one)
    return known


def _check(gln: str, one: Any) -> None:
    try:
        good = checked_gln(gln) == gln
    except Refused:
        good = False
    if not good:
        raise _wrong(f"{gln!r} is no GLN")
    if not isinstance(one, dict) or "as" not in one:
        raise _wrong(f"{gln} has no `as`, the e-mail address of a member")
    for name, value in one.items():
        if name not in _FIELDS or not isinstance(value, _FIELDS[name]):
            raise _wrong(f"{gln}: {name!r} is not right")


def _wrong(why: str) -> Refused:
    return Refused.one("inbox_settings", f"{SETTINGS} cannot be used: {why}.")
