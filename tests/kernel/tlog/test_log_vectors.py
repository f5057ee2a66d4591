"""Our own eight-entry log, end to end: `../shared/conformance/tlog/vectors.json`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pharmatrace.kernel.tlog.checkpoint import Checkpoint, parse_checkpoint
from pharmatrace.kernel.tlog.cosignature import (
    CosignatureVerifier,
    Cosigner,
    cosigned_at,
    cosigned_message,
)
from pharmatrace.kernel.tlog.note import Signer, Verifier, open_note, sign_note
from pharmatrace.kernel.tlog.prooffile import ProofFile, parse_proof_file
from pharmatrace.kernel.tlog.proofs import (
    check_consistency,
    check_inclusion,
    prove_consistency,
    prove_inclusion,
)
from pharmatrace.kernel.tlog.tiles import (
    Tile,
    decode_entries,
    encode_entries,
    tile_path,
    tiles_for,
)
from pharmatrace.kernel.tlog.tree import CompactRange, leaf_hash, root_of

FILE = Path(__file__).resolve().parents[4] / "shared" / "conformance" / "tlog" / "vectors.json"
pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="../shared/conformance is not here")
AT = 1763670000


@pytest.fixture(scope="module")
def vectors() -> dict:
    return json.loads(FILE.read_text())


@pytest.fixture(scope="module")
def leaves(vectors) -> list[bytes]:
    return [leaf_hash(bytes.fromhex(entry)) for entry in vectors["entries_hex"]]


@pytest.fixture
def hash_reader(leaves):
    return lambda level, index: root_of(leaves[index << level : (index + 1) << level])


def test_leaf_hashes_and_roots_at_every_size(vectors, leaves):
    assert [leaf.hex() for leaf in leaves] == vectors["leaf_hashes"]
    growing = CompactRange()
    for size, root in enumerate(vectors["roots_by_size"]):
        assert root_of(leaves[:size]).hex() == growing.root().hex() == root
        if size < len(leaves):
            growing.append(leaves[size])


def test_every_inclusion_proof(vectors, leaves, hash_reader):
    for case in vectors["inclusion"]:
        path = [bytes.fromhex(item) for item in case["path"]]
        assert prove_inclusion(hash_reader, case["size"], case["index"]) == path
        check_inclusion(
            root=bytes.fromhex(vectors["roots_by_size"][case["size"]]),
            size=case["size"],
            index=case["index"],
            leaf=leaves[case["index"]],
            path=path,
        )


def test_every_consistency_proof(vectors, hash_reader):
    roots = [bytes.fromhex(root) for root in vectors["roots_by_size"]]
    for case in vectors["consistency"]:
        old, new = case["old"], case["new"]
        path = [bytes.fromhex(item) for item in case["path"]]
        assert prove_consistency(hash_reader, old, new) == path
        check_consistency(
            old_root=roots[old], old_size=old, new_root=roots[new], new_size=new, path=path
        )


def test_the_checkpoint_signed_by_the_log_and_cosigned_by_the_witness(vectors, leaves):
    log = Signer.from_seed(vectors["origin"], bytes.fromhex(vectors["log_seed_hex"]))
    witness_key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vectors["witness_seed_hex"]))
    witness = Cosigner("witness.example/w1", witness_key, AT)
    text = Checkpoint(vectors["origin"], 8, root_of(leaves)).text()

    assert sign_note(text, [log, witness]) == vectors["checkpoint"]
    assert cosigned_message(text, AT).decode() == vectors["cosigned_message"]
    assert log.verifier.vkey() == vectors["log_vkey"]


def test_opening_the_checkpoint_with_the_published_keys(vectors, leaves):
    log = Verifier.parse(vectors["log_vkey"])
    witness = CosignatureVerifier.parse(vectors["witness_vkey"])
    assert witness.vkey() == vectors["witness_vkey"]

    note = open_note(vectors["checkpoint"], [log, witness])

    assert [signature.name for signature in note.verified] == [log.name, witness.name]
    assert note.unverified == ()
    assert cosigned_at(note.verified[1]) == AT
    assert parse_checkpoint(note.text) == Checkpoint(vectors["origin"], 8, root_of(leaves))


def test_the_proof_file(vectors, leaves, hash_reader):
    proof = parse_proof_file(vectors["tlog_proof_index5"])
    assert proof == ProofFile(
        5, tuple(prove_inclusion(hash_reader, 8, 5)), vectors["checkpoint"], b"extra"
    )
    assert proof.text() == vectors["tlog_proof_index5"]


def test_tile_paths_and_the_tiles_of_70000_leaves(vectors):
    for index, path in vectors["tile_paths"].items():
        assert tile_path(0, int(index)) == f"tile/0/{path}"
    tiles = tiles_for(70000)
    assert sum(tile.level == 0 and tile.is_full for tile in tiles) == 273
    assert {(tile.level, tile.width) for tile in tiles} == {
        (0, 256),
        *(tuple(pair) for pair in vectors["tiles_for_70000"]),
    }
    assert Tile(0, 273, 112) in tiles


def test_the_entry_bundle(vectors):
    entries = [bytes.fromhex(entry) for entry in vectors["entries_hex"]]
    bundle = bytes.fromhex(vectors["entry_bundle_hex"])
    assert encode_entries(entries) == bundle
    assert decode_entries(bundle) == entries
