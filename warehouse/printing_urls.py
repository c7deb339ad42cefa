"""Addresses of the stations that print: single items, the put wall, the printing page."""

from __future__ import annotations

from django.urls import path

from warehouse.stations import printing, put_wall, single

urlpatterns = [
    path("single/", single.show, name="station_single"),
    path("single/scans/", single.scans, name="station_single_scans"),
    path("walls/", put_wall.walls, name="station_walls"),
    path("walls/<int:wall_id>/<int:wave_id>/", put_wall.show, name="station_wall"),
    path("walls/<int:wall_id>/<int:wave_id>/scans/", put_wall.scans, name="station_wall_scans"),
    path("printing/", printing.show, name="station_printing"),
    path("printing/station/", printing.station, name="station_print_station"),
    path("printing/<int:job_id>/again/", printing.again, name="station_print_again"),
    path("printing/<int:job_id>/go-on/", printing.go_on, name="station_print_go_on"),
    path("printing/<int:job_id>/seen/", printing.seen, name="station_print_seen"),
    path("printing/<int:job_id>/label/", printing.label, name="station_print_label"),
]
