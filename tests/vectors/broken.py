"""What is broken, what is doubted: names of files, what must be said of each, and how it is made."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from pharmatrace.kernel.evidence import statement as st
from pharmatrace.kernel.evidence.bundle import (
    Bundle,
    read_bundle,
    write_bundle,
)
from tests.vectors.anchored import ANCHOR_EDITS, anchored
from tests.vectors.defects import EDITS, TEXTS
from tests.vectors.log import PACK, START, make_bundle, make_log
from tests.vectors.rotated import ROTATED
from tests.vectors.stories import (
    beside_an_erasure,
    chain_starts_anew,
    correction_of_nothing,
    erased,
    erasure_hides_a_gap,
    foreign_commission,
    genesis_of_another_log,
    key_registered_by_stranger,
    named_as_package,
    of_event,
    signed_after_revoked,
    signed_before_registered,
    signed_for_another_organisation,
    stolen,
    stolen_and_hidden,
    without,
)
from tests.vectors.years import YEARS, stolen_in_the_next_year


def edited(
    change: Callable[[dict[str, Any]], object], build: Callable[[], Bundle] | None = None
) -> bytes:
    """The regulator's bundle, or the one that is built, with something changed in the document."""
    document = json.loads(write_bundle(build() if build else make_bundle(make_log())))
    change(document)
    # A lone surrogate has no UTF-8: it is written as the escape that JSON has for it.
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(
        errors="backslashreplace"
    )


def rewritten(change: Callable[[str], str]) -> bytes:
    return change(write_bundle(make_bundle(make_log())).decode()).encode()


def anchored_pack() -> Bundle:
    return anchored(make_bundle(make_log()))


def _theft() -> Bundle:
    return stolen(since=START + 30 * 3600, from_entry=9)[1]


def _hidden(event: dict[str, Any]) -> dict[str, str]:
    signature = [base64.b64decode(event["signature"][name]) for name in ("salt", "cose")]
    return {"digest": base64.b64encode(st.signature_digest(*signature)).decode()}


def _other_event_path(document: dict[str, Any]) -> None:
    document["events"][0]["path"] = document["events"][1]["path"]


