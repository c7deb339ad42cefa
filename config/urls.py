"""Routes of the doors this process serves."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from core.languages import language
from core.routes import PUBLIC, permission


@permission(PUBLIC)
def no_such_page(request: HttpRequest) -> HttpResponse:
    """Stands in front of a library's page that this product does not have."""
    raise Http404(request.path)


urlpatterns: list[URLPattern | URLResolver] = [
    # An address is what people are invited by, and nobody proves a new one here: whoever could
    # take on another's address would be put into the next team that invites it.
    path("accounts/email/", no_such_page, name="account_email"),
    path("accounts/", include("allauth.urls")),
    path("language/", language, name="language"),
]

if "api" in settings.DOORS:
    from config import api_docs

    urlpatterns += [
        path("api/v1/", include("config.api_urls")),
        path("api/schema/", api_docs.schema, name="api-schema"),
        path("api/reference/", api_docs.reference, name="api-reference"),
    ]

if "track" in settings.DOORS:
    from orders.views import channel_push

    urlpatterns += [
        path("", include("tracking.urls")),
        path("push/channels/<str:token>/", channel_push, name="channel_push"),
    ]

if "merchant" in settings.DOORS:
    urlpatterns += [path("", include("dashboard.urls"))]

if "admin" in settings.DOORS:
    urlpatterns += [path("", include("config.admin_urls"))]
    if "merchant" not in settings.DOORS:
        urlpatterns += [
            path("", permission(PUBLIC)(RedirectView.as_view(pattern_name="staff_home")))
        ]
