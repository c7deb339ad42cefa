"""Addresses of the scan stations."""

from __future__ import annotations

from django.urls import include, path

from warehouse.stations import (
    board,
    cartons,
    handover,
    pack,
    papers,
    photos,
    pick,
    pick_short,
    replenish,
    templates,
    wave_acts,
    waves,
    weigh,
)

urlpatterns = [
    path("", board.show, name="station_board"),
    path("problems/<int:job_id>/retry/", board.retry, name="station_problem_retry"),
    path("email/", board.email, name="station_email"),
    path("waves/", waves.plan, name="station_wave_plan"),
    path("waves/<int:wave_id>/", waves.show, name="station_wave"),
    path("waves/<int:wave_id>/release/", waves.release_wave, name="station_wave_release"),
    path("waves/<int:wave_id>/dismiss/", wave_acts.dismiss_wave, name="station_wave_dismiss"),
    path("waves/<int:wave_id>/take-out/", wave_acts.take_order_out, name="station_wave_take_out"),
    path("proposals/", wave_acts.settle, name="station_proposals"),
    path("put-backs/<int:put_back_id>/", wave_acts.put_back, name="station_put_back"),
    path("templates/", templates.listed, name="station_templates"),
    path("templates/new/", templates.add, name="station_template_new"),
    path("templates/<int:template_id>/", templates.change, name="station_template"),
    path("templates/<int:template_id>/switch/", templates.switch, name="station_template_switch"),
    path("picks/", pick.picks, name="station_picks"),
    path("pick/<int:wave_id>/", pick.show, name="station_pick"),
    path("pick/<int:wave_id>/short/", pick_short.short, name="station_pick_short"),
    path("pick/<int:wave_id>/scans/", pick.scans, name="station_pick_scans"),
    path("pack/", pack.show, name="station_pack"),
    path("pack/scans/", pack.scans, name="station_pack_scans"),
    path("pack/close/", pack.close, name="station_pack_close"),
    path("pack/cartons/", cartons.choose, name="station_cartons"),
    path("pack/photos/", photos.photos, name="station_photos"),
    path("weigh/", weigh.show, name="station_weigh"),
    path("weigh/scans/", weigh.scans, name="station_weigh_scans"),
    path("replenish/", replenish.overview, name="station_replenish"),
    path("replenish/<slug:code>/", replenish.show, name="station_replenish_house"),
    path("replenish/<slug:code>/scans/", replenish.scans, name="station_replenish_scans"),
    path("replenish/<slug:code>/look/", replenish.look, name="station_replenish_look"),
    path("replenish/<slug:code>/face/", replenish.face, name="station_replenish_face"),
    path("hand-over/", handover.station, name="station_hand_over"),
    path("hand-over/<int:handover_id>/", handover.show, name="station_handover"),
    path("", include("warehouse.printing_urls")),
    path("documents/<int:document_id>/", papers.document, name="station_document"),
]
