"""What is remembered of each witness: rows, each change a short transaction of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from apps.ledger.models import AskedWitness, Checkpoint, Cosignature
from apps.ledger.witnessing.policy_file import Asked
from pharmatrace.kernel.tlog.cosignature import cosigned_at
from pharmatrace.kernel.tlog.note import NoteSignature

LONGEST_PAUSE = 300.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A witness that this process, and no other, asks now; `size` is where it is, as far as we know."""

    asked: Asked
    size: int


def claim(
    witnesses: Sequence[Asked], checkpoint: Checkpoint, *, at: datetime, everyone: bool
) -> list[Claim]:
    """Those that have not cosigned the checkpoint and whose pause is over; `everyone` asks the others too.

    A claim ends by itself: who asks and crashes keeps nobody else from asking later.
    """
    known = _cosigned_keys(checkpoint)
    wanted = {
        one.url: one
        for one in witnesses
        if everyone or not any((key.name, key.key_id) in known for key in one.keys)
    }
    if not wanted:
        return []
    until = at + timedelta(seconds=4 * settings.WITNESS_SECONDS)
    AskedWitness.objects.bulk_create(
        [AskedWitness(url=url, ask_again_at=at) for url in sorted(wanted)], ignore_conflicts=True
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_askedwitness SET ask_again_at = %s"
            " WHERE url = ANY(%s) AND (ask_again_at <= %s OR %s) RETURNING url, size",
            [until, list(wanted), at, everyone],
        )
        return [Claim(wanted[url], size) for url, size in cursor.fetchall()]


def record_cosignatures(
    asked: Asked, checkpoint: Checkpoint, signatures: Collection[NoteSignature], *, at: datetime
) -> None:
    """The lines, and that the witness is at this checkpoint, in one transaction."""
    with transaction.atomic():
        Cosignature.objects.bulk_create(
            [
                Cosignature(
                    checkpoint_id=checkpoint.size,
                    witness=one.name,
                    key_id=one.key_id,
                    line=one.line,
                    cosigned_at=datetime.fromtimestamp(cosigned_at(one), UTC),
                )
                for one in signatures
            ],
            ignore_conflicts=True,
        )
        AskedWitness.objects.filter(url=asked.url).update(
            size=Greatest(F("size"), checkpoint.size),
            ask_again_at=at,
            answered_at=at,
            failures=0,
            problem="",
        )


def record_size(asked: Asked, size: int, *, at: datetime) -> None:
    """The witness is somewhere else than we remembered, and that is no wonder."""
    AskedWitness.objects.filter(url=asked.url).update(size=size, ask_again_at=at)


def release(asked: Asked, *, at: datetime) -> None:
    """Gives a claim back: the witness was not asked after all."""
    AskedWitness.objects.filter(url=asked.url).update(ask_again_at=at)


def record_failure(asked: Asked, problem: str, *, at: datetime) -> None:
    """The pause doubles with every failure in a row."""
    row = AskedWitness.objects.get(url=asked.url)
    pause = min(2.0 ** min(row.failures + 1, 20), LONGEST_PAUSE)
    AskedWitness.objects.filter(url=asked.url).update(
        failures=row.failures + 1, problem=problem, ask_again_at=at + timedelta(seconds=pause)
    )


def lines_below(checkpoint: Checkpoint, keys: Collection[tuple[str, bytes]]) -> str:
    """The stored cosignatures of these keys, in the order of names: what is put below the checkpoint."""
    rows = Cosignature.objects.filter(checkpoint=checkpoint.size).order_by("witness", "id")
    return "".join(row.line for row in rows if (row.witness, bytes(row.key_id)) in keys)


def _cosigned_keys(checkpoint: Checkpoint) -> set[tuple[str, bytes]]:
    rows = Cosignature.objects.filter(checkpoint=checkpoint.size).values_list("witness", "key_id")
    return {(witness, bytes(key_id)) for witness, key_id in rows}
