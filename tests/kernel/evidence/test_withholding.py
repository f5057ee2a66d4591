"""Passing on less: what is left verifies, nothing more is shown than before, and the level says what it is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pharmatrace.kernel.__main__ import main
from pharmatrace.kernel.evidence.bundle import (
    Bundle,
    Disclosure,
    HiddenStatement,
    ShownStatement,
    read_bundle,
    write_bundle,
)
from pharmatrace.kernel.evidence.meaning_checks import MEANING
from pharmatrace.kernel.evidence.verdict import verify_bundle
from pharmatrace.kernel.evidence.withholding import NothingOfThatName, withhold

BUNDLES = Path(__file__).resolve().parents[2] / "vectors" / "bundles"
GOOD = {
    name: read_bundle((BUNDLES / f"good-{name}.json").read_bytes())
    for name in ("regulator", "public", "corrected", "event")
}
NAMES = {
    name: sorted({fact.name for event in bundle.events for fact in event.facts})
    for name, bundle in GOOD.items()
}


def shown(bundle: Bundle) -> set[tuple[int, str, object]]:
    return {
        (event.index, fact.name, fact.value)
        for event in bundle.events
        for fact in event.facts
    }  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(some.data(), some.sampled_from(sorted(GOOD)), some.booleans())
def test_whatever_is_withheld_the_rest_verifies_and_is_no_more(data, name, signatures):
    bundle = GOOD[name]
    only = data.draw(some.sets(some.sampled_from(NAMES[name])))
    indexes = [event.index for event in bundle.events]
    events = data.draw(some.none() | some.sets(some.sampled_from(indexes)))
    less = withhold(bundle, only=only, events=events, signatures=signatures)
    assert verify_bundle(write_bundle(less), log_vkey=bundle.log.vkey).holds
    assert shown(less) <= shown(bundle)
    before = {event.index: event for event in bundle.events}
    for event in less.events:
        assert event.facts_root == before[event.index].facts_root
        if isinstance(event.signature, ShownStatement):
            assert signatures
            assert event.signature == before[event.index].signature
    assert set(less.keys) <= set(bundle.keys)
    assert less.genesis == bundle.genesis


def test_only_what_is_named_and_the_chain_is_left():
    less = withhold(GOOD["regulator"], only=["lot"], signatures=False)
    assert {name for _, name, _ in shown(less)} == {"lot", "package", *MEANING}
    assert {value[0] for _, name, value in shown(less) if name == "package"} == {less.subject}
    assert all(isinstance(event.signature, HiddenStatement) for event in less.events)
    assert less.keys == ()
    for secret in (b"parties", b"/00/", b"/414/"):
        assert secret not in write_bundle(less)


def test_a_named_event_alone_shows_the_facts():
    less = withhold(GOOD["regulator"], only=["role"], events=[7])
    assert {index for index, name, _ in shown(less) if name == "role"} == {7}
    assert {value for _, name, value in shown(less) if name == "step"} == {
        "commissioning",
        "packing",
        "unpacking",
    }  # fmt: skip  (what kind of event it was stays)
    assert [event.index for event in less.events] == [3, 4, 7]  # 5 and 6 are the case's alone


def test_that_something_was_declared_wrong_cannot_be_withheld():
    less = withhold(GOOD["corrected"], only=["lot"])
    assert "declares" in {name for _, name, _ in shown(less)}
    less = withhold(GOOD["event"], only=["role"])
    assert {"declares", "event"} <= {name for _, name, _ in shown(less)}


def test_what_was_declared_wrong_stays_even_where_nothing_of_it_is_asked_for():
    """A declaration about the case: neither it nor what it takes back names the pack."""
    bundle = GOOD["corrected"]
    events = tuple(
        replace(event, facts=tuple(fact for fact in event.facts if fact.name != "package"))
        if event.index >= 9
        else event
        for event in bundle.events
    )
    case = replace(bundle, events=events, disclosure=Disclosure.PARTY)
    less = withhold(case, only=["lot"])
    assert len(less.events) == len(withhold(bundle, only=["lot"]).events)
    assert "correction" not in {check.name for check in verify_bundle(less).failed}


DOUBTED = sorted(json.loads((BUNDLES / "doubted.json").read_text()))


@settings(max_examples=60, deadline=None)
@given(some.data(), some.sampled_from(DOUBTED), some.booleans())
def test_that_a_key_was_reported_stolen_cannot_be_withheld(data, name, signatures):
    bundle = read_bundle((BUNDLES / f"doubted-{name}.json").read_bytes())
    names = sorted({fact.name for event in bundle.events for fact in event.facts})
    only = data.draw(some.sets(some.sampled_from(names)))
    events = data.draw(some.none() | some.sets(some.sampled_from([3, 4, 7])))
    less = withhold(bundle, only=only, events=events, signatures=signatures)
    verdict = verify_bundle(write_bundle(less), log_vkey=bundle.log.vkey)
    assert not verdict.failed
    (doubt,) = verdict.doubted
    assert doubt.name == "stolen"


def test_a_mark_keeps_an_event_of_which_nothing_is_asked_for_and_does_not_say_whose_key_it_was():
    """The thief received the case: the event does not name the pack."""
    bundle = read_bundle((BUNDLES / "doubted-signed-with-stolen-key.json").read_bytes())
    (report,) = [key.stolen for key in bundle.keys if key.stolen]
    since = 1_700_000_000 + 6 * 60  # as of when he received
    facts = tuple(
        replace(fact, value=since) if fact.name == "since" else fact for fact in report.facts
    )
    keys = tuple(
        replace(key, stolen=replace(report, facts=facts)) if key.stolen else key
        for key in bundle.keys
    )
    less = withhold(replace(bundle, keys=keys), only=["lot"], signatures=False)
    marked = {event.index: event.stolen for event in less.events if event.stolen}
    assert set(marked) == {6, 7}
    for mark in marked.values():
        assert {fact.name for fact in mark.facts} == {"registry", "action", "since", "from_entry"}
    assert b"parties:dan" not in write_bundle(less)


def test_an_erased_event_cannot_be_withheld():
    bundle = read_bundle((BUNDLES / "good-erased.json").read_bytes())
    for signatures in (True, False):
        less = withhold(bundle, only=["lot"], signatures=signatures)
        assert [event.index for event in less.events if event.erased] == [4]
        verdict = verify_bundle(write_bundle(less), log_vkey=bundle.log.vkey)
        assert verdict.holds, verdict.failed
        assert "erased" in {check.name for check in verdict.checks}


def test_anchors_are_passed_on_as_they_are():
    bundle = read_bundle((BUNDLES / "good-anchored.json").read_bytes())
    assert withhold(bundle, only=["lot"], signatures=False).anchors == bundle.anchors


@pytest.mark.parametrize(
    ("name", "level"),
    [("regulator", Disclosure.PARTY), ("public", Disclosure.PUBLIC), ("event", Disclosure.PARTY)],
)
def test_the_level_does_not_claim_what_is_no_more(name, level):
    assert withhold(GOOD[name], only=["time"]).disclosure is level


def test_a_bundle_of_which_nothing_is_withheld_stays_what_it_is():
    assert withhold(GOOD["regulator"], only=NAMES["regulator"]) == GOOD["regulator"]


def test_what_is_not_there_is_not_quietly_passed_over():
    with pytest.raises(NothingOfThatName, match="'lto'"):
        withhold(GOOD["regulator"], only=["lto"])
    with pytest.raises(NothingOfThatName, match="entry 99"):
        withhold(GOOD["regulator"], only=["lot"], events=[99])


def test_the_command_writes_a_file_that_verifies(tmp_path, capsys):
    file = str(BUNDLES / "good-regulator.json")
    target = tmp_path / "less.json"
    status = main(["disclose", file, "--only", "lot,expiry", "--without-signatures", "--output", str(target)])  # fmt: skip
    assert status == 0
    assert main(["verify", str(target)]) == 0
    capsys.readouterr()
    assert main(["disclose", file, "--only", "lot,expiry", "--without-signatures"]) == 0
    assert capsys.readouterr().out == target.read_text()
    assert (
        main(["disclose", file, "--only", "lot", "--only", "expiry", "--without-signatures"]) == 0
    )
    assert capsys.readouterr().out == target.read_text()


def test_the_command_writes_what_is_not_to_be_relied_on_and_says_so(tmp_path, capsys):
    target = tmp_path / "less.json"
    words = [str(BUNDLES / "doubted-signed-with-stolen-key.json"), "--only", "lot"]
    assert main(["disclose", *words, "--without-signatures", "--output", str(target)]) == 3
    assert "not to be relied on" in capsys.readouterr().err
    assert main(["verify", str(target)]) == 3


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--only", "lto"], 2),
        (["--only", "lot", "--events", "x"], 2),
        (["--only", "lot", "--events", "9" * 30], 2),
        (["--only", "lot", "--events", ""], 2),
    ],
)
def test_the_command_refuses(arguments, status, capsys):
    assert main(["disclose", str(BUNDLES / "good-regulator.json"), *arguments]) == status
    assert capsys.readouterr().out == ""


def test_the_command_makes_nothing_of_what_does_not_hold(tmp_path, capsys):
    document = json.loads((BUNDLES / "good-regulator.json").read_text())
    document["events"][0]["path"].reverse()
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(document))
    assert main(["disclose", str(file), "--only", "lot"]) == 1
    assert main(["disclose", str(tmp_path / "absent.json"), "--only", "lot"]) == 2
    assert capsys.readouterr().out == ""
