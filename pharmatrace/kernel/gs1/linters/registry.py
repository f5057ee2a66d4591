"""The linters by the names that the syntax dictionary gives them."""

from __future__ import annotations

from pharmatrace.kernel.gs1.linters import (
    character_sets,
    check_digits,
    company_prefixes,
    countries_and_currencies,
    coupons,
    days_and_times,
    numbers,
    package_types,
)
from pharmatrace.kernel.gs1.linters.fault import Linter

LINTERS: dict[str, Linter] = {
    function.__name__: function
    for function in (
        character_sets.csetnumeric,
        character_sets.cset82,
        character_sets.cset39,
        character_sets.cset64,
        character_sets.importeridx,
        character_sets.hyphen,
        character_sets.hasnondigit,
        character_sets.pcenc,
        check_digits.csum,
        check_digits.csumalpha,
        check_digits.iban,
        company_prefixes.gcppos1,
        company_prefixes.gcppos2,
        countries_and_currencies.iso3166,
        countries_and_currencies.iso3166999,
        countries_and_currencies.iso3166alpha2,
        countries_and_currencies.iso4217,
        coupons.couponcode,
        coupons.couponposoffer,
        days_and_times.yymmd0,
        days_and_times.yymmdd,
        days_and_times.yyyymmd0,
        days_and_times.yyyymmdd,
        days_and_times.hh,
        days_and_times.mi,
        days_and_times.ss,
        days_and_times.hhmi,
        numbers.zero,
        numbers.nonzero,
        numbers.nozeroprefix,
        numbers.yesno,
        numbers.winding,
        numbers.iso5218,
        numbers.mediatype,
        numbers.pieceoftotal,
        numbers.posinseqslash,
        numbers.latitude,
        numbers.longitude,
        package_types.packagetype,
    )
}
# What each type of a component asks of its characters.
OF_KIND: dict[str, Linter] = {
    "N": character_sets.csetnumeric,
    "X": character_sets.cset82,
    "Y": character_sets.cset39,
    "Z": character_sets.cset64,
}
