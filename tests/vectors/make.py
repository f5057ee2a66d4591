"""Makes the files beside it, always the same ones: `python -m tests.vectors.make`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pharmatrace.kernel.evidence.bundle import Disclosure, write_bundle
from tests.vectors.broken import BROKEN, DOUBTED, anchored_pack
from tests.vectors.log import START, make_bundle, make_log
from tests.vectors.rotated import rotated
from tests.vectors.statements import facts_vector, statement_vector
from tests.vectors.stories import corrected, erased, of_event, stolen
from tests.vectors.years import over_three_years, over_two_years

HERE = Path(__file__).resolve().parent


def make() -> dict[str, bytes]:
    """All files by name relative to this folder."""
    log = make_log()
    files = {
        "facts.json": _json(facts_vector()),
        "statement.json": _json(statement_vector()),
        "bundles/good-regulator.json": write_bundle(make_bundle(log)),
        "bundles/good-public.json": write_bundle(make_bundle(log, Disclosure.PUBLIC)),
        "bundles/good-corrected.json": write_bundle(corrected()),
        "bundles/good-event.json": write_bundle(of_event()),
        "bundles/good-anchored.json": write_bundle(anchored_pack()),
        "bundles/good-erased.json": write_bundle(erased()),
        "bundles/good-signed-before-the-theft.json": write_bundle(
            stolen(since=START + 30 * 3600, from_entry=9)[1]
        ),
        "bundles/good-rotated.json": write_bundle(rotated()),
        "bundles/good-over-two-years.json": write_bundle(over_two_years()),
        "bundles/good-over-three-years.json": write_bundle(over_three_years()),
        "bundles/doubted.json": _json({name: place for name, (place, _) in DOUBTED.items()}),
        "bundles/broken.json": _json({name: check for name, (check, _) in BROKEN.items()}),
    }
    for name, (_, build) in BROKEN.items():
        files[f"bundles/broken-{name}.json"] = build()
    for name, (_, build) in DOUBTED.items():
        files[f"bundles/doubted-{name}.json"] = build()
    return files


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


if __name__ == "__main__":
    for name, data in make().items():
        (HERE / name).parent.mkdir(exist_ok=True)
        (HERE / name).write_bytes(data)
