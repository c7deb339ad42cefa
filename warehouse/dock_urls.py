"""Addresses of the dock and of counting: inbounds, receive, put away, counts."""

from __future__ import annotations

from django.urls import path

from warehouse.stations import count, counts, inbounds, put_away, receive

urlpatterns = [
    path("inbounds/", inbounds.due, name="station_inbounds"),
    path("inbounds/<int:inbound_id>/labels/", inbounds.labels, name="station_inbound_labels"),
    path(
        "inbounds/<int:inbound_id>/labels/make/",
        inbounds.make_labels,
        name="station_inbound_labels_make",
    ),
    path("receive/<int:inbound_id>/", receive.show, name="station_receive"),
    path("receive/<int:inbound_id>/scans/", receive.scans, name="station_receive_scans"),
    path("put-away/<int:inbound_id>/", put_away.show, name="station_put_away"),
    path("put-away/<int:inbound_id>/scans/", put_away.scans, name="station_put_away_scans"),
    path("counts/", counts.counts, name="station_counts"),
    path("counts/make/", counts.make, name="station_count_make"),
    path("counts/<int:list_id>/", counts.one, name="station_count_list"),
    path(
        "counts/<int:list_id>/bins/<int:task_id>/decide/",
        counts.decide,
        name="station_count_decide",
    ),
    path("count/<int:list_id>/", count.show, name="station_count"),
    path("count/<int:list_id>/scans/", count.scans, name="station_count_scans"),
]
