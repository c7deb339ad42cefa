"""Routes of the doors this process serves."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("accounts/", include("allauth.urls"))]

if "api" in settings.DOORS:
    from config import api_docs

    urlpatterns += [
        path("api/v1/", include("config.api_urls")),
        path("api/schema/", api_docs.schema, name="api-schema"),
        path("api/reference/", api_docs.reference, name="api-reference"),
    ]
