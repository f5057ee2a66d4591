"""The Merkle proof vectors of transparency-dev/merkle, good and bad."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from pharmatrace.kernel.tlog.proofs import (
    ProofError,
    check_consistency,
    check_inclusion,
    check_subtree_consistency,
    check_subtree_inclusion,
)

VECTORS = Path(__file__).resolve().parents[4] / "shared" / "conformance" / "merkle"
pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="../shared/conformance is not here")


def cases(kind: str) -> list:
    folder = VECTORS / kind
    return [
        pytest.param(json.loads(file.read_text()), id=str(file.relative_to(folder)))
        for file in sorted(folder.rglob("*.json"))
    ]


def raw(text: str) -> bytes:
    return base64.b64decode(text)


def path_of(case: dict) -> list[bytes]:
    return [raw(item) for item in case["proof"] or []]


def expect(case: dict, check, **arguments) -> None:
    if case["wantErr"]:
        with pytest.raises(ProofError):
            check(path=path_of(case), **arguments)
    else:
        check(path=path_of(case), **arguments)


@pytest.mark.parametrize("case", cases("inclusion"))
def test_inclusion(case):
    expect(
        case,
        check_inclusion,
        root=raw(case["root"]),
        size=case["treeSize"],
        index=case["leafIdx"],
        leaf=raw(case["leafHash"]),
    )


@pytest.mark.parametrize("case", cases("consistency"))
def test_consistency(case):
    expect(
        case,
        check_consistency,
        old_root=raw(case["root1"]),
        old_size=case["size1"],
        new_root=raw(case["root2"]),
        new_size=case["size2"],
    )


@pytest.mark.parametrize("case", cases("subtreeinclusion"))
def test_subtree_inclusion(case):
    expect(
        case,
        check_subtree_inclusion,
        root=raw(case["root"]),
        start=case["start"],
        end=case["end"],
        index=case["leafIdx"],
        leaf=raw(case["leafHash"]),
    )


@pytest.mark.parametrize("case", cases("subtreeconsistency"))
def test_subtree_consistency(case):
    expect(
        case,
        check_subtree_consistency,
        subtree_root=raw(case["root1"]),
        start=case["start"],
        end=case["end"],
        root=raw(case["root2"]),
        size=case["size"],
    )
