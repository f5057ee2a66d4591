"""What every page of an invitation does first and last: is the link good, and in with the new person."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from apps.desk.joining.forms import NewPersonForm
from apps.desk.joining.refusal_words import told
from apps.parties.accounts.passkeys import creation_options, keep_credential, reserved_user
from apps.parties.middleware import SESSION_KEY
from apps.parties.models import Invitation, Membership, User
from apps.parties.services import open_invitation
from apps.parties.services.accept_invitation import used_by
from pharmatrace.kernel.refusal import Refused

BACKEND = "django.contrib.auth.backends.ModelBackend"


def welcome(request: HttpRequest, membership: Membership) -> None:
    """Said on the first page of the desk, so in the language of the desk."""
    with override(settings.LANGUAGE_CODE):
        words = _("Welcome to %(name)s.") % {"name": membership.organisation.name}
    messages.success(request, words)


@method_decorator(never_cache, name="dispatch")
class Invited(FormView):
    """A page behind a link that is good; otherwise it says why not."""

    invitation: Invitation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.invitation = open_invitation(kwargs["secret"], at=timezone.now())
        except Refused as refused:
            return self.refused(refused)
        return super().dispatch(request, *args, **kwargs)

    def refused(self, refused: Refused) -> HttpResponse:
        """Whoever used the link a moment ago, by a second press of the button, is in already."""
        if refused.codes == ("invitation_used",):
            user = used_by(self.kwargs["secret"])
            if user is not None and user == self.request.user:
                return HttpResponseRedirect(reverse("desk:home"))
        return render(self.request, "joining/refused.html", {"problem": told(refused)}, status=410)

    def to_sign_in(self) -> HttpResponse:
        """To the door, and back here, in the language of this page."""
        back = urlencode({"next": self.request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('login')}?{back}")

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {
            "invitation": self.invitation,
            "role": Membership.Role(self.invitation.role).label,
            "secret": self.kwargs["secret"],
        }


class AsNewPerson(Invited):
    """The page where somebody without an account makes one."""

    form_class = NewPersonForm

    @cached_property
    def has_account(self) -> bool:
        """Also where somebody is signed in as another: they are asked to sign out first."""
        return (
            self.request.user.is_authenticated
            or User.objects.filter(email=self.invitation.email).exists()
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"email": self.invitation.email}

    def new_person(self, form: NewPersonForm, invitation: Invitation) -> User:
        """The account, made inside the transaction that uses the invitation up. Raises Refused where there is one
        by now: an invitation never opens an account of somebody else."""
        given = form.cleaned_data
        credential = given.get("credential")
        user = reserved_user(self.request, email=invitation.email)
        user.name = given["name"]
        user.set_password(None if credential else given["password"])
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError:
            sentence = "You have an account already. Sign in first."
            raise Refused.one("has_account", sentence) from None
        if credential:
            keep_credential(
                user, name=_("Passkey %(number)d") % {"number": 1}, credential=credential
            )
        return user

    def let_in(self, membership: Membership, *, passkey: bool) -> None:
        """Signed in, and just confirmed: who has chosen a password this moment is not asked for it again."""
        user = membership.user
        login(self.request, user, backend=BACKEND)
        self.request.session[SESSION_KEY] = membership.pk
        how = {"method": "mfa", "passwordless": True} if passkey else {"method": "password"}
        record_authentication(self.request, user, reauthenticated=True, **how)
        welcome(self.request, membership)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        if self.has_account:
            mine = getattr(self.request.user, "email", None) == self.invitation.email
            return context | {"is_mine": mine}
        user = reserved_user(self.request, email=self.invitation.email)
        return context | {"passkey_options": creation_options(user)}
