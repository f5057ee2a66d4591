"""How people are created and found. A person's name for signing in is their e-mail address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import BaseUserManager

if TYPE_CHECKING:
    from apps.parties.models import User


def address(email: str) -> str:
    """`email` as we store it: all lower case, so that one person is one row."""
    return email.strip().lower()


class PeopleManager(BaseUserManager["User"]):
    """`User.objects`: looks addresses up without regard to case."""

    def create_user(self, email: str, name: str, password: str | None = None, **extra: Any) -> User:
        """A new person. Without `password` nobody can sign in as them."""
        if not email.strip():
            raise ValueError("a user needs an e-mail address")
        user = self.model(email=address(email), name=name.strip(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, name: str, password: str | None = None, **extra: Any
    ) -> User:
        """A person who may do everything in the Django admin."""
        return self.create_user(email, name, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=address(username or ""))
