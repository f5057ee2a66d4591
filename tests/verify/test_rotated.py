"""After the log has changed its key: evidence, pages and codes, for readers who know the old key."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from apps.ledger.selectors import latest_checkpoint, log_verifier
from apps.verify.services import prove
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.evidence.bundle import read_bundle
from pharmatrace.kernel.evidence.compact import pack, verify_compact
from pharmatrace.kernel.evidence.verdict import Outcome, verify_bundle
from pharmatrace.kernel.evidence.withholding import withhold
from tests.custody.goods import Goods, package, uri

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(sold: Goods, petra: Any, sealed: Callable[[], None]) -> str:
    """The first key. It was replaced, and then a pack was supplied."""
    before = log_verifier().vkey()
    call_command("rotate_log_key", yes=True, stdout=StringIO())
    sold.do(Kind.DISPENSE, petra, [uri("S0")]).raise_refused()
    sealed()
    return before


@pytest.mark.parametrize("level", ["public", "regulator"])
def test_evidence_holds_for_who_knows_the_old_key_and_for_who_knows_the_new_one(
    old: str, level: Any
) -> None:
    file = prove(package=package(uri("S0")), level=level)
    new = log_verifier().vkey()
    assert new != old and len(json.loads(file)["log_keys"]) == 1
    for vkey in (old, new, f"{old} {new}"):
        verdict = verify_bundle(file, log_vkey=vkey)
        assert verdict.holds, verdict.failed
    anchors = [check for check in verdict.checks if check.name == "anchor"]
    assert anchors and all(check.outcome is Outcome.HOLDS for check in anchors)


def test_less_of_it_still_follows(old: str) -> None:
    bundle = read_bundle(prove(package=package(uri("S0")), level="regulator"))
    less = withhold(bundle, only=["lot"], signatures=False)
    assert verify_bundle(less, log_vkey=old).holds


def test_a_code_from_before_is_read_with_all_keys(
    sold: Goods, petra: Any, sealed: Callable[[], None]
) -> None:
    bundle = read_bundle(prove(package=package(uri("S0")), level="public"))
    octets, before = pack(bundle, 0), log_verifier().vkey()
    call_command("rotate_log_key", yes=True, stdout=StringIO())
    sealed()
    told = html.unescape(Client().get("/verify/qr/").content.decode())
    both = f"{before} {log_verifier().vkey()}"
    assert f'data-vkey="{both}"' in told
    assert verify_compact(octets, log_vkey=both).holds
    assert not verify_compact(octets, log_vkey=log_verifier().vkey()).holds


def test_the_pages_hold(old: str, stranger: Client) -> None:
    newest = latest_checkpoint()
    assert newest is not None
    both = f'data-vkey="{old} {log_verifier().vkey()}"'
    for size in (1, newest.size):
        page = stranger.get(f"/ledger/checkpoint/{size}/")
        assert both in html.unescape(page.content.decode())
    answer = stranger.get("/" + package(uri("S0")).path, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.content
    states = {check["name"]: check["state"] for check in answer.json()["checks"]}
    assert states["checkpoint"] == states["anchor"] == states["inclusion"] == "holds"
