"""Addresses of the orders room's API."""

from __future__ import annotations

from django.urls import path

from orders.api.automation import MoveRule, OneRule, Rules
from orders.api.bulk import BulkOrders
from orders.api.changes import (
    CancelOrder,
    Conflicts,
    CorrectRecipient,
    DecideConflict,
    RecheckOrder,
)
from orders.api.combining import MergeOrders, OrdersTogether, SplitOrder, UndoOrder
from orders.api.imports import Imports, OneImport, RejectedRows
from orders.api.listings import Listings, OneListing
from orders.api.orders import OneOrder, Orders, ReleaseHold
from orders.api.products import OneProduct, Products
from orders.api.stock import OneKit, OneStock
from orders.api.trials import OneTrial, TrialOrders, Trials

urlpatterns = [
    path("automation-rules", Rules.as_view(), name="api-automation-rules"),
    path("automation-rules/<big:rule_id>", OneRule.as_view(), name="api-automation-rule"),
    path(
        "automation-rules/<big:rule_id>/move", MoveRule.as_view(), name="api-automation-rule-move"
    ),
    path("automation-trials", Trials.as_view(), name="api-automation-trials"),
    path("automation-trials/<big:trial_id>", OneTrial.as_view(), name="api-automation-trial"),
    path(
        "automation-trials/<big:trial_id>/orders",
        TrialOrders.as_view(),
        name="api-automation-trial-orders",
    ),
    path("products", Products.as_view(), name="api-products"),
    path("products/<words:sku>", OneProduct.as_view(), name="api-product"),
    path("stock/<words:sku>", OneStock.as_view(), name="api-stock"),
    path("kits/<words:sku>", OneKit.as_view(), name="api-kit"),
    path("orders", Orders.as_view(), name="api-orders"),
    path("orders/bulk", BulkOrders.as_view(), name="api-orders-bulk"),
    path("orders/merge", MergeOrders.as_view(), name="api-merge-orders"),
    path("orders/together", OrdersTogether.as_view(), name="api-orders-together"),
    path("orders/<word:reference>/split", SplitOrder.as_view(), name="api-split-order"),
    path("orders/<word:reference>/undo", UndoOrder.as_view(), name="api-undo-order"),
    path("orders/<word:reference>", OneOrder.as_view(), name="api-order"),
    path(
        "orders/<word:reference>/holds/<big:hold_id>/release",
        ReleaseHold.as_view(),
        name="api-release-hold",
    ),
    path("orders/<word:reference>/recheck", RecheckOrder.as_view(), name="api-recheck-order"),
    path("orders/<word:reference>/cancel", CancelOrder.as_view(), name="api-cancel-order"),
    path(
        "orders/<word:reference>/correct", CorrectRecipient.as_view(), name="api-correct-recipient"
    ),
    path("orders/<word:reference>/conflicts", Conflicts.as_view(), name="api-conflicts"),
    path(
        "orders/<word:reference>/conflicts/<big:conflict_id>",
        DecideConflict.as_view(),
        name="api-decide-conflict",
    ),
    path("listings", Listings.as_view(), name="api-listings"),
    path("listings/<big:listing_id>", OneListing.as_view(), name="api-listing"),
    path("imports", Imports.as_view(), name="api-imports"),
    path("imports/<big:import_id>", OneImport.as_view(), name="api-import"),
    path("imports/<big:import_id>/rejected.csv", RejectedRows.as_view(), name="api-rejected"),
]
