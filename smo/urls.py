"""Every route of the portal: one include per app, the API, sign-in, health."""

from __future__ import annotations

from importlib.util import find_spec

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from core.views import healthz, theme
from smo.api import router

APPS = ("organization", "jobs", "notifications", "strategy", "scorecards", "planning")

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("theme/", theme, name="theme"),
    path("sign-in/", account.login, name="account_login"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("sign-out/", account.logout, name="account_logout"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/v1/", include(router.urls)),
    *(path(f"{app}/", include(f"{app}.urls")) for app in APPS if find_spec(f"{app}.urls")),
    path("", include("portal.urls")),
]

handler500 = "core.views.server_error"
