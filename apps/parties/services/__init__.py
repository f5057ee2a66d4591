"""What can be done to the registry, one verb per file."""

from __future__ import annotations

from apps.parties.services.add_member import add_member
from apps.parties.services.add_site import add_site
from apps.parties.services.calibrate_scanner import calibrate_scanner
from apps.parties.services.change_organisation import change_organisation
from apps.parties.services.change_site import change_site
from apps.parties.services.end_representation import end_representation
from apps.parties.services.grant_licence import grant_licence
from apps.parties.services.issue_token import issue_token
from apps.parties.services.register_organisation import register_organisation
from apps.parties.services.register_scanner import register_scanner
from apps.parties.services.reinstate_licence import reinstate_licence
from apps.parties.services.report_stolen_key import report_stolen_key
from apps.parties.services.represent import represent
from apps.parties.services.retire_scanner import retire_scanner
from apps.parties.services.revoke_key import revoke_key
from apps.parties.services.revoke_licence import revoke_licence
from apps.parties.services.revoke_token import revoke_token
from apps.parties.services.rotate_key import rotate_key
from apps.parties.services.suspend_licence import suspend_licence

__all__ = [
    "add_member",
    "add_site",
    "calibrate_scanner",
    "change_organisation",
    "change_site",
    "end_representation",
    "grant_licence",
    "issue_token",
    "register_organisation",
    "register_scanner",
    "reinstate_licence",
    "report_stolen_key",
    "represent",
    "retire_scanner",
    "revoke_key",
    "revoke_licence",
    "revoke_token",
    "rotate_key",
    "suspend_licence",
]
