"""Into an organisation that is here already."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.desk.joining.arriving import AsNewPerson, welcome
from apps.desk.joining.forms import NewPersonForm
from apps.desk.joining.refusal_words import told
from apps.parties.middleware import SESSION_KEY
from apps.parties.models import User
from apps.parties.services import accept_invitation
from pharmatrace.kernel.refusal import Refused


class Accept(AsNewPerson):
    """Who has an account signs in and says yes; who has none makes one."""

    def get_template_names(self) -> list[str]:
        return ["joining/join.html" if self.has_account else "joining/new_person.html"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.invitation.organisation_id is None:
            return self.to_registration()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.invitation.organisation_id is None:
            return self.to_registration()
        if not self.has_account:
            return super().post(request, *args, **kwargs)
        user = request.user
        if not isinstance(user, User):
            return self.to_sign_in()
        try:
            made = accept_invitation(
                invitation=self.invitation, person=lambda _: user, at=timezone.now()
            )
        except Refused as refused:
            messages.error(request, told(refused))
            return HttpResponseRedirect(request.path)
        request.session[SESSION_KEY] = made.pk
        welcome(request, made)
        return HttpResponseRedirect(reverse("desk:home"))

    def to_registration(self) -> HttpResponse:
        """A new organisation goes on with the page that it has not filled in yet."""
        draft = self.invitation.draft
        page = next((name for name in ("organisation", "site") if name not in draft), "you")
        return HttpResponseRedirect(reverse(f"join:{page}", args=[self.kwargs["secret"]]))

    def form_valid(self, form: NewPersonForm) -> HttpResponse:
        try:
            made = accept_invitation(
                invitation=self.invitation, at=timezone.now(),
                person=lambda invitation: self.new_person(form, invitation),
            )  # fmt: skip
        except Refused as refused:
            if refused.codes == ("invitation_used",):
                return self.refused(refused)
            form.add_error(None, told(refused))
            return self.form_invalid(form)
        self.let_in(made, passkey=bool(form.cleaned_data.get("credential")))
        return HttpResponseRedirect(reverse("desk:home"))
