"""The verdict: good bundles hold, and every change of a bundle leads to a named failing check."""

from __future__ import annotations

import base64
import copy
import importlib.util
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as some

from pharmatrace.kernel.evidence.bundle import NotABundle, read_bundle
from pharmatrace.kernel.evidence.verdict import Outcome, verify_bundle
from pharmatrace.kernel.tlog.cosignature import CosignatureVerifier
from pharmatrace.kernel.tlog.note import NoteError, Signer, signature_line
from pharmatrace.kernel.tlog.policy_reading import parse_policy
from pharmatrace.kernel.tlog.subtree_cosignature import SubtreeCosigner, SubtreeVerifier

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
BUNDLES = VECTORS / "bundles"
GOOD = (BUNDLES / "good-regulator.json").read_bytes()
PUBLIC = (BUNDLES / "good-public.json").read_bytes()
EVENT = (BUNDLES / "good-event.json").read_bytes()
CORRECTED = (BUNDLES / "good-corrected.json").read_bytes()
DOUBTED = json.loads((BUNDLES / "doubted.json").read_text())
BROKEN = json.loads((BUNDLES / "broken.json").read_text())
DOCUMENT = json.loads(GOOD)
VKEY = DOCUMENT["log"]["vkey"]
(WITNESS,) = DOCUMENT["log"]["witnesses"]


