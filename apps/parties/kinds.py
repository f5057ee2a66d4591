"""Proxy models share the table of organisations; their managers keep to one kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from apps.parties.models import Organisation


class OfKind(models.Manager["Organisation"]):
    """Finds organisations of one kind only, and makes what it creates one of them."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> models.QuerySet[Organisation]:
        return super().get_queryset().filter(kind=self.kind)

    def create(self, **fields: Any) -> Organisation:
        return super().create(**fields | {"kind": self.kind})
