"""Products and batches: lists, one of each, and registering them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from apps.catalog.models import Product
from apps.catalog.selectors import batches_for, products_for
from apps.catalog.services import register_batch, register_product, withdraw_product
from apps.custody.models import Package
from apps.desk.access import Kind, Member
from apps.desk.containers import MOST_AT_ONCE, loose_packs
from apps.desk.filtering.lists import BatchFilter, ProductFilter
from apps.desk.filtering.narrowing import narrow
from apps.desk.forms.catalog import BatchForm, ProductForm, WithdrawForm
from apps.desk.paging import page_of
from apps.jobs.models import Job
from pharmatrace.kernel.refusal import Refused


class CatalogMember(Member):
    kinds = (Kind.MANUFACTURER, Kind.REGULATOR)


class Products(CatalogMember, TemplateView):
    template_name = "desk/products.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = products_for(self.actor).order_by("name", "strength", "gtin")
        rows, narrowed = narrow(self.request, ProductFilter, rows)
        return super().get_context_data(**context) | {
            "page": page_of(rows, self.request),
            "narrowed": narrowed,
        }


class ProductPage(CatalogMember, TemplateView):
    template_name = "desk/product.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        product = get_object_or_404(products_for(self.actor), pk=self.kwargs["pk"])
        batches = product.batches.select_related("product", "site").order_by("-created_at", "lot")
        return super().get_context_data(**context) | {
            "product": product,
            "page": page_of(batches, self.request),
        }


class Batches(CatalogMember, TemplateView):
    template_name = "desk/batches.html"
    recalled = False

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = batches_for(self.actor).order_by("-created_at", "lot")
        if self.recalled:
            rows = rows.filter(recalled_at__isnull=False).order_by("-recalled_at")
        rows, narrowed = narrow(self.request, BatchFilter, rows)
        return super().get_context_data(**context) | {
            "narrowed": narrowed,
            "page": page_of(rows, self.request),
            "recalled": self.recalled,
            "today": timezone.now().date(),
        }


class BatchPage(CatalogMember, TemplateView):
    template_name = "desk/batch.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        batch = get_object_or_404(
            batches_for(self.actor).select_related("recall__issued_by"), pk=self.kwargs["pk"]
        )
        packs = Package.objects.filter(batch=batch)
        commissioned = packs.count()
        # Counted as far as can be packed in one go, and no further.
        loose = loose_packs(batch.id, self.actor.site_id)[: MOST_AT_ONCE + 1].count()
        return super().get_context_data(**context) | {
            "batch": batch,
            "commissioned": commissioned,
            "room": batch.quantity - commissioned,
            "loose": min(loose, MOST_AT_ONCE),
            "more_loose": loose > MOST_AT_ONCE,
            # By number, which is drawn like lots: the primary key finds the next ones of a large batch, and
            # sorting does for a small one.
            "packs": page_of(packs.select_related("custodian").order_by("id"), self.request),
            "jobs": Job.objects.filter(
                kind="commission",
                organisation_id=self.actor.organisation_id,
                parameters__batch=str(batch.id),
            ).order_by("-created_at")[:10],
            "recall": getattr(batch, "recall", None),
            "today": timezone.now().date(),
        }


class Register(Member, FormView):
    """A form whose refusals name the field they belong to."""

    kinds = (Kind.MANUFACTURER,)
    records = True
    template_name = "desk/register.html"
    heading: Any = ""
    lead: Any = ""

    def register(self, data: dict[str, Any]) -> HttpResponse:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return self.register(form.cleaned_data)
        except Refused as refused:
            for refusal in refused.refusals:
                field = refusal.data.get("field")
                form.add_error(field if field in form.fields else None, refusal.sentence)
            return self.form_invalid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"heading": self.heading, "lead": self.lead}


class RegisterProduct(Register):
    form_class = ProductForm

    @property
    def heading(self) -> str:
        return _("Register a product")

    def register(self, data: dict[str, Any]) -> HttpResponse:
        code = data.pop("national_code")
        product = register_product(
            actor=self.actor,
            national_codes={data["market"]: code} if code else {},
            at=timezone.now(),
            **data,
        )
        messages.success(self.request, _("%(name)s is registered.") % {"name": product.name})
        return HttpResponseRedirect(reverse("desk:product", args=[product.pk]))


class RegisterBatch(Register):
    form_class = BatchForm

    @property
    def heading(self) -> str:
        return _("Register a batch")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"organisation_id": self.actor.organisation_id}

    def get_initial(self) -> dict[str, Any]:
        return {
            "product": self.request.GET.get("product"),
            "site": self.actor.site_id,
        }

    def register(self, data: dict[str, Any]) -> HttpResponse:
        batch = register_batch(actor=self.actor, at=timezone.now(), **data)
        messages.success(
            self.request,
            _("Batch %(lot)s is registered. Next: commission its packs.") % {"lot": batch.lot},
        )
        return HttpResponseRedirect(reverse("desk:batch", args=[batch.pk]))


class Withdraw(CatalogMember, FormView):
    """Takes a product off the market, after a tick."""

    records = True
    form_class = WithdrawForm
    template_name = "desk/withdraw.html"

    @cached_property
    def product(self) -> Product:
        return get_object_or_404(products_for(self.actor), pk=self.kwargs["pk"])

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        try:
            product = withdraw_product(product=self.product, at=timezone.now())
        except Refused as refused:
            messages.info(self.request, str(refused))
        else:
            messages.success(
                self.request, _("%(name)s is withdrawn from the market.") % {"name": product.name}
            )
        return HttpResponseRedirect(reverse("desk:product", args=[self.product.pk]))

    def form_invalid(self, form: WithdrawForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"product": self.product}