def public_key(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def outcomes(verdict, name: str) -> set[Outcome]:
    return {check.outcome for check in verdict.checks if check.name == name}


def strings(node: Any, place: tuple = ()) -> Iterator[tuple]:
    """Places of all strings and numbers in a JSON document."""
    if isinstance(node, dict | list):
        for step, inner in node.items() if isinstance(node, dict) else enumerate(node):
            yield from strings(inner, (*place, step))
    elif node is not None:
        yield place


def changed(place: tuple, at: int) -> bytes:
    """The good bundle with one character of one string, or one number, made another."""
    document = copy.deepcopy(DOCUMENT)
    node = document
    for step in place[:-1]:
        node = node[step]
    value = node[place[-1]]
    if isinstance(value, str):
        at %= max(len(value), 1)
        other = "B" if value[at : at + 1] != "B" else "C"
        node[place[-1]] = value[:at] + other + value[at + 1 :]
    else:
        node[place[-1]] = value + 1
    return json.dumps(document).encode()


def accepted(data: bytes) -> bool:
    try:
        return verify_bundle(data).holds
    except NotABundle:
        return False


def test_the_regulators_bundle_holds_and_says_what_it_leaves_open():
    verdict = verify_bundle(GOOD, log_vkey=VKEY, witness_vkeys=[WITNESS])
    assert verdict.holds, verdict.failed
    for name in ("log key", "checkpoint", "cosignature", "anchor", "genesis", "chain"):
        assert outcomes(verdict, name) == {Outcome.HOLDS}
    signatures = [check for check in verdict.checks if check.name == "signature"]
    assert [check.outcome for check in signatures] == [Outcome.HOLDS] * 5
    assert outcomes(verdict, "completeness") == {Outcome.NOT_CHECKED}


def test_the_public_bundle_holds_without_naming_a_trading_partner():
    verdict = verify_bundle(PUBLIC, log_vkey=VKEY)
    assert verdict.holds, verdict.failed
    assert outcomes(verdict, "signature") == {Outcome.NOT_CHECKED}
    for secret in (b"parties", b"/00/", b"/414/"):
        assert secret not in PUBLIC


def test_a_bundle_about_an_event_holds_without_any_package():
    verdict = verify_bundle(EVENT, log_vkey=VKEY)
    assert verdict.holds, verdict.failed
    assert outcomes(verdict, "subject") == outcomes(verdict, "correction") == {Outcome.HOLDS}
    assert outcomes(verdict, "chain") == set()


def test_an_event_that_may_have_been_declared_wrong_later_is_said_to_be_unchecked():
    document = json.loads(EVENT)
    document["events"].pop()
    assert outcomes(verify_bundle(json.dumps(document)), "completeness") == {Outcome.NOT_CHECKED}


@pytest.mark.parametrize("at", range(4))
def test_every_character_of_the_event_a_bundle_is_about_counts(at):
    document = json.loads(EVENT)
    name = document["event"]
    place = (0, 7, 20, len(name) - 1)[at]
    document["event"] = name[:place] + ("b" if name[place] != "b" else "c") + name[place + 1 :]
    assert not accepted(json.dumps(document).encode())


def test_a_bundle_is_about_a_package_or_an_event_and_never_both():
    for change in ({"package": "https://id.gs1.org/00/095060001343520012"}, {"event": None}):
        document = json.loads(EVENT) | change
        assert outcomes(verify_bundle(json.dumps(document)), "format") == {Outcome.FAILS}


def test_a_declaration_names_what_it_declares_wrong():
    verdict = verify_bundle(CORRECTED, log_vkey=VKEY)
    assert verdict.holds, verdict.failed
    assert outcomes(verdict, "correction") == {Outcome.HOLDS}


def test_a_key_taken_from_the_bundle_is_said_to_be():
    assert outcomes(verify_bundle(GOOD), "log key") == {Outcome.NOT_CHECKED}


def test_a_witness_that_only_the_bundle_names_is_not_a_witness():
    verdict = verify_bundle(GOOD, log_vkey=VKEY)
    assert verdict.holds
    assert outcomes(verdict, "cosignature") == {Outcome.NOT_CHECKED}


def test_a_witness_the_reader_names_must_have_cosigned():
    other = CosignatureVerifier("witness.example/w2", public_key(bytes(32))).vkey()
    verdict = verify_bundle(GOOD, log_vkey=VKEY, witness_vkeys=[WITNESS, other])
    assert outcomes(verdict, "cosignature") == {Outcome.HOLDS, Outcome.FAILS}


def test_a_witness_the_reader_names_is_found_where_the_bundle_does_not_list_it():
    document = copy.deepcopy(DOCUMENT)
    document["log"]["witnesses"] = []
    verdict = verify_bundle(json.dumps(document), log_vkey=VKEY, witness_vkeys=[WITNESS, WITNESS])
    assert outcomes(verdict, "cosignature") == {Outcome.HOLDS}


ML_DSA = MLDSA44PrivateKey.from_seed_bytes(bytes(32))
LARGE = SubtreeVerifier("witness.example/w2", ML_DSA.public_key().public_bytes_raw())


def with_a_large_cosignature(at: int = 1_763_670_000, *, of: str | None = None) -> bytes:
    """The good bundle, cosigned by a second witness with ML-DSA-44, who is listed."""
    document = copy.deepcopy(DOCUMENT)
    text = document["checkpoint"].rpartition("\n\n")[0] + "\n"
    cosigner = SubtreeCosigner(LARGE.name, ML_DSA, at)
    document["checkpoint"] += signature_line(of or text, cosigner)
    document["log"]["witnesses"].append(LARGE.vkey())
    return json.dumps(document).encode()


def test_both_kinds_of_cosignatures_are_checked():
    data = with_a_large_cosignature()
    verdict = verify_bundle(data, log_vkey=VKEY, witness_vkeys=[WITNESS, LARGE.vkey()])
    assert verdict.holds, verdict.failed
    assert outcomes(verdict, "cosignature") == {Outcome.HOLDS}
    forged = with_a_large_cosignature(of="log.example\n7\n" + "A" * 43 + "=\n")
    assert outcomes(verify_bundle(forged, log_vkey=VKEY), "checkpoint") == {Outcome.FAILS}


def policy(lines: str):
    return parse_policy(lines.encode())


W1, W2 = f"witness w1 {WITNESS}\n", f"witness w2 {LARGE.vkey()}\n"


def test_the_readers_policy_is_met():
    log = f"log {VKEY}\n"
    verdict = verify_bundle(GOOD, policy=policy(f"{log}{W1}{W2}group g any w1 w2\nquorum g\n"))
    assert verdict.holds, verdict.failed
    assert outcomes(verdict, "policy") == outcomes(verdict, "cosignature") == {Outcome.HOLDS}
    assert verdict.unconfirmed_log_key is None and outcomes(verdict, "log key") == {Outcome.HOLDS}
    both = policy(f"{log}{W1}{W2}group g all w1 w2\nquorum g\n")
    assert verify_bundle(with_a_large_cosignature(), policy=both).holds


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (f"{W1}{W2}group g all w1 w2\nquorum g\n", "quorum g is not met: cosigned by w1"),
        (f"{W2}quorum w2\n", "quorum w2 is not met: cosigned by nobody"),
        (f"log {Signer.from_seed('other.example', bytes(32)).verifier.vkey()}\nquorum none\n", "no known key"),
    ],
)  # fmt: skip
def test_a_policy_that_is_not_met_fails(lines, sentence):
    verdict = verify_bundle(GOOD, log_vkey=VKEY, policy=policy(lines))
    (failed,) = verdict.failed
    assert failed.name == "policy" and sentence in failed.sentence


def test_a_policy_without_logs_confirms_no_key():
    verdict = verify_bundle(GOOD, policy=policy(f"{W1}quorum w1\n"))
    assert verdict.holds and verdict.unconfirmed_log_key == VKEY


