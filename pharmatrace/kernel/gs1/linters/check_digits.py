"""Linters for check digits, check character pairs and bank account numbers."""

from __future__ import annotations

from pharmatrace.kernel.gs1.characters import SET_82
from pharmatrace.kernel.gs1.check_digit import has_good_check_digit
from pharmatrace.kernel.gs1.linters.countries_and_currencies import iso3166alpha2
from pharmatrace.kernel.gs1.linters.fault import Fault, first_not_in, non_digit, whole

_WEIGHT_82 = {sign: weight for weight, sign in enumerate(sorted(SET_82))}
_SET_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LONGEST_WITH_PAIR = 99
_IBAN_SIGNS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_IBAN_LONGEST, _IBAN_TOO_SHORT = 34, 10


def _primes(count: int) -> tuple[int, ...]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return tuple(found)


_PRIMES = _primes(_LONGEST_WITH_PAIR - 2)


def csum(text: str) -> Fault | None:
    """Digits, the last one being the check digit (GS1 General Specifications §7.9.1)."""
    if not text:
        return whole("too_short_for_check_digit", text)
    fault = non_digit(text)
    if fault:
        return fault
    good = text == "0" if len(text) == 1 else has_good_check_digit(text)
    return None if good else Fault("incorrect_check_digit", len(text) - 1, 1)


def check_pair(body: str) -> str:
    """The check character pair that follows `body`, text of set 82 (General Specifications §7.9)."""
    total = sum(
        _WEIGHT_82[sign] * prime
        for sign, prime in zip(reversed(body), _PRIMES[: len(body)], strict=True)
    )
    high, low = divmod(total % 1021, 32)
    return _SET_32[high] + _SET_32[low]


def csumalpha(text: str) -> Fault | None:
    """Set 82, the last two characters being the check pair, as in a GMN."""
    if len(text) > _LONGEST_WITH_PAIR:
        return whole("too_long_for_check_pair_implementation", text)
    if len(text) < 2:
        return whole("too_short_for_check_pair", text)
    body = text[:-2]
    fault = first_not_in(SET_82, body, "invalid_cset82_character")
    if fault:
        return fault
    return (
        None if text[-2:] == check_pair(body) else Fault("incorrect_check_pair", len(text) - 2, 2)
    )


def iban(text: str) -> Fault | None:
    """An international bank account number (ISO 13616, check digits of ISO 7064 mod 97-10)."""
    if len(text) < 4:
        return whole("iban_too_short", text)
    if iso3166alpha2(text[:2]):
        return Fault("illegal_iban_country_code", 0, 2)
    if len(text) > _IBAN_LONGEST:
        return whole("iban_too_long", text)
    if len(text) <= _IBAN_TOO_SHORT:
        return whole("iban_too_short", text)
    turned = text[4:] + text[:4]
    for index, sign in enumerate(turned):
        if sign not in _IBAN_SIGNS:
            return Fault("invalid_iban_character", (index + 4) % len(text), 1)
    number = int("".join(str(int(sign, 36)) for sign in turned))
    return None if number % 97 == 1 else Fault("incorrect_iban_checksum", 2, 2)
