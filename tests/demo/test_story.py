"""The story can be told day by day and player by player."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pharmatrace.demo.batches import BATCHES, RealBatch
from pharmatrace.demo.route import load
from pharmatrace.demo.scale import FULL, HUNDREDTH, Scale
from pharmatrace.demo.story import tell_batch
from pharmatrace.kernel.custody.kinds import Kind

TODAY = date(2026, 11, 20)
BIGGEST = max(BATCHES, key=lambda batch: batch.quantity)


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: batch.lot)
def test_what_one_player_needs_of_another_happened_on_an_earlier_day(batch: RealBatch) -> None:
    last: dict[str, tuple[datetime, str]] = {}
    for scene in tell_batch(batch, scale=HUNDREDTH, today=TODAY):
        for uri in (*scene.uris, *filter(None, [scene.parent])):
            at, who = last.get(uri, (scene.at, scene.who))
            assert at <= scene.at
            assert who == scene.who or at.date() < scene.at.date()
            last[uri] = (scene.at, scene.who)


@pytest.mark.parametrize("scale", [HUNDREDTH, FULL], ids=["1:100", "full"])
def test_every_pack_is_commissioned_once_and_packed_once(scale: Scale) -> None:
    scenes = tell_batch(BIGGEST, scale=scale, today=TODAY)
    made = [uri for scene in scenes if scene.kind is Kind.COMMISSION for uri in scene.uris]
    boxed = [
        uri
        for scene in scenes
        if scene.kind is Kind.PACK
        for uri in scene.uris
        if "/01/" in uri
    ]  # fmt: skip
    assert len(made) == len(set(made)) == scale.packs(BIGGEST.quantity)
    assert boxed == made
    assert all(len(scene.uris) <= 2_000 for scene in scenes)


def test_containers_of_different_batches_never_share_a_number() -> None:
    loads = [load(batch, scale=FULL) for batch in BATCHES]
    ssccs = [case.uri for one in loads for case in one.cases]
    ssccs += [uri for one in loads for uri, _ in one.pallets]
    assert len(ssccs) == len(set(ssccs))


def test_the_story_ends_yesterday_with_a_delivery_on_the_road_to_petra() -> None:
    scenes = [
        scene
        for batch in BATCHES
        for scene in tell_batch(batch, scale=HUNDREDTH, today=TODAY)
    ]  # fmt: skip
    midnight = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
    assert all(scene.at < midnight for scene in scenes)
    assert any(
        scene.kind is Kind.SHIP
        and scene.other == "pharmacy-porto"
        and scene.at >= midnight - timedelta(days=1)
        for scene in scenes
    )