def test_a_log_key_that_nobody_confirmed_is_said_with_the_verdict():
    assert verify_bundle(GOOD).unconfirmed_log_key == VKEY
    assert verify_bundle(GOOD, log_vkey=VKEY).unconfirmed_log_key is None


def unchecked(data: bytes | str, name: str) -> list[str]:
    return [check.place for check in verify_bundle(data).unchecked if check.name == name]


def test_what_happened_to_a_container_without_a_name_is_said_not_to_be_chained():
    """Somebody leaves out that the case was shipped and received: nobody can see that from the rest."""
    document = json.loads(PUBLIC)
    assert unchecked(PUBLIC, "completeness") == ["/events", "/events/1"]
    del document["events"][2:4]
    assert verify_bundle(json.dumps(document)).holds
    assert unchecked(json.dumps(document), "completeness") == ["/events", "/events/1"]


def test_a_named_containers_chain_is_whole_from_packing_to_unpacking():
    assert unchecked(GOOD, "completeness") == ["/events"]  # that the last fact is the latest
    document = copy.deepcopy(DOCUMENT)
    del document["events"][2]  # the case was shipped
    assert unchecked(json.dumps(document), "chain") == ["/events/2/facts/7"]


def test_a_package_that_is_still_inside_may_have_moved_on():
    document = copy.deepcopy(DOCUMENT)
    del document["events"][3:]
    assert unchecked(json.dumps(document), "completeness") == ["/events", "/events"]


@pytest.mark.parametrize("fact", ["product", "lot", "expiry", "manufacturer"])
def test_goods_are_shown_only_where_the_package_is_named(fact):
    document = json.loads(PUBLIC)
    first = document["events"][0]["facts"]
    document["events"][0]["facts"] = [
        one for one in first if one["name"] == fact or one["name"] == "time"
    ]
    failed = {(check.name, check.place) for check in verify_bundle(json.dumps(document)).failed}
    assert ("subject", "/events/0") in failed


def test_a_log_with_another_key_than_the_pinned_one_fails():
    other = Signer.from_seed("pharmatrace.example/log1", bytes(32)).verifier.vkey()
    verdict = verify_bundle(GOOD, log_vkey=other)
    assert outcomes(verdict, "log key") == {Outcome.FAILS}
    assert outcomes(verdict, "checkpoint") == {Outcome.FAILS}


ROTATED = (BUNDLES / "good-rotated.json").read_bytes()
LATER = [
    next(fact["value"] for fact in entry["facts"] if fact["name"] == "log_key")
    for entry in json.loads(ROTATED)["log_keys"]
]


@pytest.mark.parametrize("vkey", [VKEY, *LATER, f"{VKEY} {LATER[-1]}"])
def test_whoever_knows_any_key_of_the_log_follows_to_the_one_that_signed(vkey):
    verdict = verify_bundle(ROTATED, log_vkey=vkey)
    assert verdict.holds, verdict.failed
    assert outcomes(verdict, "log key") == {Outcome.HOLDS}
    assert outcomes(verdict, "succession") == {Outcome.HOLDS, Outcome.NOT_CHECKED}


def test_a_policy_that_lists_the_first_key_is_met_by_the_last():
    for vkey in (VKEY, LATER[-1]):
        policy = parse_policy(f"log {vkey}\nquorum none\n".encode())
        verdict = verify_bundle(ROTATED, policy=policy)
        assert verdict.holds and verdict.unconfirmed_log_key is None, verdict.failed
        assert outcomes(verdict, "policy") == {Outcome.HOLDS}


def test_a_later_key_does_not_vouch_for_an_older_bundle_alone():
    assert not verify_bundle(GOOD, log_vkey=LATER[0]).holds
    assert verify_bundle(GOOD, log_vkey=f"{LATER[0]} {VKEY}").holds


def test_a_pinned_key_that_is_none_is_a_fault():
    with pytest.raises(NoteError):
        verify_bundle(GOOD, log_vkey="pharmatrace.example/log1")


@pytest.mark.parametrize("defect", BROKEN)
def test_a_broken_bundle_fails_the_check_for_its_defect(defect):
    file = (BUNDLES / f"broken-{defect}.json").read_bytes()
    if BROKEN[defect] == "no bundle":
        with pytest.raises(NotABundle):
            verify_bundle(file)
        return
    verdict = verify_bundle(file)
    assert not verdict.holds
    assert Outcome.FAILS in outcomes(verdict, BROKEN[defect])


