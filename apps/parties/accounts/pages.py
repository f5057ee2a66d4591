"""One's own account: who one is here, how one signs in, and where one is signed in."""

from __future__ import annotations

from typing import Any

from allauth.account.views import PasswordResetView
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from apps.parties.accounts.second_factor import asks, has_one
from apps.parties.accounts.sign_ins import key_name, sign_ins_of
from apps.parties.models import User
from apps.parties.selectors import memberships_of
from apps.parties.services import end_session


class Account(LoginRequiredMixin, TemplateView):
    template_name = "account/home.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user = self.request.user
        assert isinstance(user, User)
        factors = list(Authenticator.objects.filter(user=user))
        return super().get_context_data(**context) | {
            "memberships": memberships_of(user.pk),
            "has_password": user.has_usable_password(),
            "has_app": any(one.type == Authenticator.Type.TOTP for one in factors),
            "passkeys": sum(one.type == Authenticator.Type.WEBAUTHN for one in factors),
            "has_codes": any(one.type == Authenticator.Type.RECOVERY_CODES for one in factors),
            "sign_ins": sign_ins_of(user.pk, current=self.request.session.session_key),
        }


class SecondFactorNeeded(LoginRequiredMixin, TemplateView):
    """Where somebody is led whose organisation asks for a second factor."""

    template_name = "account/second_factor_needed.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user, membership = request.user, getattr(request, "membership", None)
        assert isinstance(user, User)
        asked = user.is_staff or (membership is not None and asks(membership))
        if not asked or has_one(user):
            return HttpResponseRedirect(reverse("account"))
        return super().get(request, *args, **kwargs)


class EndSignIn(LoginRequiredMixin, View):
    """Ends one of one's own sign-ins. Twice is once."""

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        user = request.user
        assert isinstance(user, User)
        for one in user.sessions.all():
            if key_name(one.session_key) == pk:
                end_session(session=one, at=timezone.now())
        messages.success(request, _("That device is signed out."))
        return HttpResponseRedirect(reverse("account") + "#sign-ins")


class ResetPassword(PasswordResetView):
    """A link by mail; where no mail is sent, whom to ask."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.MAIL_IS_SENT:
            self.template_name = "account/password_reset_without_mail.html"
            return self.render_to_response({})
        return super().dispatch(request, *args, **kwargs)
