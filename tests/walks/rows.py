"""What a row of the table says: who may open an address, and how each visitor is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ALL = "mdpr"
ROLES = ("admin", "operator", "viewer")
LOGIN = 302


@dataclass(frozen=True, slots=True)
class Row:
    """`may` open it with one of `roles`, and are answered `yes`; others of an organisation `no`; who is signed in and
    belongs nowhere `nobody`; who is not signed in `stranger`. `but` says otherwise for single kinds."""

    may: str = ALL
    roles: tuple[str, ...] = ROLES
    yes: int = 200
    no: int = 403
    nobody: int = 403
    stranger: int = LOGIN
    but: Mapping[str, int] = field(default_factory=dict)

    @property
    def same_for_all(self) -> bool:
        return self.may == ALL and self.yes == self.nobody == self.stranger and not self.but

    def expected(self, kind: str, role: str) -> int:
        """What a visitor is answered; `kind` is a letter, or "nobody", or "stranger"."""
        if kind == "nobody":
            return self.nobody
        if kind == "stranger":
            return self.stranger
        if kind not in self.may or role not in self.roles:
            return self.no
        return self.but.get(kind, self.yes)


def for_everybody(status: int = 200) -> Row:
    return Row(yes=status, nobody=status, stranger=status)
