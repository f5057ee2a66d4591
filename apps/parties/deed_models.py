"""What people did to accounts, keys, licences and settings. Rows are added and never changed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Deed(models.Model):
    """One administrative deed, written in the transaction that did it. Append-only by trigger; no secrets.

    `organisation` is whose affair it is, `by_organisation` for whom the person acted: a regulator who suspends a
    licence acts in the affairs of somebody else.
    """

    class Via(models.TextChoices):
        WEB = "web", _("Signed in")
        TOKEN = "token", _("API token")
        COMMAND = "command", _("Command line")

    class Action(models.TextChoices):
        ORGANISATION_REGISTERED = "organisation_registered", _("Organisation registered")
        ORGANISATION_CHANGED = "organisation_changed", _("Organisation changed")
        SITE_ADDED = "site_added", _("Site added")
        SITE_CHANGED = "site_changed", _("Site changed")
        LICENCE_APPLIED = "licence_applied", _("Licence applied for")
        LICENCE_DECLINED = "licence_declined", _("Licence declined")
        LICENCE_GRANTED = "licence_granted", _("Licence granted")
        LICENCE_SUSPENDED = "licence_suspended", _("Licence suspended")
        LICENCE_REINSTATED = "licence_reinstated", _("Licence reinstated")
        LICENCE_REVOKED = "licence_revoked", _("Licence revoked")
        KEY_REGISTERED = "key_registered", _("Signing key made")
        KEY_RETIRED = "key_retired", _("Signing key retired")
        KEY_REVOKED = "key_revoked", _("Signing key revoked")
        KEY_STOLEN = "key_stolen", _("Signing key reported stolen")
        TOKEN_ISSUED = "token_issued", _("API token made")
        TOKEN_REVOKED = "token_revoked", _("API token revoked")
        PERSON_INVITED = "person_invited", _("Person invited")
        ORGANISATION_INVITED = "organisation_invited", _("Organisation invited")
        INVITATION_REVOKED = "invitation_revoked", _("Invitation withdrawn")
        PERSON_JOINED = "person_joined", _("Person joined")
        PERSON_CHANGED = "person_changed", _("Role or site changed")
        PERSON_ENDED = "person_ended", _("Person removed")
        PERSON_TAKEN_BACK = "person_taken_back", _("Person taken back")
        STAFF_CHANGED = "staff_changed", _("Account changed by staff")
        ACCOUNT_RESET = "account_reset", _("Account reset")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        FACTOR_ADDED = "factor_added", _("Second factor added")
        FACTOR_REMOVED = "factor_removed", _("Second factor removed")
        FACTOR_RULE = "factor_rule", _("Rule on second factors changed")
        SESSION_ENDED = "session_ended", _("Sign-in ended")
        PARTNER_REPRESENTED = "partner_represented", _("Partner represented")
        PARTNER_ENDED = "partner_ended", _("Representation ended")
        WEBHOOK_PAUSED = "webhook_paused", _("Webhook paused")
        WEBHOOK_RESUMED = "webhook_resumed", _("Webhook resumed")
        WEBHOOK_SECRET = "webhook_secret", _("Webhook secret replaced")
        WEBHOOK_TESTED = "webhook_tested", _("Webhook tested")
        SCANNER_CHANGED = "scanner_changed", _("Scanner renamed")
        SCANNER_REMOVED = "scanner_removed", _("Scanner removed")

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    organisation = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="deeds"
    )
    by = models.ForeignKey("parties.User", null=True, on_delete=models.PROTECT, related_name="+")
    by_organisation = models.ForeignKey(
        "parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    via = models.CharField(max_length=7, choices=Via)
    action = models.CharField(max_length=30, choices=Action)
    about = models.CharField(max_length=200)  # the thing, as people call it
    about_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="deed_of_organisation"),
            models.Index(fields=["action", "-id"], name="deed_of_action"),
            models.Index(fields=["by", "-id"], name="deed_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.about}"
