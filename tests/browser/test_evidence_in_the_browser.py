"""The verifier in the browser and the one in Python say the same of every bundle, good, broken or mutated."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pharmatrace.kernel.evidence.bundle import NotABundle
from pharmatrace.kernel.evidence.verdict import verify_bundle
from pharmatrace.kernel.tlog.checkpoint import Checkpoint
from pharmatrace.kernel.tlog.note import sign_note
from pharmatrace.kernel.tlog.tree import empty_root
from tests.browser.evidence_pages import BUNDLES, serve, vectors, verdicts
from tests.vectors.log import make_log

GOOD = (BUNDLES / "good-regulator.json").read_bytes()
DOCUMENT = json.loads(GOOD)
VKEY = DOCUMENT["log"]["vkey"]
(WITNESS,) = DOCUMENT["log"]["witnesses"]
NO_WEBCRYPTO = "Object.defineProperty(Crypto.prototype, 'subtle', {get: () => undefined});"
NO_ED25519 = """const known = SubtleCrypto.prototype.importKey;
SubtleCrypto.prototype.importKey = function (...parts) {
  if (parts[2] === "Ed25519") throw new DOMException("unknown", "NotSupportedError");
  return known.apply(this, parts);
};"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def in_python(file: bytes, **options: Any) -> dict[str, Any] | None:
    try:
        verdict = verify_bundle(file, **options)
    except NotABundle:
        return None
    return {
        "holds": verdict.holds,
        "unable": False,
        "unconfirmedLogKey": verdict.unconfirmed_log_key,
        "checks": [[check.name, check.place, str(check.outcome)] for check in verdict.checks],
    }


