from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from pharmatrace.embedded.location import APPLICATION
from pharmatrace.grants import grant
from pharmatrace.ownership import as_owner


class Command(BaseCommand):
    help = "Give the application's role its rights; append-only tables stay append-only. Runs after every migrate."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--role", help="the role of web, worker and beat (default: that of DATABASE_URL)"
        )

    def handle(self, *, role: str | None = None, verbosity: int = 1, **options: Any) -> None:
        role = role or application_role()
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role]
            )
            us, exists = cursor.fetchone()
            if us == role or not exists:
                self.stderr.write(
                    f"The tables belong to {us}, and there is no separate role for the application."
                    " Create one and set DATABASE_OWNER_URL, so that web and worker cannot change the ledger."
                )
                return
            protected = grant(cursor, role=role)
        if verbosity:
            self.stdout.write(
                f"{role} may work; append-only for it: {', '.join(protected) or 'nothing'}"
            )


def application_role() -> str:
    """The role of DATABASE_URL; where that is the owner as well (tests, one-shot migrations), the usual name."""
    user = str(settings.DATABASES["default"].get("USER", ""))
    return user if settings.DATABASE_OWNER else APPLICATION
