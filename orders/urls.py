"""Addresses of the orders room's API."""

from __future__ import annotations

from django.urls import path

from orders.api.bulk import BulkOrders
from orders.api.imports import Imports, OneImport, RejectedRows
from orders.api.orders import OneOrder, Orders, ReleaseHold
from orders.api.products import OneProduct, Products

urlpatterns = [
    path("products", Products.as_view(), name="api-products"),
    path("products/<words:sku>", OneProduct.as_view(), name="api-product"),
    path("orders", Orders.as_view(), name="api-orders"),
    path("orders/bulk", BulkOrders.as_view(), name="api-orders-bulk"),
    path("orders/<word:reference>", OneOrder.as_view(), name="api-order"),
    path(
        "orders/<word:reference>/holds/<big:hold_id>/release",
        ReleaseHold.as_view(),
        name="api-release-hold",
    ),
    path("imports", Imports.as_view(), name="api-imports"),
    path("imports/<big:import_id>", OneImport.as_view(), name="api-import"),
    path("imports/<big:import_id>/rejected.csv", RejectedRows.as_view(), name="api-rejected"),
]
