"""Who cosigned is shown: on the page, in the answer for machines, and in the evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from apps.ledger.selectors import log_verifier
from apps.ledger.services import seal
from apps.ledger.witnessing.asking import ask_witnesses
from pharmatrace.kernel.evidence.verdict import Outcome, verify_bundle
from pharmatrace.kernel.tlog.policy_reading import parse_policy
from pharmatrace.witness.keys import make_keys
from tests.custody.goods import GTIN, Goods
from tests.ledger.statements import NOON, append_some
from tests.ledger.witnesses import write_policy
from tests.witness.programs import witness

PAGE = f"/01/{GTIN}/21/S0"


@pytest.fixture
def cosigned(sold: Goods, settings: Any, tmp_path: Path) -> Iterator[str]:
    """Everything up to now is in a checkpoint that a witness has cosigned; the policy as text."""
    with witness(tmp_path / "w", "--log", log_verifier().vkey(), name="w.example") as program:
        keys = make_keys(tmp_path / "w" / "keys", "w.example")
        write_policy(settings, tmp_path, {"w": (keys, program.url)}, "all")
        append_some(1)
        seal(at=NOON)
        # The witness is a process: its clock does not stand still as ours does here.
        real = time_machine.escape_hatch.datetime.datetime.now
        published = ask_witnesses(clock=lambda: real(UTC))
        assert published is not None
        yield Path(settings.WITNESS_POLICY_FILE).read_text()


def states(client: Client) -> dict[str, str]:
    answer = client.get(f"{PAGE}?format=json").json()
    return {check["name"]: check["state"] for check in answer["checks"]}


def test_without_a_policy_the_page_says_that_nobody_was_asked(
    sold: Goods, stranger: Client
) -> None:
    assert states(stranger)["witnesses"] == "unchecked"
    assert "cosigned by no independent witness" in stranger.get(PAGE).content.decode()


def test_the_page_says_that_witnesses_have_cosigned(cosigned: str, stranger: Client) -> None:
    assert states(stranger)["witnesses"] == "holds"
    page = stranger.get(PAGE).content.decode()
    assert "independent witnesses as this site asks for have cosigned" in page
    assert "cosigned by no independent witness" not in page


def test_the_evidence_meets_the_readers_policy(cosigned: str, stranger: Client) -> None:
    file = stranger.get(f"/verify/evidence/01/{GTIN}/21/S0").content
    assert [one.split("+")[0] for one in json.loads(file)["log"]["witnesses"]] == ["w.example"]
    verdict = verify_bundle(
        file, log_vkey=log_verifier().vkey(), policy=parse_policy(cosigned.encode())
    )
    assert verdict.holds, verdict.failed
    named = {check.name: check.outcome for check in verdict.checks}
    assert (named["policy"], named["cosignature"]) == (Outcome.HOLDS, Outcome.HOLDS)


def test_a_cosignature_that_was_cut_away_is_noticed(cosigned: str, stranger: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE ledger_publication SET note = replace(note, 'w.example', 'v.example')"
        )
        cursor.execute("SET session_replication_role = DEFAULT")
    assert states(stranger)["witnesses"] == "failed"
