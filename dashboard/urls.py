"""Routes of the merchant's door."""

from __future__ import annotations

from django.urls import path

from dashboard.views import (
    api_keys,
    billing,
    channels,
    choices,
    claims,
    corrections,
    customs,
    documents,
    orders,
    products,
    shipments,
    team,
    today,
    uploads,
)

app_name = "dashboard"

urlpatterns = [
    path("", today.today, name="today"),
    path("search/", today.search, name="search"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/export.csv", orders.order_export, name="orders_export"),
    path("orders/bulk/", orders.orders_bulk, name="orders_bulk"),
    path("upload/", uploads.upload, name="upload"),
    path("upload/template/<slug:kind>/", uploads.upload_template, name="upload_template"),
    path("uploads/<int:import_id>/", uploads.upload_detail, name="upload_detail"),
    path("uploads/<int:import_id>/progress/", uploads.upload_progress, name="upload_progress"),
    path("uploads/<int:import_id>/columns/", uploads.upload_columns, name="upload_columns"),
    path("upload/presets/<int:preset_id>/remove/", uploads.preset_remove, name="preset_remove"),
    path("uploads/<int:import_id>/rejected.csv", uploads.upload_rejected, name="upload_rejected"),
    path("orders/<slug:reference>/", orders.order_detail, name="order"),
    path(
        "orders/<slug:reference>/holds/<int:hold_id>/release/",
        orders.hold_release,
        name="hold_release",
    ),
    path("products/", products.product_list, name="products"),
    path("products/export.csv", products.product_export, name="products_export"),
    path("shipments/", shipments.shipment_list, name="shipments"),
    path("shipments/export.csv", shipments.shipment_export, name="shipments_export"),
    path("shipments/<int:parcel_id>/", shipments.shipment_detail, name="shipment"),
    path("customs/", customs.declaration_list, name="customs"),
    path("customs/export.csv", customs.declaration_export, name="customs_export"),
    path("customs/<int:declaration_id>/", corrections.declaration, name="declaration"),
    path("claims/", claims.claim_list, name="claims"),
    path("claims/export.csv", claims.claim_export, name="claims_export"),
    path("claims/new/", claims.claim_new, name="claim_new"),
    path("claims/<slug:number>/", claims.claim_detail, name="claim"),
    path("claims/<slug:number>/evidence/", claims.claim_evidence, name="claim_evidence"),
    path("billing/", billing.billing, name="billing"),
    path("billing/export.csv", billing.billing_export, name="billing_export"),
    path("settings/team/", team.team, name="settings"),
    path("settings/team/add/", team.member_add, name="member_add"),
    path("settings/team/<int:member_id>/role/", team.member_role, name="member_role"),
    path("settings/team/<int:member_id>/remove/", team.member_remove, name="member_remove"),
    path("settings/channels/", channels.channels, name="channels"),
    path("settings/channels/new/", channels.channel_new, name="channel_new"),
    path("settings/channels/<slug:kind>/return/", channels.channel_return, name="channel_return"),
    path(
        "settings/channels/<int:connection_id>/connect/",
        channels.channel_connect,
        name="channel_connect",
    ),
    path(
        "settings/channels/<int:connection_id>/pause/",
        channels.channel_pause,
        name="channel_pause",
    ),
    path(
        "settings/channels/<int:connection_id>/resume/",
        channels.channel_resume,
        name="channel_resume",
    ),
    path("settings/channels/<int:connection_id>/end/", channels.channel_end, name="channel_end"),
    path(
        "settings/channels/<int:connection_id>/telling/",
        channels.channel_telling,
        name="channel_telling",
    ),
    path("settings/channels/not-told/", channels.channel_notices, name="channel_notices"),
    path(
        "settings/channels/not-told/<int:notice_id>/again/",
        channels.channel_notice_again,
        name="channel_notice_again",
    ),
    path(
        "settings/channels/not-told/<int:notice_id>/settle/",
        channels.channel_notice_settle,
        name="channel_notice_settle",
    ),
    path("settings/keys/", api_keys.api_keys, name="api_keys"),
    path("settings/keys/<int:key_id>/revoke/", api_keys.api_key_revoke, name="api_key_revoke"),
    path("documents/<int:document_id>/", documents.document, name="document"),
    path("merchants/", choices.merchants, name="merchants"),
    path("language/", choices.language, name="language"),
]
