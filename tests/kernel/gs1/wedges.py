"""A keyboard wedge to test against: types any code through the layouts of the public data set.

What dead keys do with the next key comes from the data set's dead key codes, not from our rules.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

from pharmatrace.kernel.gs1.characters import SET_82
from pharmatrace.kernel.gs1.check_digit import check_digit
from pharmatrace.kernel.gs1.reference_code import align

FILE = "scanner-layouts/emvs_scanner_layouts.json"
_KEYS = [chr(code) for code in range(0x21, 0x7F)]


def data_set(conformance: Path) -> dict:
    return json.loads((conformance / FILE).read_text())


class Wedge:
    """One layout: `type(content)` gives what arrives."""

    def __init__(self, codes: dict[str, str]) -> None:
        self.strokes = align(codes["Baseline"])
        self.keys = self.strokes.keys
        self.pairs: dict[tuple[str, str], str] = {}
        for name, code in codes.items():
            if name.startswith("Deadkey"):
                self._learn(code)

    def _learn(self, code: str) -> None:
        """A dead key code is `]d1` and then the dead key before each printable character."""
        text = code.removeprefix(self.strokes.prefix).rstrip("\r")
        words = re.findall("\0{1,2}[^\0]+", text)
        assert len(words) == len(_KEYS)
        accent = next(word[1] for word in words if re.fullmatch("\0[^\0]{2}", word))
        first = next(key for key, stroke in self.keys.items()
                     if stroke.dead and stroke.output == accent)  # fmt: skip
        for key, word in zip(_KEYS, words, strict=True):
            self.pairs[first, key] = word

    def type(self, content: str) -> str | None:
        """What arrives for `content`, or None where the data set does not tell."""
        typed, index = self.strokes.prefix[:-1], 0
        while index < len(content):
            key, following = content[index], content[index + 1 : index + 2]
            stroke = self.keys[key]
            if not stroke.dead:
                typed += stroke.output
                index += 1
            elif following == "\x1d":
                # As the data set has it: NUL for the separator comes before the freed accent.
                output = self.keys["\x1d"].output
                typed += "\0\0" + stroke.output if output == "\0" else "\0" + stroke.output + output
                index += 2
            elif (key, following) in self.pairs:
                typed += self.pairs[key, following]
                index += 2
            else:
                return None
        return typed


def random_pack(seed: int) -> tuple[str, dict[str, str]]:
    """The content of a pack's code, after the AIM identifier's symbol, and its elements."""
    dice = random.Random(seed)
    signs = sorted(SET_82)
    body = "".join(dice.choices("0123456789", k=13))
    elements = {
        "01": body + check_digit(body),
        "21": "".join(dice.choices(signs, k=dice.randint(1, 20))),
        "10": "".join(dice.choices(signs, k=dice.randint(1, 20))),
        "17": f"{dice.randint(24, 35)}{dice.randint(1, 12):02}{dice.randint(0, 28):02}",
    }
    order = dice.sample(list(elements), k=4)
    text = "".join(
        ai + elements[ai] + ("\x1d" if ai in ("21", "10") and ai != order[-1] else "")
        for ai in order
    )
    return "2" + text, elements
