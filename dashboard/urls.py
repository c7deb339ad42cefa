"""Routes of the merchant's door."""

from __future__ import annotations

from django.urls import path

from dashboard.views import (
    api_keys,
    billing,
    choices,
    claims,
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
    path("settings/keys/", api_keys.api_keys, name="api_keys"),
    path("settings/keys/<int:key_id>/revoke/", api_keys.api_key_revoke, name="api_key_revoke"),
    path("documents/<int:document_id>/", documents.document, name="document"),
    path("merchants/", choices.merchants, name="merchants"),
    path("language/", choices.language, name="language"),
]
