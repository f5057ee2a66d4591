"""Verbs of serial lists. Each is safe to be sent twice."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from apps.catalog.models import Batch
from apps.custody.serials import Recipe
from apps.custody.services.commission import start_commission
from apps.exchange.serials.models import SerialList
from apps.exchange.serials.room import room_of
from apps.jobs.models import WAITING, Job
from apps.jobs.services import cancel, enqueue
from apps.parties.actor import Actor
from apps.parties.models import User
from pharmatrace.kernel.refusal import Refused

READ = "read_serials"
KEEP = timedelta(days=30)
MOST_BYTES = 32 * 1024 * 1024
State = SerialList.State


@transaction.atomic
def generate_list(
    *, actor: Actor, user: User, batch: Batch, count: int, recipe: Recipe, at: datetime
) -> SerialList:
    """A list of `count` numbers to be made here. The same form (same `at`) sent again is the same list;
    filled in otherwise it is another.

    Raises `Refused`: `not_operator`, `not_manufacturer`, `count_impossible`, `serials_guessable`, `serial_length`.
    """
    _may(actor, batch)
    room = room_of(batch)
    if not 0 < count <= room:
        raise Refused.one(
            "count_impossible", f"Between 1 and {room:,} packs have no serial yet.", field="count"
        )
    recipe.checked(count)
    made, _ = SerialList.objects.get_or_create(
        batch=batch,
        owner=user,
        created_at=at,
        fingerprint=_fingerprint(count, recipe),
        defaults={
            "state": State.READY,
            "alphabet": recipe.alphabet,
            "length": recipe.length,
            "secret": secrets.token_bytes(32),
            "rows": count,
            "good": count,
        },
    )
    return made


@transaction.atomic
def upload_list(
    *, actor: Actor, user: User, batch: Batch, name: str, content: bytes, at: datetime
) -> SerialList:
    """A list from a file, which is read in the background. The same form (same `at`) sent again is the same list;
    filled in otherwise it is another.

    Raises `Refused`: `not_operator`, `not_manufacturer`, `file_empty`, `file_too_large`.
    """
    _may(actor, batch)
    if not content:
        raise Refused.one("file_empty", "The file is empty.", field="file")
    if len(content) > MOST_BYTES:
        raise Refused.one("file_too_large", "The file is larger than 32 MB.", field="file")
    made, is_new = SerialList.objects.get_or_create(
        batch=batch,
        owner=user,
        created_at=at,
        fingerprint=_fingerprint(name, content),
        defaults={"state": State.READING, "file_name": _shown(name)},
    )
    if is_new:
        made.job_id = enqueue(
            kind=READ,
            title=f"Read {made.file_name} for lot {batch.lot}",
            owner_id=user.pk,
            organisation_id=actor.organisation_id,
            parameters={"list": str(made.pk), "batch": str(batch.pk)},
            total=1,
            at=at,
            content=content,
        ).pk
        made.save(update_fields=["job_id"])
    return made


@transaction.atomic
def start_list(*, actor: Actor, user: User, serials: SerialList, at: datetime) -> Job:
    """Commissions the list's right rows; of a list that was started already, its job.

    Raises `Refused`: `list_not_ready`, `count_impossible`, and as `start_commission`.
    """
    held = (
        SerialList.objects.select_for_update(of=("self",))
        .select_related("batch__product")
        .get(pk=serials.pk)
    )
    if held.state == State.STARTED and held.job_id:
        return Job.objects.get(pk=held.job_id)
    if held.state != State.READY or not held.good:
        raise Refused.one("list_not_ready", "There is nothing to start here (any more).")
    Batch.objects.select_for_update(no_key=True).get(pk=held.batch_id)  # two lists take turns
    if held.good > (room := room_of(held.batch)):
        raise Refused.one(
            "count_impossible", f"Only {room:,} packs of this batch have no serial yet."
        )
    how = (
        {
            "count": held.good,
            "recipe": Recipe(held.alphabet, held.length),
            "secret": bytes(held.secret),
        }
        if held.is_generated
        else {"serials": bytes(held.serials).decode().split("\n")}
    )
    job = start_commission(actor=actor, user=user, batch=held.batch, at=at, **how)
    held.state, held.job_id, held.serials, held.secret = State.STARTED, job.pk, b"", b""
    held.save(update_fields=["state", "job_id", "serials", "secret"])
    return job


@transaction.atomic
def discard_list(*, serials: SerialList, at: datetime) -> None:
    """Thrown away, and its reading stopped. One that was started stays; a second time changes nothing."""
    held = SerialList.objects.select_for_update().get(pk=serials.pk)
    if held.state == State.STARTED:
        raise Refused.one("list_started", "These packs are being commissioned already.")
    if held.state == State.READING and held.job_id:
        job = Job.objects.get(pk=held.job_id)
        if job.state in WAITING:
            cancel(job=job, at=at)
    held.state, held.serials, held.secret, held.problems = State.DISCARDED, b"", b"", []
    held.save(update_fields=["state", "serials", "secret", "problems"])


@transaction.atomic
def sweep_lists(*, at: datetime) -> int:
    """Drops lists older than a month; what was commissioned from them is in the record. Returns how many."""
    deleted, _ = SerialList.objects.filter(created_at__lt=at - KEEP).delete()
    return deleted


def _may(actor: Actor, batch: Batch) -> None:
    if not actor.may_operate:
        raise Refused.one("not_operator", "Your role lets you look, not record.")
    if batch.product.manufacturer_id != actor.organisation_id:
        raise Refused.one("not_manufacturer", "This batch belongs to another manufacturer.")


def _fingerprint(*asked: object) -> str:
    return hashlib.sha256(repr(asked).encode("utf-8", "replace")).hexdigest()


def _shown(name: str) -> str:
    kept = "".join(letter for letter in name if letter.isprintable())[-200:].strip()
    return kept or "file"
