"""Routes of the buyer's door and of carriers' pushes."""

from __future__ import annotations

from django.urls import path

from tracking.views import page, push

app_name = "tracking"

urlpatterns = [
    path("t/<str:token>/", page.parcel, name="parcel"),
    path("t/<str:token>/reveal/", page.reveal, name="reveal"),
    path("push/line/", push.line, name="push_line"),
]
