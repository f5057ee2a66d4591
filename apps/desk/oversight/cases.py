"""Case files: opened, filled, noted in, closed, taken along as one archive."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View

from apps.custody.models import CustodyEvent, Package, PackageEvent
from apps.desk.oversight.access import Authority, looked, looked_over
from apps.desk.oversight.proving import prove_item
from apps.desk.paging import page_of
from apps.ledger.evidence import NoEvidence
from apps.oversight.cases import services
from apps.oversight.cases.archive import archive
from apps.oversight.models import AccessRecord, CaseFile, CaseItem
from apps.parties.models import Organisation
from pharmatrace.kernel.refusal import Refused

Thing = Package | CustodyEvent | Organisation


def thing_of(kind: str, key: str) -> Thing | None:
    """What a form names by kind and primary key; None for what there is not."""
    try:
        if kind == CaseItem.Kind.EVENT:
            number = int(key) if key.isascii() and key.isdigit() and len(key) < 19 else -1
            return CustodyEvent.objects.defer("document").filter(pk=number).first()
        if kind == CaseItem.Kind.PACKAGE:
            return Package.objects.filter(pk=UUID(key)).first()
        if kind == CaseItem.Kind.ORGANISATION:
            return Organisation.objects.filter(pk=UUID(key)).first()
    except ValueError:
        pass
    return None


class CaseOf(Authority):
    """A page about one case of the reader's authority."""

    kwargs: dict[str, Any]

    def case(self) -> CaseFile:
        mine = CaseFile.objects.select_related("authority", "opened_by")
        return get_object_or_404(
            mine, pk=self.kwargs["pk"], authority_id=self.membership.organisation_id
        )

    def back(self, case: CaseFile) -> HttpResponse:
        return HttpResponseRedirect(reverse("oversight:case", args=[case.pk]))


class Cases(Authority, TemplateView):
    template_name = "oversight/cases.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = CaseFile.objects.filter(authority_id=self.membership.organisation_id)
        page = page_of(rows.select_related("opened_by").order_by("-opened_at", "id"), self.request)
        return super().get_context_data(**context) | {"page": page}


class CaseForm(forms.Form):
    title = forms.CharField(
        max_length=services.LONGEST_TITLE,
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("What it is about, in a few words."),
    )
    kind = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, widget=forms.HiddenInput)


class NewCase(Authority, FormView):
    records = True
    form_class = CaseForm
    template_name = "oversight/case_new.html"

    def get_initial(self) -> dict[str, Any]:
        return {name: self.request.GET.get(name, "")[:60] for name in ("kind", "key")}

    def form_valid(self, form: CaseForm) -> HttpResponse:
        now = timezone.now()
        try:
            case = services.open_case(by=self.membership, title=form.cleaned_data["title"], at=now)
            thing = thing_of(form.cleaned_data["kind"], form.cleaned_data["key"])
            if thing is not None:
                services.collect(by=self.membership, case=case, thing=thing, at=now)
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, _("The case is open."))
        return HttpResponseRedirect(reverse("oversight:case", args=[case.pk]))

    def form_invalid(self, form: CaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class CasePage(CaseOf, TemplateView):
    template_name = "oversight/case.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        case = self.case()
        items = case.items.select_related("event__actor", "organisation", "added_by")
        page = page_of(items.defer("event__document").order_by("id"), self.request)
        looked_over(self.request, _concerned(case), case)
        return super().get_context_data(**context) | {
            "case": case,
            "page": page,
            "notes": case.notes.select_related("written_by").order_by("id"),
            "may_write": self.membership.role != "viewer" and case.closed_at is None,
        }


class Collect(Authority, View):
    """Puts what the form names into the case it names."""

    records = True

    def post(self, request: HttpRequest) -> HttpResponse:
        thing = thing_of(request.POST.get("kind", ""), request.POST.get("key", ""))
        try:
            mine = CaseFile.objects.filter(authority_id=self.membership.organisation_id)
            case = mine.filter(pk=UUID(request.POST.get("case", ""))).first()
        except ValueError:
            case = None
        if case is None or thing is None:
            raise Http404
        reason = request.POST.get("reason", "")
        try:
            services.collect(
                by=self.membership, case=case, thing=thing, reason=reason, at=timezone.now()
            )
        except Refused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, _("It is in the case “%(title)s”.") % {"title": case.title})
        return HttpResponseRedirect(reverse("oversight:case", args=[case.pk]))


class WriteNote(CaseOf, View):
    records = True

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        case, text = self.case(), request.POST.get("text", "")
        try:
            services.write_note(by=self.membership, case=case, text=text, at=timezone.now())
        except Refused as refused:
            messages.warning(request, str(refused))
        return self.back(case)


class CloseCase(CaseOf, View):
    records = True

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        case = self.case()
        try:
            services.close_case(by=self.membership, case=case, at=timezone.now())
        except Refused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, _("The case is closed."))
        return self.back(case)


class Archive(CaseOf, View):
    """The signed archive, sent while it is made."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        case, now = self.case(), timezone.now()
        made_by = f"{self.membership.user.name}, {self.membership.organisation.name}"
        try:
            pieces = archive(case=case, prove=prove_item, made_by=made_by, at=now)
        except Refused as refused:
            messages.warning(request, str(refused))
            return self.back(case)
        except NoEvidence:
            messages.warning(
                request, _("The authority's key waits to be sealed into the log. Try again.")
            )
            return self.back(case)
        looked(request, AccessRecord.Kind.CASE, case.title, _concerned(case), case)
        response = StreamingHttpResponse(pieces, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="case-{case.pk}.zip"'
        response["Cache-Control"] = "no-store"
        return response


def _concerned(case: CaseFile) -> set[UUID | None]:
    """The organisations that the case collects, and the parties to the events of what it collects, as far as packages
    were named themselves. Two queries."""
    packages = case.items.filter(kind=CaseItem.Kind.PACKAGE).values("package_id")
    of_packages = CustodyEvent.objects.filter(
        pk__in=PackageEvent.objects.filter(package_id__in=packages).values("event_id")
    )
    of_events = CustodyEvent.objects.filter(pk__in=case.items.values("event_id"))
    sides = ("actor_id", "reporter_id", "counterparty_id")
    rows = of_packages.values_list(*sides).union(of_events.values_list(*sides))
    collected = case.items.filter(kind=CaseItem.Kind.ORGANISATION)
    return {id for row in rows for id in row} | set(
        collected.values_list("organisation_id", flat=True)
    )
