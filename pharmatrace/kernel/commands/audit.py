"""audit: a public log from its files alone: every entry, tile, checkpoint, cosignature and anchor, from shard to shard.

Exit status 0 when everything fits, 1 when something does not, 2 when the log cannot be read. Where it ended is
remembered (--state), and the next audit goes on from there; what was audited before must still be there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pharmatrace.kernel.commands.anchor_arguments import add_anchor_arguments, anchor_trust
from pharmatrace.kernel.commands.audit_memory import (
    Before,
    place_beside,
    place_of,
    remember,
    remembered,
)
from pharmatrace.kernel.commands.audit_witnesses import audit_witnesses
from pharmatrace.kernel.commands.log_files import Folder, ReadAhead, Server, Unreachable
from pharmatrace.kernel.evidence.anchor_audit import Anchored, audit_anchors
from pharmatrace.kernel.evidence.key_page import (
    PATH,
    KeyPage,
    KeyPageError,
    entries_of,
    keys_of,
    read_page,
)
from pharmatrace.kernel.evidence.shard_following import Below, later_shards, not_following
from pharmatrace.kernel.evidence.trees import first_of
from pharmatrace.kernel.tlog.audit import Finding, Missing, Source, Walk, walk
from pharmatrace.kernel.tlog.audit_heads import Heads, NotThisLog, earlier_heads, newest_head
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import NoteError, Verifier
from pharmatrace.kernel.tlog.tiles import TILE_WIDTH, Tile, TileError, decode_entries, entries_path
from pharmatrace.kernel.tlog.tree import CompactRange
from pharmatrace.kernel.tlog.verifier_keys import WitnessKey

NAME = "audit"
HELP = "audit a public log, from its address or from a folder of its files"
MOST_TOLD = 1000
ROLLED_BACK = "the log was rolled back behind what was audited before"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("log", metavar="URL|DIR", help="the log's prefix (…/log/), or a folder")
    parser.add_argument("--log-key", metavar="VKEY", help="the log's verifier key, from elsewhere")
    parser.add_argument(
        "--witness",
        metavar="VKEY",
        action="append",
        default=[],
        help="a witness whose cosignatures are checked and counted (may be given several times; by default those of"
        " the log's own policy)",
    )
    parser.add_argument(
        "--state", type=Path, help="where to remember (default: by log, in ~/.local)"
    )
    add_anchor_arguments(parser)
    parser.add_argument("--from-start", action="store_true", help="forget what was audited before")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


@dataclass(frozen=True, slots=True)
class Audited:
    """One shard of the log, as it was found. `later` are the prefixes of those after it, `now` is what was remembered
    at `place`, None where there were findings."""

    page: KeyPage | None
    log: LogKeys
    heads: Heads
    later: Sequence[str]
    place: Path
    now: Before | None
    followed_by: str | None


def run(arguments: argparse.Namespace) -> int:
    report = _Report(as_json=arguments.json)
    try:
        source: Source = _source(arguments.log)
        done = _shard(source, arguments, report, given=arguments.log_key, place=arguments.state)
        while done.later:
            done = _next_shard(Below(source, done.later[0]), arguments, report, before=done)
    except Missing as fault:
        return report.break_off(
            f"there is no {fault} in {arguments.log} (the address of a log ends in /log/; its key can be given with"
            " --log-key)"
        )
    except (NotThisLog, Unreachable, NoteError, OSError, ValueError) as fault:
        return report.break_off(str(fault))
    report.close()
    return 1 if report.findings else 0


def _next_shard(
    source: Source, arguments: argparse.Namespace, report: _Report, *, before: Audited
) -> Audited:
    """The shard that goes on where the one before ended. Its keys are as well known as those before."""
    own = Verifier.parse(source.read("key").decode().strip())
    place = arguments.state
    if place is not None:
        place = place_beside(place, own.name)
    pinned = own.vkey() if arguments.log_key else None
    done = _shard(source, arguments, report, given=pinned, place=place, before=before)
    if before.now is not None and done.now is not None:
        followed = replace(before.now, followed_by=done.log.first.name)
        remember(before.place, followed, before.heads.note)
    return done


def _shard(
    source: Source,
    arguments: argparse.Namespace,
    report: _Report,
    *,
    given: str | None,
    place: Path | None,
    before: Audited | None = None,
) -> Audited:
    """Audits one shard. Raises what says that there is none to audit."""
    page, log, pinned = _log_keys(source, given)
    witnesses = audit_witnesses(source, arguments.witness)
    trust = anchor_trust(arguments)
    heads, origin = newest_head(source, log), log.first.name
    later = later_shards(source, origin) if before is None else before.later[1:]
    place = place or place_of(origin)
    last = None if arguments.from_start else remembered(place)
    followed_by = last.followed_by if last else None
    begun = last.tree.size if last else 0
    anchored, found = Anchored(), report.findings
    start, at = time.monotonic(), Walk(last.tree if last else CompactRange())
    for finding in _audit(source, heads, log, witnesses, last, at):
        report.tell(finding)
    for finding in _named_in_the_log(source, page, heads.newest.size):
        report.tell(finding)
    for finding in _goes_on(before, page, origin):
        report.tell(finding)
    if followed_by and not later and (before or _is_first(page)):
        told = f"{followed_by}, which followed it, is not there: {ROLLED_BACK}."
        report.tell(Finding(origin, told))
    for finding in audit_anchors(source, heads, log, above=begun, trust=trust, counts=anchored):
        report.tell(finding)
    now = None
    if report.findings == found:
        now = Before(log.at(at.tree.size).vkey(), at.tree, followed_by)
        remember(place, now, heads.note)
    seconds = time.monotonic() - start
    report.end(heads, begun, seconds, log, anchored, pinned=pinned, named=bool(arguments.witness))
    return Audited(page, log, heads, later, place, now, followed_by)


def _is_first(page: KeyPage | None) -> bool:
    """Whether it is a whole log from its first shard on; somebody may audit the files of a later one by themselves."""
    return page is None or first_of(page.genesis) == 0


def _goes_on(before: Audited | None, page: KeyPage | None, origin: str) -> Iterator[Finding]:
    """Where this is a later shard, that it goes on from the newest checkpoint of the one before, the final one."""
    if before is None:
        return
    if before.followed_by not in (None, origin):
        yield Finding(origin, f"In its place was {before.followed_by}: {ROLLED_BACK}.")
    if page is None or before.page is None:
        yield Finding(f"{origin}, {PATH}", "Without it nothing shows what this shard goes on from.")
        return
    for fault in not_following(before.page, before.heads.newest, before.log, page):
        yield Finding(f"{origin}, entry 0", f"It does not go on from the shard before: {fault}.")


def _audit(
    source: Source,
    heads: Heads,
    log: LogKeys,
    witnesses: Sequence[WitnessKey],
    before: Before | None,
    at: Walk,
) -> Iterator[Finding]:
    if before and before.vkey != (signed_by := log.at(before.tree.size).vkey()):
        yield Finding("key", f"The log is signed by {signed_by}, and was by {before.vkey}.")
        return
    begun = at.tree.size
    yield from earlier_heads(source, heads, log, above=begun, witnesses=witnesses)
    with ThreadPoolExecutor(8) as pool:
        files = source
        if isinstance(source, Server):
            files = ReadAhead(source, _coming(begun, heads.newest.size), pool)
        yield from walk(files, until=heads.newest, at=at, heads=heads.roots)


def _coming(start: int, size: int) -> Iterator[str]:
    for index in range(start // TILE_WIDTH, -(-size // TILE_WIDTH)):
        width = min(TILE_WIDTH, size - index * TILE_WIDTH)
        yield entries_path(index, width)
        yield Tile(0, index, width).path


def _source(text: str) -> Source:
    if text.startswith(("http://", "https://")):
        return Server(text)
    folder = Path(text)
    if not folder.is_dir():
        raise NotADirectoryError(f"{text} is neither an address nor a folder")
    return Folder(folder)


def _log_keys(source: Source, given: str | None) -> tuple[KeyPage | None, LogKeys, bool]:
    """The keys of the log as its page of keys proves them; the one that was given must be among them. Without one the
    log's own word counts, which is said. A log without such a page has the one key. Raises NotThisLog."""
    own = Verifier.parse(given or source.read("key").decode().strip())
    try:
        page = read_page(source.read(PATH))
        keys = keys_of(page)
    except Missing:
        return None, LogKeys(own), given is not None
    except KeyPageError as fault:
        raise NotThisLog(f"its page of keys does not hold: {fault}") from None
    if own not in keys.all:
        raise NotThisLog(f"{own.vkey()} is none of its keys")
    return page, keys, given is not None


