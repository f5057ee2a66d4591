"""Whatever JSON comes, it is read, checked and hashed, or refused; nothing crashes or hangs."""

from __future__ import annotations

import contextlib
import copy
import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pharmatrace.kernel.epcis.documents import check_document, read_whole
from pharmatrace.kernel.epcis.event_hash import document_hashes
from pharmatrace.kernel.epcis.jsonld import parse
from pharmatrace.kernel.epcis.jsonld_writing import write_whole
from pharmatrace.kernel.refusal import Refused
from tests.kernel.epcis.mutations import ADDED, WRONG, at, paths
from tests.kernel.epcis.shipments import packing, shipment

AT = datetime(2026, 11, 20, 21, tzinfo=UTC)
NAMES = st.sampled_from(
    ["type", "epcisBody", "eventList", "queryResults", "resultsBody", "@context", "epcisHeader",
     "epcisMasterData", "vocabularyList", "vocabularyElementList", "id", "attributes", "my:a", "event"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["EPCISDocument", "EPCISQueryDocument", "EPCISMasterDataDocument", "ObjectEvent"]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORDS
    | st.sampled_from([shipment(), packing()]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


def live_with(document: Any) -> None:
    """Does to a document all that is done to documents."""
    check_document(document)
    with contextlib.suppress(Refused):
        document_hashes(document)
    with contextlib.suppress(Refused):
        whole = read_whole(document)
        written = json.loads(json.dumps(write_whole(whole, AT)))
        assert len(read_whole(written).events) == len(whole.events)


@given(ANYTHING)
def test_any_json(document):
    live_with(document)


@given(st.dictionaries(NAMES, ANYTHING), st.sampled_from(["EPCISDocument", "EPCISQueryDocument",
                                                          "EPCISMasterDataDocument"]))  # fmt: skip
def test_any_document(document, kind):
    live_with({**document, "type": kind})


@pytest.mark.parametrize("seed", range(4))
def test_examples_broken_in_many_places(conformance, seed):
    draw = random.Random(seed)
    documents = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((conformance / "gs1-epcis/JSON").rglob("*.jsonld"))
    ]
    for _ in range(150):
        broken = copy.deepcopy(draw.choice(documents))
        for path in draw.sample(list(paths(broken)), k=3):
            with contextlib.suppress(KeyError, IndexError, TypeError):
                holder = at(broken, path[:-1])
                if draw.random() < 0.3 and isinstance(holder, dict):
                    name = draw.choice(list(ADDED))
                    holder[name] = copy.deepcopy(ADDED[name])
                else:
                    holder[path[-1]] = copy.deepcopy(draw.choice(WRONG))
        live_with(broken)


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"my:a": [value]}
    return value


@pytest.mark.parametrize(
    "event",
    [
        shipment(**{"my:a": nested(400)}),
        shipment(**{"@context": [nested(400), nested(400)]}),
        shipment(**{"my:a": "\ud800"}),
        shipment(type="\ud800:x"),
        shipment(**{"my:a": 10**4000, "my:b": 1e308, "my:c": float("inf")}),
    ],
)
def test_what_cannot_be_kept_is_refused(event):
    live_with({"type": "EPCISDocument", "epcisBody": {"eventList": [event]}})


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, "1" * 5_000, b"\xff\xfe", "\x00"]
)
def test_texts_that_are_no_json_are_refused(text):
    with pytest.raises(Refused) as refused:
        parse(text)
    assert refused.value.codes == ("document_invalid",)
