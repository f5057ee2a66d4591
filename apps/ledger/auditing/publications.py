"""Every publication: the checkpoint that was signed, and below it cosignatures that hold and are stored."""

from __future__ import annotations

from collections.abc import Iterator

from apps.ledger.auditing.streams import stream
from apps.ledger.audits import Finding, register
from apps.ledger.witnessing.alarms import open_alarms
from apps.ledger.witnessing.policy_file import PolicyFault, witness_policy
from pharmatrace.kernel.tlog.note import NoteError, NoteVerifier, split_note

Keys = dict[tuple[str, bytes], NoteVerifier]


@register("publications")
def publications_are_cosigned() -> Iterator[Finding]:
    """What readers saw is what the log signed; cosignatures of the policy's keys are verified, those of keys that
    are in no policy any more are compared with the row alone."""
    keys = _keys()
    rows = stream(
        "SELECT p.checkpoint_id, p.note, c.note,"
        " ARRAY(SELECT line FROM ledger_cosignature k WHERE k.checkpoint_id = p.checkpoint_id)"
        " FROM ledger_publication p LEFT JOIN ledger_checkpoint c ON c.size = p.checkpoint_id"
        " ORDER BY p.checkpoint_id",
        [],
        chunk=1_000,
    )
    for size, note, signed, lines in rows:
        place = f"publication {size}"
        if signed is None:
            yield Finding(place, "It is of a checkpoint that is not there any more.")
        elif not note.startswith(signed):
            yield Finding(place, "It is not the checkpoint that the log signed.")
        else:
            added = note.removeprefix(signed).splitlines(keepends=True)
            for line in added:
                if line not in lines:
                    yield Finding(place, f"A line of it is stored nowhere else: {line[:60]!r}.")
            yield from _wrong_lines(f"checkpoint {size}", signed + "".join(lines), keys)


@register("witness alarms")
def no_witness_contradicts() -> Iterator[Finding]:
    """What a witness has raised and no person has settled: somebody was shown another history."""
    for alarm in open_alarms():
        yield Finding(f"witness alarm {alarm.pk}", alarm.sentence)


def _wrong_lines(place: str, note: str, keys: Keys) -> Iterator[Finding]:
    try:
        text, signatures = split_note(note)
    except NoteError as fault:
        yield Finding(place, f"Its cosignatures cannot be read: {fault}.")
        return
    for one in signatures:
        key = keys.get((one.name, one.key_id))
        if key is not None and not key.verify(text, one.signature):
            yield Finding(place, f"The cosignature of {one.name} is wrong.")


def _keys() -> Keys:
    try:
        return {(w.key.name, w.key.key_id): w.key for w in witness_policy().witnesses}
    except PolicyFault:
        return {}
