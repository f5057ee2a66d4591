"""allauth's passkey forms, kept from falling over what a browser, or somebody who pretends to be one, sends.

A credential is JSON that two libraries take apart; what is not shaped as they expect raises whatever it raises.
Here all of it is one answer: this did not work.
"""

from __future__ import annotations

import json
from typing import Any

import structlog
from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm, SetPasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

log = structlog.get_logger(__name__)
LONGEST = 16_000  # characters of a credential; a real one has about 2,000


class CredentialField(forms.JSONField):
    """JSON as it can be stored: an object of bounded size, without what PostgreSQL cannot keep."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > LONGEST:
            raise get_adapter().validation_error("incorrect_code")
        try:
            read = super().to_python(value)
            if read is None:
                return None
            text = json.dumps(read, ensure_ascii=False, allow_nan=False)
            text.encode()
        except (ValueError, RecursionError):  # NaN, lone surrogates, a thousand brackets
            raise get_adapter().validation_error("incorrect_code") from None
        if not isinstance(read, dict) or "\\u0000" in text:
            raise get_adapter().validation_error("incorrect_code")
        return read


class _Guarded(forms.Form):
    credential = CredentialField(required=True, widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        above: Any = super()
        return (
            guarded(above.clean_credential)
            if hasattr(above, "clean_credential")
            else self.cleaned_data["credential"]
        )

    def clean(self) -> Any:
        return guarded(super().clean)


def guarded(read: Any) -> Any:
    try:
        return read()
    except ValidationError:
        raise
    except Exception as fault:  # see the top of this file
        log.info("credential_not_read", fault=type(fault).__name__)
        raise get_adapter().validation_error("incorrect_code") from None


class AddPasskey(_Guarded, AddWebAuthnForm):
    name = forms.CharField(label=_("Name"), required=False, max_length=60)


class AuthenticateByPasskey(_Guarded, AuthenticateWebAuthnForm):
    pass


class LoginByPasskey(_Guarded, LoginWebAuthnForm):
    pass


class ReauthenticateByPasskey(_Guarded, ReauthenticateWebAuthnForm):
    pass


class RenamePasskey(EditWebAuthnForm):
    name = forms.CharField(label=_("Name"), max_length=60)


class _OwnHint:
    """One sentence in the place of a list of rules; what is wrong is said when it is."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["password1"].help_text = _(
            "Eight characters at least. Three words that do not belong together are good."
        )


class ChangePassword(_OwnHint, ChangePasswordForm):
    pass


class SetPassword(_OwnHint, SetPasswordForm):
    pass


class ResetPassword(_OwnHint, ResetPasswordKeyForm):
    pass
