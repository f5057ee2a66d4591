"""The addresses of EPCIS 2.0's openapi.yaml. A value is percent-encoded: it may have slashes in it."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from apps.exchange.views.absent import Nowhere, PageToken
from apps.exchange.views.capture import CaptureJob, CaptureJobs
from apps.exchange.views.events import Events, OneEvent
from apps.exchange.views.feeds import report
from apps.exchange.views.named_queries import NamedQueries, NamedQueryEvents, OneNamedQuery
from apps.exchange.views.resources import PARAMETERS, TopLevel, Value, ValueEvents, Values
from apps.exchange.views.subscriptions import OneSubscription, Resuming, Subscriptions
from apps.exchange.views.templates import download

app_name = "exchange"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", TopLevel.as_view(), name="top"),
    path("capture", CaptureJobs.as_view(), name="capture"),
    path("capture/<path:capture_id>", CaptureJob.as_view(), name="capture-job"),
    path("events", Events.as_view(), name="events"),
    path("events/<path:event_id>", OneEvent.as_view(), name="event"),
    path("queries", NamedQueries.as_view(), name="queries"),
    re_path(r"^queries/(?P<name>.+)/events$", NamedQueryEvents.as_view(), name="query-events"),
    re_path(r"^queries/(?P<name>.+)/subscriptions$", Subscriptions.as_view(), name="subscriptions"),
    re_path(
        r"^queries/(?P<name>.+)/subscriptions/(?P<subscription_id>[^/]+)/resume$",
        Resuming.as_view(),
    ),
    re_path(
        r"^queries/(?P<name>.+)/subscriptions/(?P<subscription_id>.+)$",
        OneSubscription.as_view(),
        name="subscription",
    ),
    path("queries/<path:name>", OneNamedQuery.as_view(), name="query"),
    path("nextPageToken/<path:token>", PageToken.as_view(), name="page-token"),
    path("feeds/<uuid:feed_id>", report, name="feed"),
    path("templates/<slug:kind>.<slug:form>", download, name="template"),
]
for _name in PARAMETERS:
    urlpatterns += [
        path(_name, Values.as_view(resource=_name), name=_name),
        re_path(rf"^{_name}/(?P<value>.+)/events$", ValueEvents.as_view(resource=_name)),
        re_path(rf"^{_name}/(?P<value>.+)$", Value.as_view(resource=_name)),
    ]
urlpatterns.append(re_path(r"", Nowhere.as_view()))
