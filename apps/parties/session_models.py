"""The sessions of browsers, with whose they are, so that people can see and end their sign-ins."""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class BrowserSession(AbstractBaseSession):
    """Django's row, and beside its content what a list of sign-ins shows. No row says what was looked at."""

    user = models.ForeignKey(
        "parties.User", null=True, on_delete=models.CASCADE, related_name="sessions"
    )
    device = models.CharField(max_length=200, blank=True)  # User-Agent
    address = models.GenericIPAddressField(null=True)
    signed_in_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)  # to within ten minutes

    class Meta:
        ordering = ["-signed_in_at"]
        indexes = [models.Index(fields=["user", "-signed_in_at"], name="session_of_person")]

    @classmethod
    def get_session_store_class(cls) -> type:
        from apps.parties.sessions import SessionStore

        return SessionStore
