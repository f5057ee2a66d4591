"""Evidence for bundles holds when the kernel checks it, and is refused where it would not."""

from __future__ import annotations

from typing import Any

import pytest

from apps.ledger.evidence import (
    NoEvidence,
    Wanted,
    evidence_of,
    genesis_evidence,
    registry_evidence,
    statement_evidence,
)
from apps.ledger.selectors import latest_checkpoint, log_keys, log_verifier, published_size
from apps.ledger.services import append, seal, sign
from apps.parties.services.register_organisation import register_organisation
from apps.parties.services.rotate_key import rotate_key
from apps.parties.signing import signer_for
from pharmatrace.kernel.evidence.authority_checks import check_genesis, check_keys
from pharmatrace.kernel.evidence.bundle import Bundle, Disclosure, HiddenStatement, LogIdentity
from pharmatrace.kernel.evidence.fact_paths import root_from_steps
from pharmatrace.kernel.evidence.facts import fact_leaf
from pharmatrace.kernel.evidence.findings import Findings
from pharmatrace.kernel.tlog.checkpoint import parse_checkpoint
from pharmatrace.kernel.tlog.note import split_note
from tests.ledger.statements import NOON, PACKS, drafted

pytestmark = pytest.mark.django_db


@pytest.fixture
def mia() -> Any:
    return register_organisation(
        kind="manufacturer", name="Mia", gln="9506000134352", country="CH", at=NOON
    )


@pytest.fixture
def statement(mia: Any) -> int:
    (id,) = append([sign(drafted(1, signer=signer_for(mia.id)), at=NOON)], at=NOON)
    seal(at=NOON)
    return id


def test_what_is_shown_leads_to_the_facts_root(statement: int) -> None:
    shown = statement_evidence(
        statement,
        disclose=lambda _, name: name != "place",
        with_signature=False,
        size=published_size(),
        packages={1: PACKS[1]},
    )
    assert [fact.name for fact in shown.facts] == ["type", "step", "package"]
    for fact in shown.facts:
        leaf = fact_leaf(fact.salt, fact.name, fact.value)
        assert root_from_steps(leaf, fact.path) == shown.facts_root
    assert isinstance(shown.signature, HiddenStatement)
    assert shown.fact("package")[0] == PACKS[1][0]


def test_genesis_and_keys_hold_for_the_kernel(mia: Any, statement: int) -> None:
    rotate_key(organisation=mia, at=NOON)
    seal(at=NOON)
    newest = latest_checkpoint()
    assert newest is not None
    kids = [bytes(kid) for kid in mia.keys.values_list("kid", flat=True)]
    keys = registry_evidence(kids, size=newest.size)
    vkey = log_verifier().vkey()
    bundle = Bundle(
        Disclosure.REGULATOR,
        PACKS[0][0],
        LogIdentity(log_verifier().name, vkey),
        newest.note,
        genesis_evidence(size=newest.size),
        tuple(keys),
        (),
    )
    findings, told = Findings(), parse_checkpoint(split_note(newest.note)[0])
    registrar = check_genesis(bundle, log_keys(), told, findings)
    known = check_keys(bundle, registrar, told, findings)
    assert {kid for _, kid in known} == set(kids)
    assert sorted(key.until is None for key in known.values()) == [False, True]


def test_many_cost_three_queries(
    mia: Any, statement: int, django_assert_max_num_queries: Any
) -> None:
    signer = signer_for(mia.id)
    ids = append([sign(drafted(n, signer=signer), at=NOON) for n in range(10, 90)], at=NOON)
    seal(at=NOON)
    size = published_size()
    with django_assert_max_num_queries(4):
        assert len(evidence_of([Wanted(id) for id in ids], size=size)) == 80
    kids = [bytes(signer.kid)]
    with django_assert_max_num_queries(5):
        registry_evidence(kids, size=size)


def test_a_fact_that_was_not_signed_is_not_shown(statement: int) -> None:
    with pytest.raises(NoEvidence, match="not what was signed"):
        statement_evidence(
            statement, size=published_size(), packages={1: (PACKS[1][0], 5, b"x" * 32)}
        )
    with pytest.raises(NoEvidence, match="not what was signed"):
        statement_evidence(statement, size=published_size(), packages={99: PACKS[1]})


def test_what_is_not_sealed_has_no_evidence(statement: int, mia: Any) -> None:
    (waiting,) = append([sign(drafted(2, signer=signer_for(mia.id)), at=NOON)], at=NOON)
    with pytest.raises(NoEvidence, match="is not in the first"):
        statement_evidence(waiting, size=published_size())
    with pytest.raises(NoEvidence, match="is not in the first"):
        statement_evidence(statement, size=1)
    with pytest.raises(NoEvidence, match="is not registered"):
        registry_evidence([b"k" * 16], size=published_size())
