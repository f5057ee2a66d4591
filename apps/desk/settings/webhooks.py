"""Webhooks: who is told what, how it goes, and what can be done about it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from apps.desk.settings import once
from apps.desk.settings.access import Administrator, confirmed
from apps.desk.settings.doing import Button
from apps.exchange.looking_after import go_on, pause, replace_secret, try_out
from apps.exchange.models import Delivery, Subscription
from apps.exchange.webhooks.posting import host_of

TRY_EVERY = 10  # seconds


class _Own(Administrator):
    kwargs: dict[str, Any]

    def mine(self) -> Any:
        return Subscription.objects.filter(
            query__organisation_id=self.membership.organisation_id
        ).select_related("query", "membership__user")

    def subscription(self) -> Subscription:
        found: Subscription = get_object_or_404(self.mine(), pk=self.kwargs["pk"])
        return found

    def back(self) -> str:
        return reverse("settings:webhook", args=[self.kwargs["pk"]])


class Webhooks(_Own, TemplateView):
    template_name = "settings/webhooks.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = [(one, host_of(one.dest)) for one in self.mine()[:200]]
        return super().get_context_data(**context) | {"webhooks": rows}


class Webhook(_Own, TemplateView):
    template_name = "settings/webhook.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        one = self.subscription()
        deliveries = Delivery.objects.filter(subscription=one)
        parts = urlsplit(one.dest)
        return super().get_context_data(**context) | {
            "webhook": one,
            "dest": f"{parts.scheme}://{parts.netloc}{parts.path}" + ("?…" if parts.query else ""),
            "deliveries": deliveries.order_by("-number", "-first")[:20],
            "waiting": deliveries.filter(delivered_at=None)[:1_000].count(),
            "secret": once.take(self.request, f"webhook {one.pk}"),
        }


class Pause(_Own, Button):
    def do(self) -> str:
        pause(subscription=self.subscription(), at=timezone.now())
        return _("Nothing is sent until you let it go on. What comes meanwhile waits.")


class GoOn(_Own, Button):
    def do(self) -> str:
        go_on(subscription=self.subscription(), by=self.membership, at=timezone.now())
        return _("It goes on from where it stopped.")


@confirmed
class ReplaceSecret(_Own, Button):
    def do(self) -> str:
        one = self.subscription()
        once.keep(
            self.request, f"webhook {one.pk}", replace_secret(subscription=one, at=timezone.now())
        )
        return _("Reports are signed with the new secret from now on.")


class TryOut(_Own, Button):
    """A receiver may take twenty seconds, so one try at a time."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        one = self.subscription()
        if not cache.add(f"webhook-tried:{one.pk}", 1, TRY_EVERY):
            messages.info(request, _("It was tried a moment ago. Wait ten seconds."))
            return HttpResponseRedirect(self.back())
        answer = try_out(subscription=one, at=timezone.now())
        if 200 <= answer.status < 300:
            messages.success(request, _("It arrived: %(status)s.") % {"status": answer.status})
        elif answer.status:
            said = _("It was refused: the receiver answered %(status)s.")
            messages.error(request, said % {"status": answer.status})
        else:
            messages.error(request, _("It did not arrive. %(fault)s") % {"fault": answer.fault})
        return HttpResponseRedirect(self.back())
