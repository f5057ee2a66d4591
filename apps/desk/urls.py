"""Addresses of the desk: where people who work with packs do their work."""

from __future__ import annotations

from django.urls import include, path

from apps.desk.urls_scanning import urlpatterns as scanning
from apps.desk.views import (
    catalog,
    commission,
    events,
    home,
    jobs,
    master_data,
    others,
    packages,
    packing,
    receiving,
    safety,
    session_opening,
    shipments,
    shipping,
    stock,
)

app_name = "desk"
urlpatterns = [
    path("", include("apps.desk.urls_sessions")),
    path("", home.Home.as_view(), name="home"),
    path("products/", catalog.Products.as_view(), name="products"),
    path("products/new/", catalog.RegisterProduct.as_view(), name="product-new"),
    path("products/<uuid:pk>/", catalog.ProductPage.as_view(), name="product"),
    path("products/<uuid:pk>/withdraw/", catalog.Withdraw.as_view(), name="withdraw"),
    path("batches/", catalog.Batches.as_view(), name="batches"),
    path("batches/recalled/", catalog.Batches.as_view(recalled=True), name="recalled"),
    path("batches/new/", catalog.RegisterBatch.as_view(), name="batch-new"),
    path("batches/<uuid:pk>/", catalog.BatchPage.as_view(), name="batch"),
    path("batches/<uuid:pk>/commission/", commission.Commission.as_view(), name="commission"),
    path("batches/<uuid:pk>/cases/", packing.PackCases.as_view(), name="cases"),
    path("batches/<uuid:pk>/recall/", safety.RecallBatch.as_view(), name="recall"),
    path("jobs/", jobs.Jobs.as_view(), name="jobs"),
    path("jobs/<uuid:pk>/", jobs.JobPage.as_view(), name="job"),
    path("jobs/<uuid:pk>/progress/", jobs.JobPage.as_view(fragment=True), name="job-progress"),
    path("jobs/<uuid:pk>/cancel/", jobs.ChangeJob.as_view(verb="cancel"), name="job-cancel"),
    path("jobs/<uuid:pk>/retry/", jobs.ChangeJob.as_view(verb="retry"), name="job-retry"),
    path("pack/", session_opening.Open.as_view(kind="pack"), name="pack"),
    path("unpack/", packing.Unpack.as_view(), name="unpack"),
    path("ship/", session_opening.Open.as_view(kind="ship"), name="ship"),
    path("return/", session_opening.Open.as_view(kind="return"), name="return"),
    path("outgoing/", shipping.Outgoing.as_view(), name="outgoing"),
    path("overdue/", receiving.Overdue.as_view(), name="overdue"),
    path("incoming/", receiving.Incoming.as_view(), name="incoming"),
    path("incoming/<uuid:sender>/", receiving.Delivery.as_view(), name="receive"),
    path("shipments/<int:pk>/", shipments.ShipmentPage.as_view(), name="shipment"),
    path("shipments/<int:pk>/affirm/", shipments.Affirm.as_view(), name="shipment-affirm"),
    path("shipments/<int:pk>/information.pdf", shipments.Paper.as_view(), name="shipment-pdf"),
    path("shipments/<int:pk>/epcis.xml", shipments.Epcis.as_view(), name="shipment-epcis"),
    path("stock/", stock.Stock.as_view(), name="stock"),
    path("record/", others.RecordChoice.as_view(), name="record"),
    path("record/<slug:kind>/", others.RecordKind.as_view(), name="record-kind"),
    path("packages/", packages.LookUp.as_view(), name="look-up"),
    path("packages/<uuid:pk>/", packages.PackagePage.as_view(), name="package"),
    path("events/", events.Events.as_view(), name="events"),
    path("events/<int:pk>/", events.EventPage.as_view(), name="event"),
    path("refused/", events.Refusals.as_view(), name="refused"),
    path("master-data/", master_data.MasterData.as_view(), name="master-data"),
    path("master-data/<int:pk>/accept/", master_data.Accept.as_view(), name="master-data-accept"),
    path(
        "master-data/<int:pk>/decline/", master_data.Decline.as_view(), name="master-data-decline"
    ),
    path("alerts/", safety.Alerts.as_view(), name="alerts"),
    path("alerts/<int:pk>/close/", safety.CloseAlert.as_view(), name="alert-close"),
    *scanning,
]
