"""Routes of the doors this process serves."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from core.routes import PUBLIC, permission

urlpatterns: list[URLPattern | URLResolver] = [path("accounts/", include("allauth.urls"))]

if "api" in settings.DOORS:
    from config import api_docs

    urlpatterns += [
        path("api/v1/", include("config.api_urls")),
        path("api/schema/", api_docs.schema, name="api-schema"),
        path("api/reference/", api_docs.reference, name="api-reference"),
    ]

if "track" in settings.DOORS:
    urlpatterns += [path("", include("tracking.urls"))]

if "merchant" in settings.DOORS:
    urlpatterns += [path("", include("dashboard.urls"))]

if "admin" in settings.DOORS:
    urlpatterns += [path("", include("config.admin_urls"))]
    if "merchant" not in settings.DOORS:
        urlpatterns += [
            path("", permission(PUBLIC)(RedirectView.as_view(pattern_name="staff_home")))
        ]
