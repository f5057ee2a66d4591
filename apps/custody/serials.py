"""Serial numbers nobody can guess, and that a restarted job makes again exactly.

Delegated Regulation (EU) 2016/161 art. 4: at most 20 characters, and a chance below 1 in 10,000 to guess one. Fourteen
letters of a 32-letter alphabet are 70 bits; 0, 1, I and O, which people confuse, are left out. Whoever needs others
(a national format, an old printer) chooses length and alphabet; the chance stays as small, or they are refused.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase, digits

from pharmatrace.kernel.refusal import Refused

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 14
LONGEST = 20  # AI 21
ODDS = 10_000  # numbers there must be for each that is given out
ALPHABETS = {
    "clear": ALPHABET,
    "upper": digits + ascii_uppercase,
    "mixed": digits + ascii_uppercase + ascii_lowercase,
    "digits": digits,
}
_OURS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())


@dataclass(frozen=True, slots=True)
class Recipe:
    """How serials look: `alphabet` is a name of ALPHABETS."""

    alphabet: str = "clear"
    length: int = LENGTH

    def checked(self, count: int) -> Recipe:
        """Itself, where `count` serials of it cannot be guessed. Raises `Refused`: `serials_guessable`,
        `serial_length`."""
        if not 1 <= self.length <= LONGEST:
            raise Refused.one(
                "serial_length", f"A serial has 1 to {LONGEST} characters.", field="length"
            )
        letters = len(ALPHABETS[self.alphabet])
        if letters**self.length < ODDS * count:
            least = next(n for n in range(1, LONGEST + 1) if letters**n >= ODDS * count)
            raise Refused.one(
                "serials_guessable",
                f"{count:,} serials of {self.length} characters could be guessed. The law allows a chance of "
                f"1 in {ODDS:,}: take at least {least} characters.",
                field="length",
                least=least,
            )
        return self


def generate(secret: bytes, start: int, stop: int, recipe: Recipe | None = None) -> Iterator[str]:
    """Serials number `start` to `stop - 1` of the sequence that `secret` names.

    Those of the usual alphabet are the digest's bits, letter by letter; of another the digest is written in its base.
    """
    recipe = recipe or Recipe()
    length, letters = recipe.length, ALPHABETS[recipe.alphabet]
    for index in range(start, stop):
        digest = hmac.digest(secret, index.to_bytes(8, "big"), "sha256")
        if recipe.alphabet == "clear":
            yield b32encode(digest[:15])[:length].translate(_OURS).decode()
        else:
            yield _in_base(int.from_bytes(digest, "big"), letters, length)


def _in_base(number: int, letters: str, length: int) -> str:
    """The last `length` places of `number`: 256 bits, so that no letter comes oftener by more than 1 in 2^137."""
    base = len(letters)
    written = []
    for _ in range(length):
        number, place = divmod(number, base)
        written.append(letters[place])
    return "".join(written)
