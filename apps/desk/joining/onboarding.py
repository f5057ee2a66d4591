"""A new organisation registers itself in three pages. What was filled in is kept with the invitation, so a phone
that rings in between loses nothing; nothing is registered before the last page."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.desk.joining.arriving import AsNewPerson, Invited
from apps.desk.joining.forms import NewPersonForm, OrganisationForm, SiteForm
from apps.desk.joining.refusal_words import told
from apps.parties.middleware import SESSION_KEY
from apps.parties.models import Invitation, Membership, Organisation, User
from apps.parties.services import onboard_organisation
from pharmatrace.kernel.refusal import Refused

WELCOME = "welcome"  # in the session: the first steps are shown at home
LICENCE = ("authority", "number")
ADDRESS = ("street", "postal_code", "city", "country")


class _Step(Invited):
    number: int

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.elsewhere() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.elsewhere() or super().post(request, *args, **kwargs)

    def elsewhere(self) -> HttpResponse | None:
        """Where this page is not the next one: pages come in order."""
        draft, to = self.invitation.draft, None
        if self.invitation.organisation_id is not None:
            to = "accept"
        elif self.number > 1 and "organisation" not in draft:
            to = "organisation"
        elif self.number > 2 and "site" not in draft:
            to = "site"
        return self.to(to) if to else None

    def to(self, name: str) -> HttpResponse:
        return HttpResponseRedirect(reverse(f"join:{name}", args=[self.kwargs["secret"]]))

    @transaction.atomic
    def keep(self, name: str, given: dict[str, Any]) -> None:
        row = Invitation.objects.select_for_update().get(pk=self.invitation.pk)
        row.draft[name] = given
        row.save(update_fields=["draft"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {
            "number": self.number,
            "kind": Organisation.Kind(self.invitation.kind).label,
        }


class AboutOrganisation(_Step):
    number = 1
    template_name = "joining/organisation.html"
    form_class = OrganisationForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kind": self.invitation.kind}

    def get_initial(self) -> dict[str, Any]:
        return self.invitation.draft.get("organisation", {})

    def form_valid(self, form: OrganisationForm) -> HttpResponse:
        self.keep("organisation", form.cleaned_data)
        return self.to("site")


class AboutSite(_Step):
    number = 2
    template_name = "joining/site.html"
    form_class = SiteForm

    def get_initial(self) -> dict[str, Any]:
        """Most have one place, and it is where the organisation is."""
        draft = self.invitation.draft
        return {**draft.get("organisation", {}), **draft.get("site", {})}

    def form_valid(self, form: SiteForm) -> HttpResponse:
        self.keep("site", form.cleaned_data)
        return self.to("you")


class AboutYou(_Step, AsNewPerson):
    number = 3

    def get_template_names(self) -> list[str]:
        return ["joining/you_known.html" if self.has_account else "joining/you.html"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        away = self.elsewhere()
        if away or not self.has_account:
            return away or super().post(request, *args, **kwargs)
        user = request.user
        if not isinstance(user, User):
            return self.to_sign_in()
        try:
            self.arrive(self.register(lambda _: user))
        except Refused as refused:
            context = self.get_context_data(problem=told(refused))
            return self.render_to_response(context, status=422)
        return HttpResponseRedirect(reverse("desk:home"))

    def form_valid(self, form: NewPersonForm) -> HttpResponse:
        try:
            made = self.register(lambda invitation: self.new_person(form, invitation))
        except Refused as refused:
            if refused.codes == ("invitation_used",):
                return self.refused(refused)
            form.add_error(None, told(refused))
            return self.form_invalid(form)
        self.let_in(made, passkey=bool(form.cleaned_data.get("credential")))
        self.arrive(made)
        return HttpResponseRedirect(reverse("desk:home"))

    def register(self, person: Any) -> Membership:
        draft = self.invitation.draft
        about = draft["organisation"]
        words = {name: about[name] for name in ("name", "gln", *ADDRESS)}
        prefixes = [one for one in about.get("gs1_prefix", "").split(",") if one]
        return onboard_organisation(
            invitation=self.invitation,
            organisation=words,
            gs1_prefixes=prefixes,
            site=draft["site"],
            licence={name: about[name] for name in LICENCE} if "number" in about else None,
            person=person,
            at=timezone.now(),
        )

    def arrive(self, made: Membership) -> None:
        self.request.session[SESSION_KEY] = made.pk
        self.request.session[WELCOME] = True