def places(node: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the strings and numbers of a document stand."""
    if isinstance(node, dict | list):
        for step, inner in node.items() if isinstance(node, dict) else enumerate(node):
            yield from places(inner, (*place, step))
    elif node is not None:
        yield place


def mutated(place: tuple[Any, ...], chance: random.Random, file: bytes = GOOD) -> bytes:
    document = json.loads(file)
    node = document
    for step in place[:-1]:
        node = node[step]
    value = node[place[-1]]
    if isinstance(value, str):
        at = chance.randrange(len(value))
        node[place[-1]] = value[:at] + chance.choice("AZ9=+ \n") + value[at + 1 :]
    else:
        node[place[-1]] = chance.choice([value + 1, -1, 1 << 64, None, "x", [], {}, True])
    return json.dumps(document).encode()


def test_there_are_many_broken_bundles_and_each_is_rejected_by_both(page: Page) -> None:
    files = {name: file for name, file in vectors().items() if name.startswith("broken-")}
    assert len(files) >= 90
    answers = verdicts(serve(page), files.values())
    kept = [name for name, said in zip(files, answers, strict=True) if said and said["holds"]]
    assert kept == []


def test_both_agree_on_every_check_of_every_bundle(page: Page) -> None:
    files = vectors()
    answers = dict(zip(files, verdicts(serve(page), files.values()), strict=True))
    assert answers == {name: in_python(file) for name, file in files.items()}
    held = {name for name, said in answers.items() if said and said["holds"]}
    assert held == {name for name in files if name.startswith("good-")}


@pytest.mark.parametrize("turn", range(4))
def test_both_agree_on_mutations_of_every_field(page: Page, turn: int) -> None:
    chance = random.Random(turn)
    files = [mutated(place, chance) for place in list(places(DOCUMENT))[turn::4]]
    assert verdicts(serve(page), files) == [in_python(file) for file in files]


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("good-anchored", ("anchors",)),
        ("good-erased", ("events", 1)),
        ("good-rotated", ("log_keys",)),
        ("doubted-signed-with-stolen-key", ("keys", 1, "stolen")),
        ("doubted-statement-with-stolen-key-not-shown", ("events", 4)),
    ],
)
def test_both_agree_on_mutations_of_anchors_and_marks(
    page: Page, name: str, at: tuple[Any, ...]
) -> None:
    """But for the inside of time stamps: see below."""
    chance, file = random.Random(name), vectors()[name]
    changed = [
        mutated(place, chance, file)
        for place in places(json.loads(file))
        if place[: len(at)] == at and "token" not in place
    ]
    assert len(changed) > 20
    assert verdicts(serve(page), changed) == [in_python(file) for file in changed]


def test_both_agree_where_the_format_ends(page: Page) -> None:
    """How deep, how large, and the tree of nothing."""
    files = []
    for deep in (399, 400, 401, 402):
        lists = b"[" * (deep - 1) + b"]" * (deep - 1)
        files.append(GOOD.replace(b"{", b'{"more": ' + lists + b",", 1))
    for number in (-(1 << 64) - 1, -(1 << 64), (1 << 64) - 1, 1 << 64):
        document = json.loads(GOOD)
        document["events"][0]["facts"][0]["value"] = number
        files.append(json.dumps(document).encode())
    log = make_log()
    for root, path in ((empty_root, []), (bytes(32), []), (empty_root, DOCUMENT["anchors"][1]["path"])):  # fmt: skip
        document = json.loads(GOOD)
        empty = Checkpoint(log.signer.name, 0, root).text()
        document["checkpoint"] = sign_note(empty, [log.signer])
        document["log"]["witnesses"] = []
        document["anchors"] = [{"kind": "journal", "checkpoint": document["checkpoint"], "path": path}]  # fmt: skip
        files.append(json.dumps(document).encode())
    said = verdicts(serve(page), files)
    assert said == [in_python(file) for file in files]
    assert [one is None for one in said[:4]] == [False, False, True, True]


def test_no_time_stamp_that_fails_elsewhere_holds_in_the_browser(page: Page) -> None:
    """It does not look at signature and certificates, so it says less: never that the anchor holds, and that it
    fails only where it does."""
    file, chance = vectors()["good-anchored"], random.Random(1)
    document = json.loads(file)
    token = base64.b64decode(document["anchors"][0]["token"])
    files = []
    for at in range(0, len(token), 9):
        octets = token[:at] + bytes((token[at] ^ chance.randrange(1, 256),)) + token[at + 1 :]
        document["anchors"][0]["token"] = base64.b64encode(octets).decode()
        files.append(json.dumps(document).encode())
    for said, file in zip(verdicts(serve(page), files), files, strict=True):
        here, ours = (
            {outcome for name, place, outcome in answer["checks"] if place == "/anchors/0"}
            for answer in (said or {}, in_python(file) or {})
        )
        assert here == ours or (here == {"not checked"} and ours == {"fails"})


def test_keys_that_the_reader_brings(page: Page) -> None:
    serve(page)
    (said,) = verdicts(page, [GOOD], logVkey=VKEY, witnessVkeys=[WITNESS, WITNESS])
    assert said == in_python(GOOD, log_vkey=VKEY, witness_vkeys=[WITNESS])
    assert said and said["unconfirmedLogKey"] is None
    other = VKEY.replace(VKEY.split("+")[0], "elsewhere")
    with pytest.raises(Exception, match="key ID"):
        verdicts(page, [GOOD], logVkey=other)


def test_a_reader_who_knows_any_key_of_a_log_follows_to_the_one_that_signed(page: Page) -> None:
    serve(page)
    file = vectors()["good-rotated"]
    newest = json.loads(file)["log"]["vkey"]
    for logVkey in (VKEY, newest, f"{VKEY} {newest}"):
        (said,) = verdicts(page, [file], logVkey=logVkey)
        assert said == in_python(file, log_vkey=logVkey)
        assert said and said["holds"] and said["unconfirmedLogKey"] is None


def test_statements_from_the_future_fail(page: Page) -> None:
    early = datetime(2023, 1, 1, tzinfo=UTC)
    (said,) = verdicts(serve(page), [GOOD], now=int(early.timestamp()))
    assert said == in_python(GOOD, now=early)
    assert said and not said["holds"]


@pytest.mark.parametrize("missing", [NO_WEBCRYPTO, NO_ED25519])
def test_without_the_browsers_cryptography_nothing_holds(page: Page, missing: str) -> None:
    """What hashes alone show is still checked; what needs a signature is said not to be."""
    page.add_init_script(missing)
    good, broken = verdicts(
        serve(page), [GOOD, (BUNDLES / "broken-altered-fact-value.json").read_bytes()]
    )
    assert good and broken
    assert good["unable"]
    assert not good["holds"]
    outcome: dict[str, set[str]] = {}
    for name, _, came in good["checks"]:
        outcome.setdefault(name, set()).add(came)
    for name in ("checkpoint", "anchor", "genesis", "key", "signature"):
        assert outcome[name] == {"not checked"}, name
    for name in ("format", "fact", "inclusion", "chain"):
        assert "holds" in outcome[name], name
        assert "fails" not in outcome[name], name
    assert ["fact", "/events/0/facts/8", "fails"] in broken["checks"]


def test_the_plain_sha256_is_sha256(page: Page) -> None:
    differing = serve(page).evaluate("""async () => {
      const {plainSha256} = await import("/evidence/sha256.js");
      const differing = [];
      for (let size = 0; size < 300; size += 1) {
        const octets = Uint8Array.from({length: size}, (_, at) => (at * 7 + size) & 255);
        const real = new Uint8Array(await crypto.subtle.digest("SHA-256", octets));
        if (String(real) !== String(plainSha256(octets))) differing.push(size);
      }
      return differing;
    }""")
    assert differing == []


def test_the_modules_need_nothing_but_each_other() -> None:
    for module in Path(BUNDLES.parents[2] / "static" / "js" / "evidence").glob("*.js"):
        text = module.read_text()
        assert "://" not in text, module
        assert "fetch(" not in text, module
        assert "innerHTML" not in text, module