@pytest.mark.parametrize("marked", DOUBTED)
def test_what_was_signed_with_a_stolen_key_is_not_to_be_relied_on_although_nothing_fails(marked):
    verdict = verify_bundle((BUNDLES / f"doubted-{marked}.json").read_bytes())
    assert not verdict.failed
    assert not verdict.holds
    (doubt,) = verdict.doubted
    assert (doubt.name, doubt.place) == ("stolen", DOUBTED[marked])
    assert "reported stolen as of 2023-11-1" in doubt.sentence


def test_what_was_signed_and_recorded_before_the_theft_holds():
    verdict = verify_bundle((BUNDLES / "good-signed-before-the-theft.json").read_bytes())
    assert verdict.holds, verdict.failed


def test_a_report_left_out_is_said_not_to_be_checked():
    document = json.loads((BUNDLES / "doubted-signed-with-stolen-key.json").read_text())
    del document["keys"][1]["stolen"]
    verdict = verify_bundle(json.dumps(document))
    assert any("reported the key" in check.sentence for check in verdict.unchecked)


def test_an_erased_event_keeps_its_place_in_the_log_and_in_the_chain():
    verdict = verify_bundle((BUNDLES / "good-erased.json").read_bytes(), log_vkey=VKEY)
    assert verdict.holds, verdict.failed
    assert outcomes(verdict, "inclusion") == {Outcome.HOLDS}
    said = [check for check in verdict.checks if check.name == "erased"]
    assert "erased on 2023-11-15" in said[0].sentence and said[0].outcome is Outcome.HOLDS
    assert said[1].outcome is Outcome.NOT_CHECKED
    bridged = [check for check in verdict.unchecked if check.name == "chain"]
    assert any("it was erased" in check.sentence for check in bridged)


@pytest.mark.parametrize("end", [0, -1])
def test_every_string_and_number_counts(end):
    kept = [place for place in strings(DOCUMENT) if accepted(changed(place, end))]
    assert kept == []


@settings(max_examples=150, deadline=None)
@given(some.sampled_from(list(strings(DOCUMENT))), some.integers(0, 400))
def test_any_character_of_any_string_counts(place, at):
    assert not accepted(changed(place, at))


@settings(max_examples=150, deadline=None)
@given(some.integers(0, len(GOOD) - 1), some.integers(1, 255))
def test_a_changed_byte_of_the_file_fails_or_changes_nothing(at, flip):
    data = GOOD[:at] + bytes((GOOD[at] ^ flip,)) + GOOD[at + 1 :]
    if accepted(data):  # white space, or another escape of the same character
        assert read_bundle(data) == read_bundle(GOOD)


def test_statements_from_the_future_fail():
    before = datetime(2023, 1, 1, tzinfo=UTC)
    after = datetime(2024, 1, 1, tzinfo=UTC)
    assert outcomes(verify_bundle(GOOD, now=before), "time") == {Outcome.FAILS}
    assert verify_bundle(GOOD, now=after).holds


def test_a_signature_replayed_under_other_facts_fails():
    document = copy.deepcopy(DOCUMENT)
    document["events"][0]["signature"] = document["events"][1]["signature"]
    verdict = verify_bundle(json.dumps(document))
    failed = {(check.name, check.place) for check in verdict.failed}
    assert ("inclusion", "/events/0") in failed
    assert ("signature", "/events/0/signature") in failed


def test_a_revocation_left_out_is_said_not_to_be_checked():
    document = copy.deepcopy(DOCUMENT)
    document["keys"][1]["revoked"] = None
    verdict = verify_bundle(json.dumps(document))
    assert ("key", "/keys/1") in {(check.name, check.place) for check in verdict.unchecked}


def test_a_bundle_without_events_does_not_hold():
    document = copy.deepcopy(DOCUMENT)
    document["events"] = []
    assert not verify_bundle(json.dumps(document)).holds


def test_base64_has_one_spelling():
    document = copy.deepcopy(DOCUMENT)
    salt = document["events"][0]["facts"][0]["salt"]
    alias = salt[:21] + chr(ord(salt[21]) + 1) + "=="
    assert base64.b64decode(alias) == base64.b64decode(salt)
    document["events"][0]["facts"][0]["salt"] = alias
    verdict = verify_bundle(json.dumps(document))
    assert [(check.name, check.place) for check in verdict.failed] == [
        ("format", "/events/0/facts/0/salt")
    ]


def test_the_committed_vectors_are_what_the_script_makes():
    spec = importlib.util.spec_from_file_location("make_vectors", VECTORS / "make.py")
    make = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    for name, data in make.make().items():
        assert (VECTORS / name).read_bytes() == data, name
