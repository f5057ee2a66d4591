"""Which of the forms we have a caller likes best (RFC 9110 §12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_QUALITY = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+")


def best_of(offered: Sequence[str], accept: str) -> str | None:
    """The one of `offered` with the highest quality, the first of equals; None where none is accepted.

    The most specific range that fits decides about a type. Parameters other than `q` do not narrow: our
    types have none. What is no media range or has no right `q` counts as not said; saying nothing is `*/*`.
    """
    wanted = _ranges(accept)
    best, quality = None, 0.0
    for media in offered:
        weight = _quality(media, wanted)
        if weight > quality:
            best, quality = media, weight
    return best


def _quality(media: str, wanted: dict[str, float]) -> float:
    for fits in (media, media.partition("/")[0] + "/*", "*/*"):
        if fits in wanted:
            return wanted[fits]
    return 0.0


def _ranges(accept: str) -> dict[str, float]:
    wanted: dict[str, float] = {}
    for part in _pieces(accept or "*/*", ","):
        name, *parameters = _pieces(part.lower(), ";")
        weights = [one[2:] for one in parameters if one.startswith("q=")]
        if not _TYPE.fullmatch(name) or any(not _QUALITY.fullmatch(one) for one in weights):
            continue
        weight = float(weights[0]) if weights else 1.0
        wanted[name] = max(weight, wanted.get(name, 0.0))
    return wanted


def _pieces(text: str, mark: str) -> list[str]:
    """`text` cut at every `mark` that is not in a quoted string."""
    pieces, quoted, escaped = [""], False, False
    for character in text:
        if character == mark and not quoted:
            pieces.append("")
            continue
        quoted ^= character == '"' and not escaped
        escaped = character == "\\" and quoted and not escaped
        pieces[-1] += character
    return [one.strip() for one in pieces]
