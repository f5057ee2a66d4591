"""Orders: taken in, looked at, shipped from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from apps.desk.access import TRADERS, Member
from apps.desk.forms.orders import OrderForm
from apps.desk.models import Order
from apps.desk.orders.services import close_order, open_order
from apps.desk.paging import page_of
from apps.desk.sessions.picking import picks_of, totals
from apps.desk.sessions.selectors import sessions_at
from apps.parties.actor import Actor
from pharmatrace.kernel.refusal import Refused


def orders_of(actor: Actor) -> QuerySet[Order]:
    return Order.objects.filter(organisation_id=actor.organisation_id).select_related("customer")


class Orders(Member, TemplateView):
    kinds = TRADERS
    template_name = "desk/orders.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = orders_of(self.actor).annotate(packs=Sum("lines__quantity"))
        return super().get_context_data(**context) | {
            "page": page_of(rows.order_by("-opened_at", "id"), self.request)
        }


class NewOrder(Member, FormView):
    kinds = TRADERS
    records = True
    form_class = OrderForm
    template_name = "desk/order_new.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def form_valid(self, form: OrderForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            order = open_order(
                actor=self.actor, customer=data["customer"], reference=data["reference"],
                lines=data["wanted"], at=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            form.add_error("reference", str(refused))
            return self.form_invalid(form)
        return HttpResponseRedirect(reverse("desk:order", args=[order.pk]))

    def form_invalid(self, form: OrderForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class OrderPage(Member, TemplateView):
    kinds = TRADERS
    template_name = "desk/order.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        order = get_object_or_404(orders_of(self.actor), pk=self.kwargs["pk"])
        picks = picks_of(order.pk)
        picked, wanted = totals(picks)
        return super().get_context_data(**context) | {
            "order": order,
            "picks": picks,
            "picked": picked,
            "wanted": wanted,
            "sessions": sessions_at(self.actor).filter(order=order).order_by("-opened_at")[:20],
            "may_change": self.actor.may_operate and order.closed_at is None,
        }


class CloseOrder(Member, View):
    kinds = TRADERS
    records = True

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        order = get_object_or_404(orders_of(self.actor), pk=pk)
        close_order(order=order, at=timezone.now())
        messages.success(request, _("The order is closed."))
        return HttpResponseRedirect(reverse("desk:orders"))
