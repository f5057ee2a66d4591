"""The public log (C2SP tlog-tiles), below its prefix, and proofs from it."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import IntConverter

from apps.ledger import views, views_proofs


class Number(IntConverter):
    """A whole number in its one spelling, of a size that the database can hold."""

    regex = "0|[1-9][0-9]{0,17}"


register_converter(Number, "number")

app_name = "ledger"
shard_files: list[URLPattern | URLResolver] = [
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("checkpoint/<number:size>", views_proofs.checkpoint_of_size, name="checkpoint-of-size"),
    path("checkpoints/<path:rest>", views.checkpoints, name="checkpoints"),
    path("key", views.key, name="key"),
    path("keys", views.keys, name="keys"),
    path("log.json", views.description, name="description"),
    path("tile/<path:rest>", views.tile, name="tile"),
    path("proof/<number:index>", views_proofs.proof, name="proof"),
    path("consistency", views_proofs.consistency_proof, name="consistency"),
    path("receipt/consistency", views_proofs.growth_receipt, name="growth-receipt"),
    path("receipt/<number:index>", views_proofs.receipt, name="receipt"),
]
# The first shard at the addresses it always had, every later one below its name.
urlpatterns: list[URLPattern | URLResolver] = [
    *shard_files,
    path("<number:shard>/", include((shard_files, "shard"))),
]
