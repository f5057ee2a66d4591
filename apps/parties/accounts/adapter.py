"""What allauth leaves to the house: nobody signs up, secrets are sealed, visitors are counted as we count them."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.parties.accounts.second_factor import is_asked_of
from apps.parties.models import User
from apps.parties.sealing import open_secret, seal_secret
from apps.parties.signing_in import visitor_of

_OF = b"pharmatrace/second-factor"


class Accounts(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("This code is not the right one, or no longer."),
        "too_many_login_attempts": _("Too many wrong codes. Please try again in five minutes."),
        "incorrect_password": _("This is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # people are invited

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the limit on passwords counts visitors (`signing_in.visitor_of`)."""
        return visitor_of(request) or "unknown"

    def format_email_subject(self, subject: str) -> str:
        return f"PharmaTrace: {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing is sent to people who have no account: whoever asks for addresses learns nothing either way."""
        if template_prefix != "account/email/unknown_account":
            super().send_mail(template_prefix, email, context)


class SecondFactors(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not the right one, or no longer."),
        "cannot_delete_authenticator": _(
            "Your organisation asks for a second factor, and this is your only one. Add another first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal_secret(text.encode(), of=_OF)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = base64.b64decode(encrypted_text)
        return open_secret(sealed, of=_OF, name="the secret of a second factor").decode()

    def get_totp_issuer(self) -> str:
        return "PharmaTrace"

    def _get_site_name(self) -> str:
        return "PharmaTrace"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host of SITE_URL, whatever name the visitor came by."""
        return {"id": settings.PASSKEY_HOST, "name": "PharmaTrace"}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)d") % {"number": count + 1}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last factor stays where an organisation of theirs asks for one."""
        counting = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        others = Authenticator.objects.filter(
            user_id=authenticator.user_id, type__in=counting
        ).exclude(pk=authenticator.pk)
        return others.exists() or not is_asked_of(authenticator.user)
