from __future__ import annotations

from django.urls import path

from apps.desk.joining import accepting, onboarding

app_name = "join"
urlpatterns = [
    path("<str:secret>/", accepting.Accept.as_view(), name="accept"),
    path("<str:secret>/organisation/", onboarding.AboutOrganisation.as_view(), name="organisation"),
    path("<str:secret>/site/", onboarding.AboutSite.as_view(), name="site"),
    path("<str:secret>/you/", onboarding.AboutYou.as_view(), name="you"),
]
