"""Addresses of a manufacturer's work."""

from __future__ import annotations

from django.urls import path

from apps.desk.views import catalog, commission, labels, line, recalls

urlpatterns = [
    path("batches/<uuid:pk>/change/", catalog.ChangeBatch.as_view(), name="batch-change"),
    path("serials/<uuid:pk>/", commission.SerialListPage.as_view(), name="serials"),
    path(
        "serials/<uuid:pk>/progress/",
        commission.SerialListPage.as_view(fragment=True),
        name="serials-progress",
    ),
    path("serials/<uuid:pk>/start/", commission.StartList.as_view(), name="serials-start"),
    path("serials/<uuid:pk>/discard/", commission.DiscardList.as_view(), name="serials-discard"),
    path("batches/<uuid:pk>/packs/", catalog.BatchPacks.as_view(), name="batch-packs"),
    path("batches/<uuid:pk>/recall/notice/", recalls.RecallNotice.as_view(), name="recall-notice"),
    path("batches/<uuid:pk>/labels/", labels.BatchLabels.as_view(), name="labels"),
    path("batches/<uuid:pk>/labels.pdf", labels.BatchLabelsFile.as_view(), name="labels-pdf"),
    path(
        "batches/<uuid:pk>/labels.zpl",
        labels.BatchLabelsFile.as_view(form="zpl"),
        name="labels-zpl",
    ),
    path("packages/<uuid:pk>/label.pdf", labels.PackageLabel.as_view(), name="label-pdf"),
    path("packages/<uuid:pk>/label.zpl", labels.PackageLabel.as_view(form="zpl"), name="label-zpl"),
    path("line/", line.StartLine.as_view(), name="line-start"),
    path("line/<uuid:pk>/", line.LinePage.as_view(), name="line"),
    path("line/<uuid:pk>/cases/<int:case>/close/", line.CloseCase.as_view(), name="line-close"),
    path("line/<uuid:pk>/stop/", line.StopLine.as_view(), name="line-stop"),
]
