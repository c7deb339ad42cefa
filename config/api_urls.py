"""The REST API, version 1."""

from __future__ import annotations

from django.urls import include, path, re_path

import core.converters  # noqa: F401 - the parts of addresses that the rooms use
from accounts.endpoints import NoSuchRoute
from claims.api import Claims, Evidence, OneClaim
from shipping.api import DocumentContent, OneShipment, Shipments
from tracking.api import Tracking
from warehouse.api import Cartons, OneCarton
from warehouse.api.inbounds import CancelInbound, Inbounds, OneInbound

urlpatterns = [
    path("", include("orders.urls")),
    path("shipments", Shipments.as_view(), name="api-shipments"),
    path("shipments/<word:reference>", OneShipment.as_view(), name="api-shipment"),
    path("documents/<big:document_id>/content", DocumentContent.as_view(), name="api-document"),
    path("tracking/<word:tracking_number>", Tracking.as_view(), name="api-tracking"),
    path("cartons", Cartons.as_view(), name="api-cartons"),
    path("cartons/<words:code>", OneCarton.as_view(), name="api-carton"),
    path("inbounds", Inbounds.as_view(), name="api-inbounds"),
    path("inbounds/<word:number>", OneInbound.as_view(), name="api-inbound"),
    path("inbounds/<word:number>/cancel", CancelInbound.as_view(), name="api-cancel-inbound"),
    path("claims", Claims.as_view(), name="api-claims"),
    path("claims/<word:number>", OneClaim.as_view(), name="api-claim"),
    path("claims/<word:number>/evidence", Evidence.as_view(), name="api-evidence"),
    re_path("", NoSuchRoute.as_view(), name="api-no-such-route"),
]
