"""Who may do what, on one screen.

A permission is asked of a person and one of their memberships: `may(membership, "custody.ship")`,
or `user.has_perm("custody.ship", membership)`. Whether a package lets itself be acted on is another
question; the rules of custody answer it.
"""

from __future__ import annotations

from typing import Any

import rules
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.parties.models import ApiToken, Membership, Organisation, User

ADMIN, OPERATOR, VIEWER = Membership.Role.ADMIN, Membership.Role.OPERATOR, Membership.Role.VIEWER
MAKER, DISTRIBUTOR = Organisation.Kind.MANUFACTURER, Organisation.Kind.DISTRIBUTOR
PHARMACY, REGULATOR = Organisation.Kind.PHARMACY, Organisation.Kind.REGULATOR


def _role(*roles: str) -> rules.Predicate:
    def has_role(user: User, membership: Membership | None) -> bool:
        return (
            membership is not None
            and user.is_active
            and membership.user_id == user.pk
            and membership.ended_at is None
            and membership.role in roles
        )

    return rules.predicate(has_role, name="role:" + "|".join(roles))


def _kind(*kinds: str) -> rules.Predicate:
    def is_kind(user: User, membership: Membership | None) -> bool:
        return membership is not None and membership.organisation.kind in kinds

    return rules.predicate(is_kind, name="kind:" + "|".join(kinds))


view = _role(ADMIN, OPERATOR, VIEWER)
operate = _role(ADMIN, OPERATOR)
administer = _role(ADMIN)
makes = _kind(MAKER)
dispenses = _kind(PHARMACY)
regulates = _kind(REGULATOR)
trades = _kind(MAKER, DISTRIBUTOR, PHARMACY)

PERMISSIONS = {
    "view": view,
    "operate": operate,
    "administer": administer,
    "parties.add_member": administer,
    "parties.rotate_key": administer,
    "parties.revoke_key": administer,
    "parties.report_any_stolen_key": administer & regulates,
    "parties.issue_token": administer,
    "parties.suspend_licence": administer & regulates,
    "parties.decide_licence": administer & regulates,
    "parties.invite_organisation": administer & regulates,
    "parties.see_registry_deeds": administer & regulates,
    "parties.see_platform": administer & regulates,
    "catalog.register_product": operate & makes,
    "catalog.register_batch": operate & makes,
    "catalog.recall_batch": operate & (makes | regulates),
    "custody.commission": operate & makes,
    "custody.pack": operate & trades,
    "custody.ship": operate & trades,
    "custody.receive": operate & trades,
    "custody.dispense": operate & dispenses,
    "custody.inspect": operate & (trades | regulates),
    "oversight.see_all": view & regulates,
}
for _name, _predicate in PERMISSIONS.items():
    rules.set_perm(_name, _predicate)


def may(membership: Membership | None, permission: str) -> bool:
    """True when the person of `membership` may do `permission` there. KeyError when it is unknown."""
    predicate = PERMISSIONS[permission]
    return membership is not None and bool(predicate.test(membership.user, membership))


class _Permission(BasePermission):
    message = "You may not do this."


def HasScope(scope: str) -> type[BasePermission]:
    """REST: a token needs `scope`; a person who is signed in needs a membership.

    `permission_classes = [HasScope("capture")]`. Raises ValueError for a scope that is not one.
    """
    wanted = ApiToken.Scope(scope)

    class ScopePermission(_Permission):
        message = f"This token is not for {wanted}."

        def has_permission(self, request: Request, view: Any) -> bool:
            if isinstance(request.auth, ApiToken):
                return wanted in request.auth.scopes
            return getattr(request, "membership", None) is not None

    return ScopePermission


def May(permission: str) -> type[BasePermission]:
    """REST: the current membership needs `permission`, one of PERMISSIONS."""
    if permission not in PERMISSIONS:
        raise ValueError(f"there is no permission {permission!r}")

    class MayPermission(_Permission):
        def has_permission(self, request: Request, view: Any) -> bool:
            return may(getattr(request, "membership", None), permission)

    return MayPermission
