"""Addresses of the search, of the authority's pages, and of who looked at what."""

from __future__ import annotations

from django.urls import include, path

from apps.desk.oversight import (
    alerts,
    cases,
    exporting,
    licences,
    looks,
    organisations,
    recalls,
    search,
)

oversight = [
    path("looked-at/", looks.LookedAt.as_view(), name="looked-at"),
    path("oversight/access/", looks.AccessLog.as_view(), name="access-log"),
    path("oversight/alerts/", alerts.Alerts.as_view(), name="alerts"),
    path("oversight/alerts/<int:pk>/close/", alerts.Close.as_view(), name="alert-close"),
    path("oversight/cases/", cases.Cases.as_view(), name="cases"),
    path("oversight/cases/new/", cases.NewCase.as_view(), name="case-new"),
    path("oversight/cases/collect/", cases.Collect.as_view(), name="collect"),
    path("oversight/cases/<uuid:pk>/", cases.CasePage.as_view(), name="case"),
    path("oversight/cases/<uuid:pk>/note/", cases.WriteNote.as_view(), name="case-note"),
    path("oversight/cases/<uuid:pk>/close/", cases.CloseCase.as_view(), name="case-close"),
    path("oversight/cases/<uuid:pk>/case.zip", cases.Archive.as_view(), name="case-archive"),
    path(
        "oversight/export/batch/<uuid:pk>.<slug:form>",
        exporting.ExportBatch.as_view(),
        name="export-batch",
    ),
    path("oversight/export/<slug:name>.<slug:form>", exporting.ExportList.as_view(), name="export"),
    path("oversight/licences/", licences.Licences.as_view(), name="licences"),
    path("oversight/licences/grant/", licences.Grant.as_view(), name="licence-grant"),
    path(
        "oversight/licences/<uuid:pk>/<slug:verb>/",
        licences.Change.as_view(),
        name="licence-change",
    ),
    path("oversight/organisations/", organisations.Organisations.as_view(), name="organisations"),
    path(
        "oversight/organisations/<uuid:pk>/",
        organisations.OrganisationPage.as_view(),
        name="organisation",
    ),
    path("oversight/recalls/", recalls.Recalls.as_view(), name="recalls"),
    path("oversight/recalls/<int:pk>/", recalls.RecallPage.as_view(), name="recall"),
]
urlpatterns = [
    path("search/", search.Search.as_view(), name="search"),
    path("", include((oversight, "oversight"))),
]
