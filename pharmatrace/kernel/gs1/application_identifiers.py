"""What each application identifier (AI) means: its components, lengths and place in links.

The facts are in `ai_table`; this module gives them a shape and answers "which AI starts here?".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pharmatrace.kernel.gs1.ai_table import AI_TABLE


@dataclass(frozen=True, slots=True)
class Component:
    """One part of an AI's value: type N, X, Y or Z, its shortest and longest length, its checks."""

    kind: str
    shortest: int
    longest: int
    optional: bool
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApplicationIdentifier:
    """One AI. `predefined` ones need no separator after them; `qualifiers` are, for a Digital Link
    key, the alternative orders of key qualifiers, else None."""

    ai: str
    title: str
    predefined: bool
    attribute: bool
    components: tuple[Component, ...]
    qualifiers: tuple[tuple[str, ...], ...] | None
    requires: tuple[str, ...]
    excludes: tuple[str, ...]

    @property
    def shortest(self) -> int:
        return sum(part.shortest for part in self.components if not part.optional)

    @property
    def longest(self) -> int:
        return sum(part.longest for part in self.components)


def _component(text: str) -> Component:
    optional = text.startswith("[")
    spec, *checks = text.replace("[", "").replace("]", "").split(",")
    kind, length = spec[0], spec[1:]
    if length.startswith(".."):
        return Component(kind, 1, int(length[2:]), optional, tuple(checks))
    return Component(kind, int(length), int(length), optional, tuple(checks))


def _rules(text: str) -> tuple[dict[str, list[str]], bool]:
    rules: dict[str, list[str]] = {"req": [], "ex": [], "dlpkey": []}
    is_key = False
    for word in text.split():
        name, _, value = word.partition("=")
        is_key = is_key or name == "dlpkey"
        if value:
            rules[name].append(value)
    return rules, is_key


def _read_table() -> dict[str, ApplicationIdentifier]:
    table = {}
    for line in AI_TABLE.splitlines():
        ais, flags, components, rule_text, title = line.split(";")
        rules, is_key = _rules(rule_text)
        orders = tuple(
            tuple(order.split(",")) for value in rules["dlpkey"] for order in value.split("|")
        )
        first, _, last = ais.partition("-")
        for number in range(int(first), int(last or first) + 1):
            ai = str(number).zfill(len(first))
            table[ai] = ApplicationIdentifier(
                ai=ai,
                title=title,
                predefined="*" in flags,
                attribute="?" in flags,
                components=tuple(_component(part) for part in components.split()),
                qualifiers=(orders or ((),)) if is_key else None,
                requires=tuple(rules["req"]),
                excludes=tuple(item for value in rules["ex"] for item in value.split(",")),
            )
    return table


AIS: dict[str, ApplicationIdentifier] = _read_table()
LINK_KEYS = frozenset(ai for ai, entry in AIS.items() if entry.qualifiers is not None)


@lru_cache(maxsize=1024)
def _ai_length(two_digits: str) -> int:
    """All AIs that share their first two digits have one length (General Specifications §7.8)."""
    lengths = {len(ai) for ai in AIS if ai.startswith(two_digits)}
    return lengths.pop() if len(lengths) == 1 else 0


def starts_ai(two_digits: str) -> bool:
    """Whether some AI starts with these two digits."""
    return _ai_length(two_digits) > 0


def ai_at(text: str, index: int) -> ApplicationIdentifier | None:
    """The AI that starts at `index` of `text`, or None when no AI does."""
    length = _ai_length(text[index : index + 2])
    return AIS.get(text[index : index + length]) if length else None
