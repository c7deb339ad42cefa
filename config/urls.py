"""Routes of the doors this process serves."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

urlpatterns = [path("accounts/", include("allauth.urls"))]