def _named_in_the_log(source: Source, page: KeyPage | None, size: int) -> Iterator[Finding]:
    """The entries by which the page of keys proves them stand in the log. What is beyond the checkpoint was sealed
    after we began."""
    for index, entry in entries_of(page) if page else ():
        if index >= size:
            continue
        width = min(TILE_WIDTH, size - index // TILE_WIDTH * TILE_WIDTH)
        try:
            found = decode_entries(source.read(entries_path(index // TILE_WIDTH, width)))
            if found[index % TILE_WIDTH] == entry:
                continue
        except (Missing, TileError, IndexError):
            pass  # named by the walk
        yield Finding(f"entry {index}", f"It is not the one by which {PATH} proves the log's keys.")


class _Report:
    """Findings as they come; the end in one sentence, or everything as one JSON object."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json, self.findings = as_json, 0
        self._told: list[dict[str, str]] = []
        self._shards: list[dict[str, Any]] = []
        self._before = 0

    def tell(self, finding: Finding) -> None:
        self.findings += 1
        if self.as_json and self.findings <= MOST_TOLD:
            self._told.append({"place": finding.place, "sentence": finding.sentence})
        elif not self.as_json:
            print(f"{finding.place}: {finding.sentence}")

    def end(
        self,
        heads: Heads,
        begun: int,
        seconds: float,
        log: LogKeys,
        anchored: Anchored,
        *,
        pinned: bool,
        named: bool,
    ) -> None:
        """`pinned`: the auditor gave the log's key; `named`: those of the witnesses."""
        size, entries = heads.newest.size, max(0, heads.newest.size - begun)
        found, self._before = self.findings - self._before, self.findings
        if self.as_json:
            told = {
                "origin": log.first.name, "key": log.at(size).vkey(), "key_was_given": pinned, "size": size,
                "entries": entries, "checkpoints": len(heads.roots), "cosigned": heads.cosigned,
                "witnesses_were_given": named, "anchors": anchored.hold, "anchors_unconfirmed": anchored.unconfirmed,
                "seconds": round(seconds, 3), "findings": self._told, "found": found,
            }  # fmt: skip
            self._shards.append(told)
            self._told = []
            return
        rate = f", {entries / seconds:,.0f} a second" if seconds > 0.1 else ""
        print(f"{log.first.name}: {entries:,} entries from {begun:,}{rate}; {size:,} in all.")
        print(
            f"{len(heads.roots):,} checkpoints; cosigned: {_counts(heads.cosigned, 'by nobody that is known')}."
        )
        if heads.cosigned and not named:
            print("The witnesses are those of the log's own policy. Name yours with --witness.")
        print(f"Anchors: {_counts(anchored.hold, 'none confirmed')}.")
        if anchored.unconfirmed:
            which = _counts(anchored.unconfirmed, "")
            print(f"Not confirmed: {which}; see --tsa-root, --bitcoin-header, --evm-receipt.")
        if not pinned:
            print(f"The key is the log's own word: {log.at(size).vkey()}. Pin it with --log-key.")
        print(f"{found} findings." if found else "Everything fits.")

    def break_off(self, why: str) -> int:
        """The status of an audit that cannot go on. What was found until then is not lost."""
        print(f"cannot audit: {why}", file=sys.stderr)
        if self.as_json:
            told = {"shards": self._shards, "findings": self._told, "found": self.findings}
            print(json.dumps(told | {"broke_off": why}))
        return 2

    def close(self) -> None:
        """One object of a log in one shard; of several a list of them."""
        if self.as_json:
            told = (
                self._shards[0]
                if len(self._shards) == 1
                else {"shards": self._shards, "found": self.findings}
            )
            print(json.dumps(told, ensure_ascii=False, indent=1))


def _counts(by_name: Mapping[str, int], none: str) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in by_name.items()) or none
