"""A pack that lives over New Year, where the log is turned: evidence, pages and codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from apps.custody.models import CustodyEvent
from apps.ledger.audits import audit
from apps.ledger.log_keys import all_vkeys, log_verifier
from apps.ledger.models import Checkpoint, Head
from apps.ledger.services import turn_log
from apps.oversight.cases.signing import signer_evidence
from apps.verify.services import prove
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.evidence.bundle import read_bundle, write_bundle
from pharmatrace.kernel.evidence.compact import pack, verify_compact
from pharmatrace.kernel.evidence.verdict import Outcome, verify_bundle
from pharmatrace.kernel.evidence.withholding import withhold
from tests.custody.goods import Goods, package, uri

pytestmark = pytest.mark.django_db


@pytest.fixture
def over(sold: Goods, petra: Any, sealed: Callable[[], None]) -> str:
    """The old key. Then the year ended, and a pack was supplied in the next."""
    before = log_verifier().vkey()
    turn_log(origin=f"{settings.LOG_ORIGIN}/2027", at=sold.now)
    sold.do(Kind.DISPENSE, petra, [uri("S0")]).raise_refused()
    sealed()
    return before


@pytest.mark.parametrize("level", ["public", "regulator"])
def test_evidence_holds_for_who_knows_the_key_of_either_year(over: str, level: Any) -> None:
    file = prove(package=package(uri("S0")), level=level)
    new = log_verifier().vkey()
    (old,) = json.loads(file)["shards"]
    assert old["log"]["vkey"] == over and json.loads(file)["log"]["vkey"] == new != over
    for vkey in (over, new, f"{over} {new}"):
        verdict = verify_bundle(file, log_vkey=vkey)
        assert verdict.holds, verdict.failed
    anchors = [check for check in verdict.checks if check.name == "anchor"]
    assert len(anchors) == 2 and all(check.outcome is Outcome.HOLDS for check in anchors)
    assert [c.place for c in verdict.checks if c.name == "predecessor"] == ["/genesis"]


def test_evidence_of_one_year_only_is_as_it_was(sold: Goods, sealed: Callable[[], None]) -> None:
    """Byte for byte, whatever came later: S1 was not touched in the new year."""
    before = prove(package=package(uri("S1")), level="regulator")
    turn_log(origin=f"{settings.LOG_ORIGIN}/2027", at=sold.now)
    sealed()
    assert prove(package=package(uri("S1")), level="regulator") == before
    assert "shards" not in json.loads(before)


def test_less_of_it_still_holds(over: str) -> None:
    bundle = read_bundle(prove(package=package(uri("S0")), level="regulator"))
    less = withhold(bundle, only=["lot"], signatures=False)
    assert verify_bundle(write_bundle(less), log_vkey=over).holds


def test_a_code_of_an_event_of_either_year_is_read_with_the_keys_of_the_page(over: str) -> None:
    bundle = read_bundle(prove(package=package(uri("S0")), level="public"))
    for at in (0, len(bundle.events) - 1):
        assert verify_compact(pack(bundle, at), log_vkey=all_vkeys()).holds


def test_the_page_of_the_pack_holds(over: str) -> None:
    answer = Client().get("/" + package(uri("S0")).path, headers={"Accept": "application/json"})
    states = {check["name"]: check["state"] for check in answer.json()["checks"]}
    assert set(states.values()) <= {"holds", "unchecked"}, states
    answer = Client().get("/" + package(uri("S1")).path, headers={"Accept": "application/json"})
    states = {check["name"]: check["state"] for check in answer.json()["checks"]}
    assert states["inclusion"] == states["checkpoint"] == "holds", states


def test_a_page_does_not_hold_where_an_entry_of_the_old_year_was_changed(over: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER append_only")
        cursor.execute(
            'UPDATE ledger_entry SET leaf = sha256(leaf) WHERE "index" = (SELECT min(e."index")'
            " FROM ledger_entry e JOIN ledger_statement s ON s.id = e.statement_id WHERE s.type = 1)"
        )
    answer = Client().get("/" + package(uri("S1")).path, headers={"Accept": "application/json"})
    states = {check["name"]: check["state"] for check in answer.json()["checks"]}
    assert states["inclusion"] == "failed", states


def test_the_audit_finds_nothing(over: str) -> None:
    assert list(audit()) == []


def test_the_key_of_a_case_is_shown_through_all_shards(over: str) -> None:
    checkpoint = Checkpoint.objects.get(size=Head.objects.get().size)
    kid = bytes(CustodyEvent.objects.earliest("id").statement.key_id)
    file = signer_evidence(
        case="0d6f2c5e-6c53-4d0e-9a39-3b0a5d1f7c11", kid=kid, checkpoint=checkpoint
    )
    bundle = read_bundle(file)
    assert [one.log.origin for one in bundle.shards] == [settings.LOG_ORIGIN]
    # A file of keys has no event, and is about none.
    assert {one.name for one in verify_bundle(bundle, log_vkey=over).failed} == {"subject"}
