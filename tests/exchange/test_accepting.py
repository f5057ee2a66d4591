"""Accept is read as RFC 9110 §12.5.1 has it."""

from __future__ import annotations

import pytest

from apps.exchange.accepting import best_of

JSON, LD, XML = "application/json", "application/ld+json", "application/xml"


@pytest.mark.parametrize(
    ("accept", "best"),
    [
        ("", JSON), ("*/*", JSON), ("application/*", JSON), (XML, XML), (LD, LD), ("text/*", None),
        ("APPLICATION/XML", XML), (f"{XML};charset=utf-8", XML), (f"{XML} , {JSON};q=0.9", XML),
        (f"{JSON};q=0.5,{XML};q=0.4", JSON), (f"{JSON};q=0,*/*", LD), (f"*/*;q=0.1,{XML};q=0.2", XML),
        (f"application/*;q=0.9,{JSON};q=0.1,{LD};q=0", XML), ("*/*;q=0", None),
        (f'{LD};profile="a,b;q=0"', LD), (f'{LD};profile="a\\",b";q=0.1,{XML};q=0.2', XML),
        (f"{XML};q=nan", None), (f"{XML};q=1.5,{JSON};q=0.1", JSON), (f"{XML};q=-1", None),
        (f"{XML};q=0.1234,{JSON};q=0.001", JSON), ("xml", None), (",,;", None), ('"', None),
        (f"{XML};q=0.2,{XML};q=0.9,{JSON};q=0.5", XML),
    ],
)  # fmt: skip
def test_the_best_of_what_is_offered(accept: str, best: str | None) -> None:
    assert best_of((JSON, LD, XML), accept) == best
