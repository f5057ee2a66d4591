"""How a question is refused: the standard's exception, with the parameter named."""

from __future__ import annotations

from apps.exchange.problems import EpcisException


def wrong(name: str, what: str) -> EpcisException:
    """`QueryParameterException`, which says what is the matter with the parameter `name`."""
    return EpcisException("QueryParameterException", f"{name[:80]} {what}.", parameter=name[:80])
