"""Checks of the log through all its shards: each one's key and checkpoint, and the chain of final checkpoints.

The genesis of a shard commits to origin, size and root of the final checkpoint of the one before. So whoever trusts the
newest tree has every older one, and what was registered there counts here.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pharmatrace.kernel.evidence.authority_checks import check_genesis, check_log_keys
from pharmatrace.kernel.evidence.findings import Findings
from pharmatrace.kernel.evidence.log_checks import check_checkpoint, check_log_key, named_in
from pharmatrace.kernel.evidence.registry_entries import expect
from pharmatrace.kernel.evidence.shown import Bundle
from pharmatrace.kernel.evidence.statement import StatementError
from pharmatrace.kernel.evidence.trees import Tree, Trees, first_of
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import NoteError, Verifier
from pharmatrace.kernel.tlog.policy import Policy
from pharmatrace.kernel.tlog.verifier_keys import WitnessKey

Keys = tuple[LogKeys | None, ...]
"""Of each shard, oldest first."""


def check_heads(
    bundle: Bundle,
    pinned: Sequence[Verifier],
    findings: Findings,
    *,
    witnesses: Sequence[WitnessKey] = (),
    policy: Policy | None = None,
) -> tuple[Keys, Trees]:
    """Every shard's key and signed tree. What the reader asks of witnesses is asked of the newest: the older trees
    hang on it."""
    keys, trees, led_to = [], [], is_led_to(bundle, pinned)
    for below, part in bundle.parts:
        told = findings.below(below)
        log = check_log_key(part, pinned, told, led_to=led_to)
        if part is bundle:
            found = check_checkpoint(bundle, log, told, pinned=witnesses, policy=policy)
        else:
            found = check_checkpoint(part, log, told)
        keys.append(log)
        trees.append(Tree(first_of(part.genesis), found))
    return tuple(keys), Trees(tuple(trees))


def is_led_to(bundle: Bundle, pinned: Sequence[Verifier]) -> bool:
    """Whether a pinned key of one shard leads to all of them: each begins with the key that the one before ended
    with, under a name of its own. Nothing is found here: that the trees hang together is `check_chain`'s."""
    if not bundle.shards or not pinned:
        return False
    try:
        keys = [
            named_in(part, Verifier.parse(part.log.vkey), Findings()) for _, part in bundle.parts
        ]
        first = [Verifier.parse(str(part.genesis.fact("log_key"))) for _, part in bundle.parts]
    except NoteError:
        return False
    linked = all(
        new.public == old.newest.public for old, new in zip(keys[:-1], first[1:], strict=True)
    )
    return linked and any(one in pinned for log in keys for one in log.all)


def check_chain(bundle: Bundle, keys: Keys, trees: Trees, findings: Findings) -> bytes | None:
    """The registrar's public key, when the genesis of each shard names it for this very log, and each goes on where
    the one before ended."""
    registrars = []
    for (below, part), log, tree in zip(bundle.parts, keys, trees.all, strict=True):
        told = findings.below(below)
        registrar = check_genesis(part, log, tree, told)
        check_log_keys(part, registrar, tree, told)
        registrars.append(registrar)
    good = True
    for at, (old, new) in enumerate(pairwise(bundle.parts)):
        place = f"{new[0]}/genesis"
        tree = trees.all[at]
        if tree.checkpoint is None or registrars[at] is None or registrars[at + 1] is None:
            findings.not_checked(
                "predecessor", place, "what this shard goes on from is not known to be signed"
            )
            good = False
            continue
        try:
            _check_link(bundle, at, tree, keys, registrars)
        except StatementError as fault:
            findings.fails("predecessor", place, str(fault))
            good = False
            continue
        findings.holds(
            "predecessor",
            place,
            f"it goes on where {old[1].log.origin} ended, at {tree.checkpoint.size} entries",
        )
    return registrars[-1] if good else None


def _check_link(
    bundle: Bundle, at: int, tree: Tree, keys: Keys, registrars: Sequence[bytes | None]
) -> None:
    """Shard `at + 1` goes on from shard `at`. Raises StatementError."""
    old, genesis = bundle.parts[at][1], bundle.parts[at + 1][1].genesis
    final, ended, begun = tree.checkpoint, keys[at], keys[at + 1]
    assert final is not None
    expect(genesis, "predecessor", old.log.origin)
    expect(genesis, "predecessor_size", final.size)
    expect(genesis, "predecessor_root", final.root)
    expect(genesis, "first", tree.first + final.size)
    if registrars[at] != registrars[at + 1]:
        raise StatementError("the shard before has another registrar")
    if ended is None or begun is None or ended.newest.public != begun.first.public:
        raise StatementError("it does not begin with the key that the shard before ended with")
