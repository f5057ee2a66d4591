"""What the linters' codes mean, said to people; a sentence goes on after the name of the element."""

from __future__ import annotations

_SENTENCES = {
    "illegal_month": "{value} is not a day of the calendar",
    "illegal_day": "{value} is not a day of the calendar",
    "illegal_hour": "{value} is not a time of day",
    "illegal_minute": "{value} is not a time of day",
    "illegal_second": "{value} is not a time of day",
    "incorrect_check_pair": "the two check characters at the end are not {wrong}",
    "too_short_for_check_pair": "{value} has no room for its two check characters",
    "incorrect_iban_checksum": "the check digits of the account number are not {wrong}",
    "illegal_iban_country_code": "an account number does not start with {wrong}",
    "invalid_iban_character": "an account number does not contain {wrong}",
    "iban_too_short": "{value} is too short for an account number",
    "iban_too_long": "{value} is too long for an account number",
    "too_short_for_gcp": "{value} is too short for a company prefix",
    "invalid_gcp_prefix": "a GS1 Company Prefix is made of digits, not {wrong}",
    "not_iso3166": "{value} is no country of ISO 3166",
    "not_iso3166_or_999": "{value} is neither a country of ISO 3166 nor 999",
    "not_iso3166_alpha2": "{value} is no country of ISO 3166",
    "not_iso4217": "{value} is no currency of ISO 4217",
    "invalid_package_type": "{value} is no type of package",
    "invalid_media_type": "{value} is no type of medium",
    "invalid_biological_sex_code": "{value} is none of 0, 1, 2 and 9",
    "invalid_winding_direction": "{value} is none of 0, 1 and 9",
    "not_zero_or_one": "{value} is neither 0 nor 1",
    "not_zero": "{value} is not zero",
    "illegal_zero_value": "{value} is zero, and must not be",
    "illegal_zero_prefix": "{wrong} starts with a zero, and must not",
    "invalid_length_for_piece_of_total": "{value} is not two numbers of equal length",
    "zero_piece_number": "there is no piece number zero",
    "zero_total_pieces": "the total cannot be zero pieces",
    "piece_number_exceeds_total": "{value} names a piece beyond the total",
    "position_in_sequence_malformed": "{value} is not a position and an end, like 2/3",
    "position_exceeds_end": "{value} is a position beyond the end",
    "invalid_latitude": "{value} is no latitude",
    "invalid_longitude": "{value} is no longitude",
    "invalid_percent_sequence": "{wrong} is no percent sign with two hexadecimal digits",
    "requires_non_digit_character": "{value} needs a character that is no digit",
    "not_hyphen": "{value} is not a hyphen",
    "invalid_import_idx_character": "{wrong} is neither letter, digit, hyphen nor underscore",
    "invalid_cset64_padding": "the padding {wrong} at the end is wrong",
}


def sentence(code: str, *, value: str, wrong: str) -> str:
    """What is wrong with `value`, of which `wrong` is the part at fault. Coupons have a fault for
    each of their fields; its code is its sentence."""
    words = _SENTENCES.get(code) or code.replace("_", " ") + " ({wrong})"
    return words.replace("{value}", value).replace("{wrong}", repr(wrong))
