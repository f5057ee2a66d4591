"""Reading a policy file strictly (C2SP tlog-policy): what is wrong is told with its line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pharmatrace.kernel.tlog.note import NoteError
from pharmatrace.kernel.tlog.policy import NONE, Group, Policy, PolicyLog, PolicyWitness
from pharmatrace.kernel.tlog.verifier_keys import parse_log_key, parse_witness_key

MAX_SIZE = 1_000_000
_FORBIDDEN = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


class PolicyError(Exception):
    """The file is no policy: `line` counts from 1."""

    def __init__(self, line: int, sentence: str) -> None:
        self.line = line
        self.sentence = sentence
        super().__init__(f"line {line}: {sentence}")


def parse_policy(data: bytes) -> Policy:
    """The policy in a file. Names are opaque octets: what is not UTF-8 stays apart. Raises PolicyError."""
    if len(data) > MAX_SIZE:
        raise PolicyError(1, f"the file has more than {MAX_SIZE} bytes")
    if found := _FORBIDDEN.search(data):
        line = data.count(b"\n", 0, found.start()) + 1
        raise PolicyError(line, f"the octet 0x{found[0].hex()} is not allowed")
    *lines, rest = data.decode("utf-8", "surrogateescape").split("\n")
    if rest:
        raise PolicyError(len(lines) + 1, "the line does not end in a newline")
    reading = _Reading()
    for number, text in enumerate(lines, 1):
        words = text.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if words and not words[0].startswith("#"):
            try:
                reading.read(words)
            except (ValueError, NoteError) as fault:
                raise PolicyError(number, _printable(str(fault))) from None
    if reading.quorum is None:
        raise PolicyError(max(len(lines), 1), "the file has no quorum line")
    return Policy(
        tuple(reading.logs), tuple(reading.witnesses.values()), reading.groups, reading.quorum
    )


class _Reading:
    """What is known after the lines so far. Raises ValueError and NoteError."""

    def __init__(self) -> None:
        self.logs: list[PolicyLog] = []
        self.witnesses: dict[str, PolicyWitness] = {}
        self.groups: dict[str, Group] = {}
        self.members: set[str] = set()
        self.quorum: str | None = None

    def read(self, words: Sequence[str]) -> None:
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self.log(vkey, url[0] if url else None)
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self.witness(name, vkey, url[0] if url else None)
            case ["group", name, threshold, *members] if members:
                self.group(name, threshold, members)
            case ["quorum", name]:
                self.set_quorum(name)
            case ["log" | "witness" | "group" | "quorum" as word, *_]:
                raise ValueError(f"a {word} line has other parts than these")
            case [word, *_]:
                raise ValueError(f"{word!r} begins no line of a policy")

    def log(self, vkey: str, url: str | None) -> None:
        key = parse_log_key(vkey)
        if any(one.key.public == key.public for one in self.logs):
            raise ValueError("a log with this public key is listed already")
        self.logs.append(PolicyLog(key, url))

    def witness(self, name: str, vkey: str, url: str | None) -> None:
        self._define(name)
        key = parse_witness_key(vkey)
        if any(one.key.public == key.public for one in self.witnesses.values()):
            raise ValueError("a witness with this public key is listed already")
        self.witnesses[name] = PolicyWitness(name, key, url)

    def group(self, name: str, threshold: str, members: Sequence[str]) -> None:
        self._define(name)
        for one in members:
            if one not in self.witnesses and one not in self.groups:
                raise ValueError(f"{one!r} is no witness or group of an earlier line")
            if one in self.members:
                raise ValueError(f"{one!r} is a member of a group already")
            self.members.add(one)
        least = {"all": len(members), "any": 1}.get(threshold)
        if least is None and _NUMBER.fullmatch(threshold):
            least = int(threshold)
        if least is None or least > len(members):
            raise ValueError(f"{threshold!r} is not all, any, or a number from 1 to {len(members)}")
        self.groups[name] = Group(name, least, tuple(members))

    def set_quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise ValueError("the quorum is defined already")
        if name != NONE and name not in self.witnesses and name not in self.groups:
            raise ValueError(f"{name!r} is no witness or group of an earlier line")
        self.quorum = name

    def _define(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise ValueError(f"the name {name!r} is taken")


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
