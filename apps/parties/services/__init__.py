"""What can be done to the registry, one verb per file."""

from __future__ import annotations

from apps.parties.services.accept_invitation import accept_invitation, open_invitation
from apps.parties.services.add_member import add_member
from apps.parties.services.add_site import add_site
from apps.parties.services.apply_for_licence import apply_for_licence
from apps.parties.services.calibrate_scanner import calibrate_scanner
from apps.parties.services.change_member import change_member, end_member, take_back_member
from apps.parties.services.change_organisation import change_organisation
from apps.parties.services.change_site import change_site
from apps.parties.services.decide_application import decline_application, grant_application
from apps.parties.services.end_representation import end_representation
from apps.parties.services.end_session import end_session
from apps.parties.services.grant_licence import grant_licence
from apps.parties.services.invite import invite_organisation, invite_person
from apps.parties.services.issue_token import issue_token
from apps.parties.services.onboard_organisation import onboard_organisation
from apps.parties.services.register_organisation import register_organisation
from apps.parties.services.register_scanner import register_scanner
from apps.parties.services.reinstate_licence import reinstate_licence
from apps.parties.services.rename_scanner import rename_scanner
from apps.parties.services.report_stolen_key import report_stolen_key
from apps.parties.services.represent import represent
from apps.parties.services.reset_account import reset_account
from apps.parties.services.retire_scanner import retire_scanner
from apps.parties.services.revoke_invitation import revoke_invitation
from apps.parties.services.revoke_key import revoke_key
from apps.parties.services.revoke_licence import revoke_licence
from apps.parties.services.revoke_token import revoke_token
from apps.parties.services.rotate_key import rotate_key
from apps.parties.services.set_second_factor_rule import set_second_factor_rule
from apps.parties.services.suspend_licence import suspend_licence

__all__ = [
    "accept_invitation",
    "add_member",
    "add_site",
    "apply_for_licence",
    "calibrate_scanner",
    "change_member",
    "change_organisation",
    "change_site",
    "decline_application",
    "end_member",
    "end_representation",
    "end_session",
    "grant_application",
    "grant_licence",
    "invite_organisation",
    "invite_person",
    "issue_token",
    "onboard_organisation",
    "open_invitation",
    "register_organisation",
    "register_scanner",
    "reinstate_licence",
    "rename_scanner",
    "report_stolen_key",
    "represent",
    "reset_account",
    "retire_scanner",
    "revoke_invitation",
    "revoke_key",
    "revoke_licence",
    "revoke_token",
    "rotate_key",
    "set_second_factor_rule",
    "suspend_licence",
    "take_back_member",
]
