"""Products and batches: lists, one of each, and registering them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from apps.catalog.models import Batch, Product
from apps.catalog.selectors import batches_for, products_for
from apps.catalog.services import correct_batch, register_batch, register_product, withdraw_product
from apps.custody.models import Package
from apps.desk.access import Kind, Member
from apps.desk.containers import MOST_AT_ONCE, loose_packs
from apps.desk.filtering.lists import BatchFilter, ProductFilter
from apps.desk.filtering.narrowing import narrow
from apps.desk.finding import asked_for, pack_named
from apps.desk.forms.catalog import BatchChangeForm, BatchForm, ProductForm, WithdrawForm
from apps.desk.oversight.access import looked, looked_over
from apps.desk.paging import page_of
from apps.desk.whereabouts.counting import counted_for_page
from apps.desk.whereabouts.selectors import looks_at, whereabouts_of
from apps.exchange.serials.room import room_of
from apps.jobs.models import Job
from apps.oversight.models import AccessRecord
from pharmatrace.kernel.refusal import Refused


class CatalogMember(Member):
    kinds = (Kind.MANUFACTURER, Kind.REGULATOR)


class Products(CatalogMember, TemplateView):
    template_name = "desk/products.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = products_for(self.actor).order_by("name", "strength", "gtin")
        rows, narrowed = narrow(self.request, ProductFilter, rows)
        page = page_of(rows, self.request)
        looked_over(self.request, {row.manufacturer_id for row in page})
        return super().get_context_data(**context) | {
            "page": page,
            "narrowed": narrowed,
        }


class ProductPage(CatalogMember, TemplateView):
    template_name = "desk/product.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        product = get_object_or_404(products_for(self.actor), pk=self.kwargs["pk"])
        batches = product.batches.select_related("product", "site").order_by("-created_at", "lot")
        looked(
            self.request, AccessRecord.Kind.CATALOG, f"{product} (GTIN {product.gtin})", [product.manufacturer_id]
        )  # fmt: skip
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
        page = page_of(rows, self.request)
        looked_over(self.request, {row.product.manufacturer_id for row in page})
        return super().get_context_data(**context) | {
            "narrowed": narrowed,
            "page": page,
            "recalled": self.recalled,
            "today": timezone.now().date(),
        }


class BatchPage(CatalogMember, TemplateView):
    """What left, where it is, what comes back, what the public looked at; the packs have a page of their own."""

    template_name = "desk/batch.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        batch = get_object_or_404(
            batches_for(self.actor).select_related("recall__issued_by"), pk=self.kwargs["pk"]
        )
        now = timezone.now()
        maker = batch.product.manufacturer_id
        looked(self.request, AccessRecord.Kind.CATALOG, str(batch), [maker])
        commissioned = Package.objects.filter(batch=batch).count()
        loose = 0  # who only looks packs nothing
        if self.actor.kind == Kind.MANUFACTURER:
            # Counted as far as can be packed in one go, and no further.
            loose = loose_packs(batch.id, self.actor.site_id)[: MOST_AT_ONCE + 1].count()
        return super().get_context_data(**context) | {
            "batch": batch,
            "commissioned": commissioned,
            "room": room_of(batch, there=commissioned),
            "loose": min(loose, MOST_AT_ONCE),
            "more_loose": loose > MOST_AT_ONCE,
            "where": whereabouts_of(batch, counted_for_page(batch=batch, at=now)),
            "looks": looks_at([batch.pk], today=now.date()),
            "jobs": Job.objects.filter(
                kind="commission",
                organisation_id=self.actor.organisation_id,
                parameters__batch=str(batch.id),
            ).order_by("-created_at")[:10],
            "recall": getattr(batch, "recall", None),
            "today": now.date(),
        }


class BatchPacks(CatalogMember, TemplateView):
    """The packs of a batch: one by its serial, which is computed and not looked for, or page by page.

    In the order of their ids, which the primary key is in: by serial the whole batch would be sorted for each page."""

    template_name = "desk/batch_packs.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        batch = get_object_or_404(batches_for(self.actor), pk=self.kwargs["pk"])
        asked = asked_for(self.request)
        packs = Package.objects.filter(batch=batch).select_related("custodian")
        rows = packs.filter(pk=pack_named(asked, batch)) if asked else packs.order_by("id")
        page = page_of(rows, self.request)
        looked(
            self.request, AccessRecord.Kind.CATALOG, str(batch),
            {batch.product.manufacturer_id, *(pack.custodian_id for pack in page)},
        )  # fmt: skip
        return super().get_context_data(**context) | {
            "batch": batch,
            "packs": page,
            "asked": asked,
        }


class Register(Member, FormView):
    """A form whose refusals name the field they belong to."""

    kinds = (Kind.MANUFACTURER,)
    records = True
    template_name = "desk/register.html"
    heading: Any = ""
    lead: Any = ""
    button: Any = gettext_lazy("Register")
    step = 0

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
        return super().get_context_data(**context) | {
            "heading": self.heading,
            "lead": self.lead,
            "button": self.button,
            "step": self.step,
        }


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
    button = gettext_lazy("Go on to the serial numbers")
    step = 1

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
        try:
            batch = register_batch(actor=self.actor, at=timezone.now(), **data)
        except Refused as refused:
            there = _the_same(data) if refused.codes == ("lot_taken",) else None
            if there is None:
                raise
            batch = there
            messages.info(self.request, _("This batch was already registered; here it is."))
        else:
            messages.success(
                self.request,
                _("Batch %(lot)s is registered. Next: its serial numbers.") % {"lot": batch.lot},
            )
        return HttpResponseRedirect(reverse("desk:commission", args=[batch.pk]))


def _the_same(data: dict[str, Any]) -> Batch | None:
    """The batch that the form registered when it was sent before."""
    return Batch.objects.filter(**data).first()


class ChangeBatch(Register):
    """Puts a batch right that has no packs yet."""

    form_class = BatchChangeForm
    button = gettext_lazy("Change")
    step = 1

    @cached_property
    def batch(self) -> Batch:
        return get_object_or_404(batches_for(self.actor), pk=self.kwargs["pk"])

    @property
    def heading(self) -> str:
        return _("Change lot %(lot)s") % {"lot": self.batch.lot}

    @property
    def lead(self) -> str:
        return _("As long as no pack has a serial number, what was typed wrong can be put right.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"organisation_id": self.actor.organisation_id}

    def get_initial(self) -> dict[str, Any]:
        batch = self.batch
        return {
            "expiry": batch.expiry.isoformat(),
            "quantity": batch.quantity,
            "site": batch.site_id,
        }

    @transaction.atomic
    def register(self, data: dict[str, Any]) -> HttpResponse:
        Batch.objects.select_for_update(no_key=True).get(pk=self.batch.pk)
        if room_of(self.batch) != self.batch.quantity:
            raise Refused.one(
                "batch_begun",
                _("Packs of this batch have serial numbers already; it stays as it is."),
            )
        correct_batch(actor=self.actor, batch=self.batch, at=timezone.now(), **data)
        messages.success(self.request, _("The batch is changed."))
        return HttpResponseRedirect(reverse("desk:commission", args=[self.batch.pk]))


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
