"""Keys of one log: each signs its sizes, and only the key before names the next."""

from __future__ import annotations

import pytest

from pharmatrace.kernel.tlog.checkpoint import Checkpoint, CheckpointError, parse_checkpoint
from pharmatrace.kernel.tlog.log_keys import (
    DOMAIN,
    LogKeys,
    read_succession,
    sign_succession,
    split_succession,
)
from pharmatrace.kernel.tlog.note import NoteError, Signer, sign_note, split_note

ORIGIN = "log.example"
A, B, C = (Signer.from_seed(ORIGIN, bytes((n,)) * 32) for n in (1, 2, 3))
ROTATED = (
    LogKeys(A.verifier)
    .followed_by(4, sign_succession(A, B.verifier), origin=ORIGIN)
    .followed_by(9, sign_succession(B, C.verifier), origin=ORIGIN)
)


def test_entry_i_makes_the_next_key_sign_what_has_more_than_i_entries() -> None:
    signers = {size: ROTATED.at(size) for size in (0, 1, 4, 5, 9, 10, 99)}
    a, b, c = (one.verifier for one in (A, B, C))
    assert signers == {0: a, 1: a, 4: a, 5: b, 9: b, 10: c, 99: c}
    assert ROTATED.all == (a, b, c) and ROTATED.newest == c


def note(size: int, *signers: Signer, origin: str = ORIGIN) -> str:
    return sign_note(Checkpoint(origin, size, bytes(32)).text(), signers)


@pytest.mark.parametrize(("size", "by"), [(4, A), (5, B), (9, B), (10, C)])
def test_a_checkpoint_opens_with_the_key_of_its_size_and_no_other(size: int, by: Signer) -> None:
    assert ROTATED.open(note(size, by))[1].size == size
    for other in {A, B, C} - {by}:
        with pytest.raises(NoteError):
            ROTATED.open(note(size, other))
    assert ROTATED.open(note(size, *(one for one in (A, B, C) if one != by), by))[1].size == size


def test_a_checkpoint_of_another_origin_is_not_the_logs() -> None:
    stranger = Signer.from_seed(ORIGIN, b"x" * 32)
    with pytest.raises(CheckpointError, match="is of elsewhere"):
        ROTATED.open(note(10, C, origin="elsewhere"))
    with pytest.raises(NoteError):
        ROTATED.open(note(10, stranger), [stranger.verifier])  # somebody else's signature alone


@pytest.mark.parametrize("index", [0, 8, 9])
def test_keys_are_named_in_the_order_of_the_log(index: int) -> None:
    new = Signer.from_seed(ORIGIN, b"n" * 32).verifier
    with pytest.raises(NoteError, match="order of the log"):
        ROTATED.followed_by(index, sign_succession(C, new), origin=ORIGIN)


@pytest.mark.parametrize("again", [A, B])
def test_a_key_that_was_replaced_does_not_come_back(again: Signer) -> None:
    with pytest.raises(NoteError, match="come back"):
        ROTATED.followed_by(20, sign_succession(C, again.verifier), origin=ORIGIN)


@pytest.mark.parametrize(
    "made",
    [
        sign_succession(B, Signer.from_seed(ORIGIN, b"n" * 32).verifier),  # by the one before
        sign_succession(C, C.verifier),
        sign_succession(C, Signer.from_seed("elsewhere", b"n" * 32).verifier),
        sign_note(f"{DOMAIN}\nelsewhere\n{A.verifier.vkey()}\n", [C]),
        sign_note(f"{DOMAIN}\n{ORIGIN}\nno key\n", [C]),
        sign_note(f"{DOMAIN}\n{ORIGIN}\n{A.verifier.vkey()}\nmore\n", [C]),
        sign_note(f"other\n{ORIGIN}\n{A.verifier.vkey()}\n", [C]),
        note(30, C),
        "",
        "x" * 5_000,
    ],
)
def test_whatever_else_is_signed_names_nothing(made: str) -> None:
    with pytest.raises(NoteError):
        ROTATED.followed_by(20, made, origin=ORIGIN)


def test_a_succession_is_no_checkpoint_and_a_checkpoint_no_succession() -> None:
    made = sign_succession(A, B.verifier)
    assert read_succession(made, A.verifier, ORIGIN) == B.verifier
    with pytest.raises(CheckpointError):
        parse_checkpoint(split_note(made)[0])
    with pytest.raises(NoteError, match="names no key"):
        split_succession(note(4, A))
