"""A watched folder: what is complete is claimed, read, queued for the workers, and acknowledged when they are done.

Every move is one rename, and every look finds out anew where each file is; so the watcher may be killed at any moment
and several may watch the same folder: a file is claimed by whoever renames it first, and worked on by whoever holds
the lock of its work.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID, uuid4

import structlog

from apps.exchange.intake.acknowledging import Acknowledged, acknowledge
from apps.exchange.intake.beginning import Begun, begin
from apps.exchange.intake.durable import sync_folder
from apps.exchange.intake.inboxes import Inbox
from apps.exchange.intake.opening import open_plain, shown_name
from apps.exchange.intake.work import Busy, Work
from pharmatrace.kernel.refusal import Refused

log = structlog.get_logger(__name__)
SETTLE = timedelta(seconds=10)
AFTER_TROUBLE = timedelta(minutes=1)
UNFINISHED = (".part", ".tmp", ".filepart", ".partial", ".crdownload", ".swp")
_Look = tuple[int, int, int]  # inode, size, mtime


@dataclass(slots=True)
class Watch:
    """One inbox over time: what was seen at the last look, to tell which files still grow."""

    inbox: Inbox
    settle: timedelta = SETTLE
    seen: dict[str, tuple[_Look, datetime]] = field(default_factory=dict)
    waits: dict[str, datetime] = field(default_factory=dict)  # claims that were in trouble

    def look(self, *, at: datetime, told: Callable[[Acknowledged], None] | None = None) -> int:
        """Claims what is complete and carries on with all that was claimed; returns how many are under way.

        Raises Refused where the folder cannot be used, or nobody may record what is in it.
        """
        self.inbox.make()
        self.inbox.sender()  # before anything is claimed
        for name in self._complete(at=at):
            self._claim(name)
        left = 0
        for claim in sorted(self.inbox.working.iterdir()):
            if _is_claim(claim) and self.waits.get(claim.name, at) <= at:
                left += not self._try(claim, at=at, told=told)
        return left

    def _try(
        self, claim: Path, *, at: datetime, told: Callable[[Acknowledged], None] | None
    ) -> bool:
        """True where the file is dealt with. A fault of one file does not stop the others."""
        try:
            return self._carry_on(claim, at=at, told=told)
        except Busy:
            return False
        except Exception:
            log.exception("a file cannot be worked on now", claim=str(claim))
            self.waits[claim.name] = at + AFTER_TROUBLE
            return False

    def _complete(self, *, at: datetime) -> Iterator[str]:
        """Names whose size and time have not changed for as long as it takes to settle."""
        before, self.seen = self.seen, {}
        for entry in os.scandir(self.inbox.incoming):
            if entry.name.startswith(".") or entry.name.lower().endswith(UNFINISHED):
                continue
            with contextlib.suppress(FileNotFoundError):
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(found.st_mode):
                    continue
                look = (found.st_ino, found.st_size, found.st_mtime_ns)
                last, since = before.get(entry.name, (look, at))
                since = since if last == look else at
                if at - since >= self.settle:
                    yield entry.name
                else:
                    self.seen[entry.name] = (look, since)

    def _claim(self, name: str) -> None:
        claim = self.inbox.working / str(uuid4())
        claim.mkdir(mode=0o700)
        try:
            (self.inbox.incoming / name).rename(claim / name)
            sync_folder(claim)
        except FileNotFoundError:  # another watcher was quicker, or the partner took it back
            with contextlib.suppress(OSError):
                claim.rmdir()

    def _carry_on(
        self, claim: Path, *, at: datetime, told: Callable[[Acknowledged], None] | None
    ) -> bool:
        """Raises Busy."""
        work = Work(f"inbox-{claim.name}")
        with work.held():
            names = sorted(claim.iterdir())
            if names:
                done = self._deal_with(names[0], work, at=at)
                if done is None:
                    return False
                if told:
                    told(done)
            work.remove()
            with contextlib.suppress(
                OSError
            ):  # a watcher that claims at this moment has put its file in
                claim.rmdir()
        return True

    def _deal_with(self, path: Path, work: Work, *, at: datetime) -> Acknowledged | None:
        """The acknowledgement, once the workers have done all of it; then the file is put away."""
        begun = self._begin(path, work, at=at)
        if begun.job is not None and begun.job.is_waiting:
            return None
        done = acknowledge(work=work, begun=begun, folder=self.inbox.acks)
        target = self.inbox.failed if done.outcome in ("refused", "stopped") else self.inbox.done
        kept = target / f"{begun.manifest['id'][:8]}_{path.name}"
        path.rename(kept if len(os.fsencode(kept.name)) < 256 else target / begun.manifest["id"])
        sync_folder(target)
        return done

    def _begin(self, path: Path, work: Work, *, at: datetime) -> Begun:
        given: dict[str, Any] = {
            "work": work, "name": shown_name(path.name), "sender": self.inbox.sender(), "at": at
        }  # fmt: skip
        with contextlib.ExitStack() as stack:
            source: BinaryIO | Refused
            try:
                source = stack.enter_context(open_plain(path))
            except Refused as no:
                source = no
            return begin(source=source, **given)


def _is_claim(path: Path) -> bool:
    try:
        return str(UUID(path.name)) == path.name and path.is_dir() and not path.is_symlink()
    except ValueError:
        return False
