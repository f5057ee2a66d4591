"""seal: the queue goes into the tree, in order, and a checkpoint says so."""

from __future__ import annotations

import pytest

from apps.ledger.hashes import hash_reader, with_hashes
from apps.ledger.models import Checkpoint, Entry, Head, Pending, Tile
from apps.ledger.selectors import consistency, entries_of, inclusion, inclusions
from apps.ledger.services import open_log, seal
from apps.ledger.services.append import _next_ids
from pharmatrace.kernel.tlog.proofs import check_consistency, check_inclusion, range_root
from pharmatrace.kernel.tlog.tree import leaf_hash, root_of
from tests.ledger.statements import NOON, append_some

pytestmark = pytest.mark.django_db


def leaves() -> list[bytes]:
    return [bytes(leaf) for leaf in Entry.objects.order_by("index").values_list("leaf", flat=True)]


def test_entries_stand_in_the_order_of_statements() -> None:
    ids = append_some(10)
    checkpoint = seal(at=NOON)
    assert checkpoint is not None and checkpoint.size == 11
    sealed = list(Entry.objects.order_by("index").values_list("index", "statement_id"))
    assert sealed[1:] == [(n + 1, id) for n, id in enumerate(ids)]
    assert not Pending.objects.exists()


@pytest.mark.parametrize("cuts", [(1, 254, 1, 300), (255,), (256,), (511, 1), (700, 5, 70)])
def test_the_tree_is_the_same_however_it_was_cut(cuts: tuple[int, ...]) -> None:
    open_log(at=NOON)
    for number, count in enumerate(cuts):
        append_some(count, start=number * 1000)
        seal(at=NOON)
    head, found = Head.objects.get(), leaves()
    assert head.size == len(found) == 1 + sum(cuts)
    assert bytes(head.root) == root_of(found)
    for entry in Entry.objects.all():
        assert bytes(entry.leaf) == leaf_hash(bytes(entry.data))
    for tile in Tile.objects.filter(level=0):
        hashes = found[tile.index * 256 : tile.index * 256 + 256]
        assert (bytes(tile.data), bytes(tile.root)) == (b"".join(hashes), root_of(hashes))
    assert Tile.objects.filter(level=0).count() == head.size // 256
    for size in Checkpoint.objects.values_list("size", flat=True):
        assert bytes(Checkpoint.objects.get(size=size).root) == root_of(found[:size])


def test_a_limit_leaves_the_rest_in_the_queue() -> None:
    append_some(10)
    assert getattr(seal(at=NOON, limit=4), "size") == 5  # noqa: B009
    assert Pending.objects.count() == 6
    assert getattr(seal(at=NOON, limit=4), "size") == 9  # noqa: B009


def test_sealing_with_nothing_to_do_publishes_nothing() -> None:
    append_some(3)
    assert seal(at=NOON) is not None
    assert seal(at=NOON) is None
    assert Checkpoint.objects.count() == 2


def test_statement_ids_that_commit_out_of_order_leave_no_gap_and_nobody_behind() -> None:
    """A transaction may draw its ids first and commit last: it is sealed later, not forgotten."""
    append_some(1)
    early = _next_ids(1)[0]  # drawn by a transaction that is still open
    late = append_some(2, start=10)
    seal(at=NOON)
    from apps.ledger.copying import copy_rows

    copy_rows("ledger_pending", ("statement_id", "entry"), [(early, b"\x01\x01" + b"e" * 32)])
    seal(at=NOON)
    order = list(Entry.objects.order_by("index").values_list("statement_id", flat=True))
    assert order[-1] == early and order[-3:-1] == list(late)
    assert list(Entry.objects.order_by("index").values_list("index", flat=True)) == list(range(5))


def test_proofs_lead_to_the_published_roots() -> None:
    append_some(600)
    seal(at=NOON)
    old = Head.objects.get()
    append_some(40, start=1000)
    seal(at=NOON)
    new, found = Head.objects.get(), leaves()
    for index in (0, 1, 255, 256, 511, 512, 600, 640):
        check_inclusion(
            root=bytes(new.root), size=new.size, index=index, leaf=found[index],
            path=inclusion(index, new.size),
        )  # fmt: skip
    check_consistency(
        old_root=bytes(old.root), old_size=old.size, new_root=bytes(new.root), new_size=new.size,
        path=consistency(old.size, new.size),
    )  # fmt: skip
    assert range_root(hash_reader(300), 0, 300) == root_of(found[:300])
    with pytest.raises(LookupError):
        with_hashes(5000, lambda read: range_root(read, 0, 5000))


def test_many_proofs_cost_two_queries(django_assert_max_num_queries: object) -> None:
    append_some(600)
    seal(at=NOON)
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        inclusions(list(range(0, 601, 7)), 601)


def test_states_of_statements() -> None:
    sealed = append_some(2)
    seal(at=NOON)
    waiting = append_some(1, start=50)
    states = entries_of([*sealed, *waiting])
    assert [states[id].index for id in sealed] == [1, 2]
    assert states[sealed[0]].sealed_at == NOON and states[sealed[0]].size == 3
    assert states[waiting[0]].index is None and states[waiting[0]].sealed_at is None