BROKEN: dict[str, tuple[str, Callable[[], bytes]]] = {
    # file name: (name of the failing check, how the file is made)
    "altered-fact-value": (
        "fact",
        lambda: edited(lambda d: d["events"][0]["facts"][8].update(value="LOT-8")),
    ),
    "altered-fact-name": (
        "fact",
        lambda: edited(lambda d: d["events"][0]["facts"][8].update(name="batch")),
    ),
    "altered-salt": (
        "fact",
        lambda: edited(lambda d: d["events"][0]["facts"][8].update(salt="A" * 22 + "==")),
    ),
    "fact-path-side-swapped": (
        "fact",
        lambda: edited(
            lambda d: d["events"][0]["facts"][0]["path"].__setitem__(
                0, d["events"][0]["facts"][0]["path"][0].replace("right:", "left:")
            )
        ),
    ),
    "altered-facts-root": (
        "fact",
        lambda: edited(lambda d: d["events"][0].update(facts_root="A" * 43 + "=")),
    ),
    "log-path-of-another-event": ("inclusion", lambda: edited(_other_event_path)),
    "wrong-log-index": ("inclusion", lambda: edited(lambda d: d["events"][4].update(index=8))),
    "missing-event": ("chain", lambda: edited(lambda d: d["events"].pop(1))),
    "missing-key": ("signature", lambda: edited(lambda d: d["keys"].pop(0))),
    "hidden-statement-for-regulator": (
        "inclusion",
        lambda: edited(lambda d: d["events"][0].update(signature={"digest": "A" * 43 + "="})),
    ),
    "checkpoint-of-another-size": (
        "checkpoint",
        lambda: edited(lambda d: d.update(checkpoint=d["checkpoint"].replace("\n9\n", "\n8\n"))),
    ),
    "other-package": (
        "subject",
        lambda: edited(lambda d: d.update(package=PACK.replace("A1B2", "A1B3"))),
    ),
    "anchor-with-another-path": (
        "anchor",
        lambda: edited(lambda d: d["anchors"][1]["path"].reverse()),
    ),
    "unknown-field": ("format", lambda: edited(lambda d: d["log"].update(note="trust me"))),
    "private-fact-in-public-bundle": (
        "disclosure",
        lambda: edited(lambda d: d.update(disclosure="public")),
    ),
    "signed-before-key-registered": ("signature", signed_before_registered),
    "signed-after-key-revoked": ("signature", signed_after_revoked),
    "signed-for-another-organisation": ("signature", signed_for_another_organisation),
    "key-registered-by-stranger": ("key", key_registered_by_stranger),
    "chain-starts-anew": ("chain", chain_starts_anew),
    "foreign-commission": ("subject", foreign_commission),
    "declares-what-is-not-there": ("correction", correction_of_nothing),
    "hides-that-it-declares": ("meaning", lambda: without(-1, "type", "declares", "reason")),
    "hides-what-it-declares": ("meaning", lambda: without(-1, "declares")),
    "hides-that-it-was-destroyed": ("meaning", lambda: without(-2, "step", "disposition")),
    "hides-the-disposition": ("meaning", lambda: without(-2, "disposition")),
    "another-event-among-them": ("subject", lambda: write_bundle(of_event(other=True))),
    "event-named-as-package": ("format", named_as_package),
    "genesis-of-another-log": ("genesis", genesis_of_another_log),
    "stolen-report-by-stranger": (
        "key",
        lambda: write_bundle(stolen(since=START, from_entry=1, by="stan")[1]),
    ),
    "stolen-since-no-time": ("key", lambda: write_bundle(stolen(since=-1, from_entry=1)[1])),
    "erased-by-stranger": ("erased", lambda: write_bundle(erased(by="stan"))),
    "erasure-of-another-event": ("erased", lambda: write_bundle(erased(of=5))),
    "erased-fact-of-another-event": ("fact", lambda: write_bundle(erased(leaf_of=0))),
    "facts-beside-an-erasure": ("format", beside_an_erasure),
    "erasure-hides-a-gap": ("chain", erasure_hides_a_gap),
    "erasure-is-null": (
        "format",
        lambda: edited(lambda d: d["events"][1].update(erased=None), erased),
    ),
    "erasure-beside-statement": (
        "format",
        lambda: edited(
            lambda d: d["events"][1].update(signature=d["events"][0]["signature"]), erased
        ),
    ),
    "erasure-by-entry-of-another-type": (
        "format",
        lambda: edited(lambda d: d["events"][1]["erased"]["event"].update(type=1), erased),
    ),
    "erasure-left-out": ("format", lambda: edited(lambda d: d["events"][1].pop("erased"), erased)),
    "erased-leaf-left-out": (
        "chain",
        lambda: edited(lambda d: d["events"][1]["erased"]["facts"].clear(), erased),
    ),
    "erased-fact-with-salt": (
        "format",
        lambda: edited(lambda d: d["events"][1]["erased"]["facts"][0].update(salt=""), erased),
    ),
    "erasure-out-of-the-log": (
        "inclusion",
        lambda: edited(lambda d: d["events"][1]["erased"]["event"]["path"].reverse(), erased),
    ),
    "mark-in-genesis": (
        "format",
        lambda: edited(lambda d: d["genesis"].update(stolen=d["keys"][1]["stolen"]), _theft),
    ),
    "key-stolen-is-null": (
        "format",
        lambda: edited(lambda d: d["keys"][1].update(stolen=None), _theft),
    ),
    "key-stolen-before-registered": (
        "key",
        lambda: edited(
            lambda d: d["keys"][1].update(
                event=d["keys"][1]["stolen"], stolen=d["keys"][1]["event"]
            ),
            _theft,
        ),
    ),
    "stolen-mark-beside-statement": (
        "format",
        lambda: edited(lambda d: d["events"][4].update(stolen=d["keys"][1]["stolen"]), _theft),
    ),
    "stolen-mark-of-another-kind": (
        "stolen",
        lambda: edited(
            lambda d: d["events"][4].update(
                signature=_hidden(d["events"][4]), stolen=d["keys"][0]["event"]
            ),
            _theft,
        ),
    ),
    "stolen-mark-out-of-the-log": (
        "inclusion",
        lambda: edited(
            lambda d: d["events"][4]["stolen"].update(index=3),
            lambda: read_bundle(stolen_and_hidden()),
        ),
    ),
    **ROTATED,
    **YEARS,
    **{name: (check, partial(edited, edit)) for name, (check, edit) in EDITS.items()},
    **{
        name: (check, partial(edited, edit, anchored_pack))
        for name, (check, edit) in ANCHOR_EDITS.items()
    },
    **{name: (check, partial(rewritten, change)) for name, (check, change) in TEXTS.items()},
}

DOUBTED: dict[str, tuple[str, Callable[[], bytes]]] = {
    # nothing fails, and it is not to be relied on; file name: (place of the doubt, how it is made)
    "signed-with-stolen-key": (
        "/events/4/signature",
        lambda: write_bundle(stolen(since=START + 7 * 60, from_entry=9)[1]),
    ),
    "backdated-with-stolen-key": (
        "/events/4/signature",
        lambda: write_bundle(stolen(since=START + 900 * 60, from_entry=7)[1]),
    ),
    "statement-with-stolen-key-not-shown": ("/events/4/stolen", stolen_and_hidden),
    "key-reported-stolen-in-the-next-year": (
        "/events/5/signature",
        lambda: write_bundle(stolen_in_the_next_year()),
    ),
}
