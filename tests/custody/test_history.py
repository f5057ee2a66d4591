"""A pack's whole life, what happened to its containers while it was inside included."""

from __future__ import annotations

from typing import Any

import pytest

from apps.custody.selectors import history
from pharmatrace.kernel.custody.kinds import Kind
from tests.custody.goods import CASE, PALLET, Goods, package, uri, uris

pytestmark = pytest.mark.django_db


def test_the_container_speaks_for_what_is_inside(
    mia: Any, dan: Any, petra: Any, goods: Goods, django_assert_max_num_queries: Any
) -> None:
    goods.commission(mia, uris(3))
    goods.pack(mia, CASE, uris(2))
    goods.pack(mia, PALLET, [CASE])
    goods.move([PALLET], mia, dan)
    goods.unpack(dan, PALLET, [CASE])
    goods.move([CASE], dan, petra)
    goods.unpack(petra, CASE, uris(2))
    goods.do(Kind.DISPENSE, petra, [uri("S0")])
    one = package(uri("S0"))
    with django_assert_max_num_queries(3):
        steps = history(one.id)
    assert [(step.event.kind, bool(step.via)) for step in steps] == [
        ("commission", False),
        ("pack", False),
        ("pack", True),
        ("ship", True),
        ("receive", True),
        ("unpack", True),
        ("ship", True),
        ("receive", True),
        ("unpack", False),
        ("dispense", False),
    ]


def test_what_happens_to_the_case_afterwards_is_not_the_packs_story(
    mia: Any, dan: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(3))
    goods.pack(mia, CASE, uris(2))
    goods.unpack(mia, CASE, [uri("S0")])
    goods.move([CASE], mia, dan)
    assert [s.event.kind for s in history(package(uri("S0")).id)] == [
        "commission",
        "pack",
        "unpack",
    ]
    assert [s.event.kind for s in history(package(uri("S1")).id)] == [
        "commission", "pack", "unpack", "ship", "receive",
    ]  # fmt: skip
