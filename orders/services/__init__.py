"""The only writer of the orders' tables."""

from __future__ import annotations

from orders.services.connections import (
    AlreadyConnected,
    NotThere,
    accept_return,
    activate,
    ask_consent,
    end_connection,
    end_renewal,
    lease_renewal,
    note_failure,
    open_connection,
    open_window,
    pause,
    reseal_connection,
    resume,
    returned_of,
    save_page,
    set_telling,
    store_tokens,
    tokens_of,
)
from orders.services.holds import HoldAlreadyReleased, NotYourHold, release_hold
from orders.services.imports import (
    SAME_ORDER,
    NotToBeChosen,
    add_rejected_rows,
    choose_columns,
    describe_import,
    finish_import,
    refuse_import,
    save_progress,
    start_import,
    start_reading,
)
from orders.services.notices import (
    NewNotice,
    NotRefused,
    count_try,
    mark_notice_told,
    queue_notices,
    refuse_notice,
    settle_notice,
    tell_again,
)
from orders.services.orders import (
    NewOrder,
    ensure_channel,
    insert_orders,
    keep_channels_word,
    move_orders,
)
from orders.services.presets import remove_preset, save_preset
from orders.services.products import ProductCounts, correct_customs_data, upsert_products

__all__ = [
    "SAME_ORDER", "AlreadyConnected", "HoldAlreadyReleased", "NewNotice", "NewOrder", "NotRefused",
    "NotThere", "NotToBeChosen", "NotYourHold", "ProductCounts", "accept_return", "activate",
    "add_rejected_rows", "ask_consent", "choose_columns", "correct_customs_data", "count_try",
    "describe_import",
    "end_connection", "end_renewal", "ensure_channel", "finish_import", "insert_orders",
    "keep_channels_word", "lease_renewal", "mark_notice_told", "move_orders", "note_failure",
    "open_connection", "open_window", "pause", "queue_notices", "refuse_import", "refuse_notice",
    "release_hold", "remove_preset", "reseal_connection", "resume", "returned_of", "save_page",
    "save_preset", "save_progress", "set_telling", "settle_notice", "start_import",
    "start_reading", "store_tokens", "tell_again", "tokens_of", "upsert_products",
]  # fmt: skip
