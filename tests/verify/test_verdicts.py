"""The verdict table: each finding has its own word, and the most dangerous one wins."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.verify.verdicts import VERDICTS, Findings, Tone, judge
from pharmatrace.kernel.custody.kinds import Status

FINE = Findings(product_known=True, status=Status.ACTIVE)
LOT = frozenset({"lot"})


@pytest.mark.parametrize(
    ("findings", "code", "tone"),
    [
        (FINE, "in_order", "good"),
        (replace(FINE, sealed=False), "seal_pending", "good"),
        (replace(FINE, container=True), "container", "good"),
        (replace(FINE, status=Status.IN_TRANSIT), "in_transit", "warn"),
        (replace(FINE, upstream=True), "upstream", "warn"),
        (replace(FINE, packed=True), "packed", "warn"),
        (replace(FINE, upstream=True, container=True), "container", "good"),
        (replace(FINE, status=Status.IN_TRANSIT, upstream=True), "in_transit", "warn"),
        (replace(FINE, status=Status.SUPPLIED), "dispensed", "warn"),
        (replace(FINE, status=Status.LOCKED), "locked", "stop"),
        (replace(FINE, status=Status.STOLEN), "stolen", "stop"),
        (replace(FINE, status=Status.DESTROYED), "destroyed", "stop"),
        (replace(FINE, status=Status.DECOMMISSIONED), "decommissioned", "stop"),
        (replace(FINE, status=Status.SAMPLE), "sample", "stop"),
        (replace(FINE, status=Status.EXPORTED), "exported", "stop"),
        (replace(FINE, expired=True), "expired", "stop"),
        (replace(FINE, recalled=True), "recalled", "stop"),
        (replace(FINE, withdrawn=True), "withdrawn", "stop"),
        (replace(FINE, mismatches=LOT), "mismatch", "stop"),
        (replace(FINE, record_holds=False), "record_broken", "stop"),
        (Findings(product_known=True), "never_registered", "stop"),
        (Findings(), "unknown_product", "unknown"),
        (Findings(problem="gtin_check_digit"), "mistyped", "unknown"),
        (Findings(problem="sscc_check_digit"), "mistyped", "unknown"),
        (Findings(problem="serial_missing", product_known=True), "serial_missing", "unknown"),
        (Findings(problem="serial_missing"), "serial_missing_unknown_product", "unknown"),
        (Findings(problem="separator_missing"), "unreadable", "unknown"),
    ],
)
def test_each_finding_has_its_verdict(findings: Findings, code: str, tone: str) -> None:
    verdict, also = judge(findings)
    assert (verdict.code, verdict.tone) == (code, tone)
    assert also == ()


@pytest.mark.parametrize(
    ("findings", "codes"),
    [
        (
            replace(FINE, status=Status.STOLEN, recalled=True, expired=True, mismatches=LOT),
            ["stolen", "recalled", "mismatch", "expired"],
        ),
        (replace(FINE, status=Status.SUPPLIED, recalled=True), ["recalled", "dispensed"]),
        (replace(FINE, status=Status.SUPPLIED, expired=True), ["expired", "dispensed"]),
        (replace(FINE, record_holds=False, sealed=False), ["record_broken"]),
        (replace(FINE, status=Status.IN_TRANSIT, sealed=False), ["in_transit"]),
        (replace(FINE, upstream=True, packed=True, sealed=False), ["upstream", "packed"]),
        (replace(FINE, upstream=True, recalled=True), ["recalled", "upstream"]),
    ],
)
def test_the_most_dangerous_wins_and_hides_nothing(findings: Findings, codes: list[str]) -> None:
    verdict, also = judge(findings)
    assert [one.code for one in (verdict, *also)] == codes


def test_words_and_codes_are_each_used_for_one_thing() -> None:
    assert len({verdict.code for verdict in VERDICTS}) == len(VERDICTS)
    words = {str(v.word) for v in VERDICTS if not v.code.startswith("serial_missing")}
    assert len(words) == len(VERDICTS) - 2


findings = st.builds(
    Findings,
    problem=st.none() | st.sampled_from(["gtin_check_digit", "serial_missing", "unreadable"]),
    product_known=st.booleans(),
    status=st.none() | st.sampled_from(Status),
    container=st.booleans(),
    mismatches=st.frozensets(st.sampled_from(["lot", "expiry"])),
    recalled=st.booleans(),
    withdrawn=st.booleans(),
    expired=st.booleans(),
    upstream=st.booleans(),
    packed=st.booleans(),
    record_holds=st.booleans(),
    sealed=st.booleans(),
)


@given(findings)
def test_only_a_pack_nothing_speaks_against_is_good(found: Findings) -> None:
    verdict, _ = judge(found)
    clean = (
        found.problem is None
        and found.status is Status.ACTIVE
        and found.record_holds
        and not (found.mismatches or found.recalled or found.withdrawn or found.expired)
        and (found.container or not (found.upstream or found.packed))
    )
    assert (verdict.tone is Tone.GOOD) == clean
