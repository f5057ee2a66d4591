"""Statements and the log. Knows bytes, not packages.

Append-only, by trigger and by role: Statement, StatementSecret, Erasure, LogKeyChange, Shard, Entry, Tile, Checkpoint. (Erasing
changes the first two, once, where a row of the third says so.) Pending is a queue;
Head is one row that only grows.

Entries and checkpoints are numbered over all shards of the log. `first` is the number of a shard's own entry 0; what is
public is counted from there.
"""

from __future__ import annotations

from django.db import models

from apps.ledger.witness_models import (
    AskedWitness,
    Cosignature,
    Publication,
    WitnessAlarm,
    WitnessedLog,
    WitnessedLogKey,
)
from apps.parties.models import RegistryChange, SigningKey

__all__ = [
    "AskedWitness", "Checkpoint", "Cosignature", "Entry", "Head", "Pending", "Publication",
    "RegistryStatement", "Shard", "Statement", "StatementSecret", "Tile", "WitnessAlarm", "WitnessedLog",
    "WitnessedLogKey",
]  # fmt: skip


class Statement(models.Model):
    """What an organisation signed (DESIGN §4). `leaves` are the fact leaf hashes, in order."""

    id = models.BigAutoField(primary_key=True)
    type = models.PositiveSmallIntegerField()  # evidence.EntryType
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, db_constraint=False)
    subject = models.CharField(max_length=120)  # `sub`: the event hash ID, or registry:<change id>
    cose = models.BinaryField()
    facts = models.BinaryField()  # CBOR [[name, value], …]: the facts before the package facts
    leaves = models.BinaryField()  # 32 bytes each, all facts
    commitment = models.BinaryField(max_length=32, unique=True)
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"statement {self.id} of {self.subject}"


class StatementSecret(models.Model):
    """The 32 bytes that salt a statement's facts. Apart, because erasure deletes them alone."""

    statement = models.OneToOneField(
        Statement,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
    )
    secret = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"secret of statement {self.statement_id}"


class Erasure(models.Model):
    """A statement of which only hashes are left. `record` is the registry statement that says so in the log."""

    statement = models.OneToOneField(
        Statement,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        related_name="erasure",
        db_constraint=False,
    )
    digest = models.BinaryField(max_length=32)  # salted digest of the signed statement
    record = models.OneToOneField(
        Statement, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    fact_count = models.PositiveSmallIntegerField()  # leaves before those of the package facts
    ground = models.CharField(max_length=200)
    by = models.CharField(max_length=120)
    erased_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"statement {self.statement_id}, erased"


class RegistryStatement(models.Model):
    """Which statement tells which registry change."""

    change = models.OneToOneField(RegistryChange, primary_key=True, on_delete=models.PROTECT)
    statement = models.OneToOneField(Statement, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return f"statement {self.statement_id} of registry change {self.change_id}"


class LogKeyChange(models.Model):
    """Which statements name a next key of the log itself. What they say is in their facts."""

    statement = models.OneToOneField(
        Statement,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
    )

    def __str__(self) -> str:
        return f"statement {self.statement_id}, which names a key of the log"


class Pending(models.Model):
    """Waiting to be sealed, in order of statement id. The sealer takes rows out."""

    statement = models.OneToOneField(
        Statement,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        related_name="pending",
        db_constraint=False,
    )
    entry = models.BinaryField(max_length=34)

    def __str__(self) -> str:
        return f"statement {self.statement_id}, waiting"


class Shard(models.Model):
    """A tree of its own, with an origin of its own, that goes on where the one before ended. The one with the largest
    number is the running one; every other ended with the checkpoint at which the next one begins."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    name = models.PositiveIntegerField(unique=True)  # in addresses: its year, or its number
    origin = models.CharField(max_length=200, unique=True)
    first = models.BigIntegerField(unique=True)
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number=0, first=0) | models.Q(number__gt=0, first__gt=0),
                name="the_first_shard_begins_at_0",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin}, from entry {self.first}"


class Entry(models.Model):
    index = models.BigIntegerField(primary_key=True)
    data = models.BinaryField(max_length=34)
    leaf = models.BinaryField(max_length=32)
    statement = models.OneToOneField(
        Statement, on_delete=models.DO_NOTHING, related_name="entry", db_constraint=False
    )

    def __str__(self) -> str:
        return f"entry {self.index}"


class Tile(models.Model):
    """A full tile: 256 hashes. Partial tiles are cut from entries and from roots of full tiles."""

    pk = models.CompositePrimaryKey("first", "level", "index")
    first = models.BigIntegerField(
        default=0
    )  # of its shard; `index` counts the tiles of that shard
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    data = models.BinaryField(max_length=8192)
    root = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"tile {self.level}/{self.index}"


class Head(models.Model):
    """The one row that says how far the log goes; a trigger lets it only grow."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    origin = models.CharField(max_length=200)  # of the running shard
    first = models.BigIntegerField(default=0)
    size = models.BigIntegerField()
    range = models.BinaryField()  # tlog.CompactRange: hashes of the perfect subtrees
    root = models.BinaryField(max_length=32)
    advanced_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="head_is_one_row"),
        ]

    def __str__(self) -> str:
        return f"{self.origin}: {self.size} entries"


class Freeze(models.Model):
    """The end of this log: one row, never taken back. What was published stays and is served for ever."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField()  # of the final checkpoint
    reason = models.CharField(max_length=300)
    frozen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="a_log_ends_once"),
        ]

    def __str__(self) -> str:
        return f"ended at {self.size} entries: {self.reason}"


class AuditRun(models.Model):
    """An audit that came to its end. The next one goes on at `size` of the newest without findings."""

    id = models.BigAutoField(primary_key=True)
    first = models.BigIntegerField()  # entry it began with; 0: everything was looked at
    size = models.BigIntegerField()  # entries of the log when it began
    tiles = models.BinaryField()  # tlog.CompactRange over the roots of the full tiles it found
    found = models.PositiveIntegerField()  # how many findings
    findings = models.JSONField(default=list)  # the first of them: check, place, sentence
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"audit of entries {self.first} to {self.size}: {self.found} findings"

    @property
    def all_is_well(self) -> bool:
        return self.found == 0


class Checkpoint(models.Model):
    """A signed tree head. Written once, after the size it speaks of was committed. Readers see it when it
    has a Publication: when enough witnesses have cosigned it."""

    size = models.BigIntegerField(primary_key=True)
    first = models.BigIntegerField(default=0)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    root_signature = models.BinaryField(max_length=64, null=True)  # for COSE receipts (RFC 9942)
    signed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["root"], name="checkpoint_by_root"),
            models.Index(fields=["first", "size"], name="checkpoint_by_shard"),
        ]

    @property
    def tree_size(self) -> int:
        """The size in the note: entries of its shard."""
        return self.size - self.first

    def __str__(self) -> str:
        return f"checkpoint of {self.size} entries"
