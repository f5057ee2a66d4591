"""The GS1 mod-10 check digit (GS1 General Specifications §7.9.1)."""

from __future__ import annotations


def check_digit(body: str) -> str:
    """The check digit that belongs after the digits `body`, which must be ASCII digits.

    Weights 3, 1, 3, … run from the right. Raises `ValueError` when `body` has other characters.
    """
    if not (body.isascii() and body.isdigit()):
        raise ValueError(f"not digits: {body!r}")
    total = 3 * sum(map(int, body[::-2])) + sum(map(int, body[-2::-2]))
    return str(-total % 10)


def has_good_check_digit(key: str) -> bool:
    """Whether `key` is digits whose last one is the check digit of the others."""
    if len(key) < 2 or not (key.isascii() and key.isdigit()):
        return False
    return check_digit(key[:-1]) == key[-1]
