"""The public scanner layouts: each is learned from its reference code alone, then every scan of it
is read. The scoreboard counts read, refused and wrong; wrong is never allowed.

Besides the scans of the data set every layout types random packs, with what its dead keys do taken
from the data set's dead key codes, which `calibrate` never sees.
"""

from __future__ import annotations

from collections import Counter

import pytest

from pharmatrace.kernel.gs1.calibration import Calibration, calibrate
from tests.kernel.gs1.wedges import Wedge, data_set, random_pack

PACKS = 60
# Two characters of content arrive alike, or a dozen dead keys with the layout's own habits: the
# data set has no scans of these, and of the random packs those are refused that need them.
NOT_WHOLLY_READABLE = {"Greek220Latin", "GreekPolytonic"}


def test_every_scan_of_every_layout_is_read(conformance):
    data = data_set(conformance)
    total: Counter[str] = Counter()
    for name, codes in data["layouts"].items():
        learned = calibrate(codes["Baseline"])
        score: Counter[str] = Counter()
        for truth in data["expected"]:
            scan = codes.get(f"Barcode{truth['n']}")
            if scan is not None:
                elements = {"01": truth["gtin"], "21": truth["serial"], "10": truth["batch"],
                            "17": truth["expiry"]}  # fmt: skip
                score[_fate(learned, scan, elements)] += 1
        print(f"  {name}: {score['read']} read, {score['refused']} refused, {score['wrong']} wrong")
        total += score
    print(f"scanner-layouts: {total['read']} of {total.total()} read, {total['refused']} refused, "
          f"{total['wrong']} wrong")  # fmt: skip
    assert total["wrong"] == 0
    assert total["read"] >= 0.95 * total.total()
    assert total["read"] == 384, "docs/conformance.md says that all are read"


def test_random_packs_are_read_through_every_layout(conformance):
    total: Counter[str] = Counter()
    for name, codes in data_set(conformance)["layouts"].items():
        wedge, learned = Wedge(codes), calibrate(codes["Baseline"])
        score: Counter[str] = Counter()
        for seed in range(PACKS):
            content, elements = random_pack(seed)
            typed = wedge.type(content)
            if typed is not None:
                score[_fate(learned, typed, elements)] += 1
        assert score["wrong"] == 0, name
        assert not score["refused"] or name in NOT_WHOLLY_READABLE, name
        total += score
    print(f"scanner-layouts, random packs: {total['read']} of {total.total()} read, "
          f"{total['refused']} refused, {total['wrong']} wrong")  # fmt: skip
    assert total["read"] >= 0.99 * total.total()


def test_a_wedge_that_does_not_mark_dead_keys_is_never_read_wrongly(conformance):
    """The data set's wedge types NUL with each dead key; most others type nothing for it, and
    nothing for a separator that is no character."""
    total: Counter[str] = Counter()
    for codes in data_set(conformance)["layouts"].values():
        wedge, learned = Wedge(codes), calibrate(codes["Baseline"].replace("\0", ""))
        for seed in range(PACKS):
            content, elements = random_pack(seed)
            typed = wedge.type(content)
            if typed is not None:
                total[_fate(learned, typed.replace("\0", ""), elements)] += 1
    print(f"scanner-layouts, NUL lost: {total['read']} read, {total['refused']} refused, "
          f"{total['wrong']} wrong")  # fmt: skip
    assert total["wrong"] == 0
    assert total["read"] > total["refused"]


@pytest.mark.parametrize("lost", ["\x1d", "d", "1", "A", "é"])
def test_a_scan_that_lost_a_character_never_names_another_pack(conformance, lost):
    """Only the elements that a check digit or a length guards can tell; the separator must."""
    data = data_set(conformance)
    learned = calibrate(data["layouts"]["Czech"]["Baseline"])
    for truth in data["expected"]:
        scan = data["layouts"]["Czech"][f"Barcode{truth['n']}"]
        prefix, rest = scan[:22], scan[22:]
        reading = learned.read(prefix.replace(lost, "", 1) + rest)
        if lost in prefix[3:]:
            assert reading.identity is None
        if lost == "\x1d":
            elements = learned.read(prefix + rest.replace(lost, "")).elements
            assert elements.get("21") in (None, truth["serial"])


def _fate(learned: Calibration, typed: str, elements: dict[str, str]) -> str:
    reading = learned.read(typed)
    if reading.elements == elements and not reading.problems:
        return "read"
    return "refused" if reading.identity is None and reading.problems else "wrong"
