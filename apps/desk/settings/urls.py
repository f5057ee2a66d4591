"""Addresses of the settings."""

from __future__ import annotations

from django.urls import path

from apps.desk.settings import (
    first_page,
    keys,
    organisations,
    partners,
    people,
    places,
    platform,
    record,
    scanners,
    tokens,
    webhooks,
)

app_name = "settings"
urlpatterns = [
    path("", first_page.FirstPage.as_view(), name="home"),
    path("welcomed/", first_page.Welcomed.as_view(), name="welcomed"),
    path("people/", people.People.as_view(), name="people"),
    path("people/invite/", people.Invite.as_view(), name="invite"),
    path("people/rule/", people.SecondFactorRule.as_view(), name="rule"),
    path(
        "people/invitations/<uuid:pk>/withdraw/",
        people.RevokeInvitation.as_view(),
        name="invitation-withdraw",
    ),
    path("people/<int:pk>/", people.Person.as_view(), name="person"),
    path("people/<int:pk>/end/", people.EndPerson.as_view(), name="person-end"),
    path("people/<int:pk>/back/", people.TakeBackPerson.as_view(), name="person-back"),
    path(
        "people/<int:pk>/sign-ins/<str:name>/end/",
        people.EndSignIn.as_view(),
        name="person-sign-in-end",
    ),
    path("organisation/", places.OrganisationPage.as_view(), name="organisation"),
    path("organisation/licence/", places.Apply.as_view(), name="apply"),
    path("sites/", places.Sites.as_view(), name="sites"),
    path("sites/new/", places.NewSite.as_view(), name="site-new"),
    path("sites/<uuid:pk>/", places.SitePage.as_view(), name="site"),
    path("tokens/", tokens.Tokens.as_view(), name="tokens"),
    path("tokens/new/", tokens.NewToken.as_view(), name="token-new"),
    path("tokens/<uuid:pk>/revoke/", tokens.RevokeToken.as_view(), name="token-revoke"),
    path("keys/", keys.Keys.as_view(), name="keys"),
    path("keys/rotate/", keys.RotateKey.as_view(), name="key-rotate"),
    path("keys/<str:kid>/stolen/", keys.StolenKey.as_view(), name="key-stolen"),
    path("webhooks/", webhooks.Webhooks.as_view(), name="webhooks"),
    path("webhooks/<uuid:pk>/", webhooks.Webhook.as_view(), name="webhook"),
    path("webhooks/<uuid:pk>/pause/", webhooks.Pause.as_view(), name="webhook-pause"),
    path("webhooks/<uuid:pk>/go-on/", webhooks.GoOn.as_view(), name="webhook-go-on"),
    path("webhooks/<uuid:pk>/secret/", webhooks.ReplaceSecret.as_view(), name="webhook-secret"),
    path("webhooks/<uuid:pk>/try/", webhooks.TryOut.as_view(), name="webhook-try"),
    path("partners/", partners.Partners.as_view(), name="partners"),
    path("partners/<uuid:pk>/end/", partners.EndPartner.as_view(), name="partner-end"),
    path("scanners/", scanners.Scanners.as_view(), name="scanners"),
    path("scanners/<uuid:pk>/rename/", scanners.RenameScanner.as_view(), name="scanner-rename"),
    path("scanners/<uuid:pk>/remove/", scanners.RemoveScanner.as_view(), name="scanner-remove"),
    path("record/", record.Record.as_view(), name="record"),
    path("organisations/", organisations.Organisations.as_view(), name="organisations"),
    path(
        "organisations/invitations/<uuid:pk>/withdraw/",
        organisations.Withdraw.as_view(),
        name="organisation-withdraw",
    ),
    path("licences/<uuid:pk>/", organisations.Application.as_view(), name="application"),
    path("platform/", platform.Platform.as_view(), name="platform"),
]
