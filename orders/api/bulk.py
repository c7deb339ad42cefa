"""POST /orders/bulk: up to 500 orders, each judged alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.schema import IDEMPOTENCY_KEY, answers
from core.problems import field_faults
from core.routes import permission
from flows.new_orders import payload_digest
from orders.api.bodies import BULK_BODY, ORDER_BODY, BulkShape
from orders.api.receiving import parsed_order, receive
from orders.api.shapes import BulkAnswerShape
from orders.files.orders import ParsedOrder
from orders.models import Order


@permission("orders.edit")
class BulkOrders(Endpoint):
    """Many orders at once."""

    @extend_schema(
        operation_id="create_orders",
        summary="Send up to 500 orders",
        description="One transaction. A faulty order is answered as invalid with its faults and"
        " does not stop the others. A known order with other content is updated while no parcel"
        " is planned for it; later it differs, and a person of yours decides.",
        parameters=[IDEMPOTENCY_KEY],
        request=BulkShape,
        responses=answers({200: BulkAnswerShape}, 400, 409, 413, 415),
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Receive them."""
        entries = self.read(BULK_BODY)["orders"]
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            return 200, {"results": take_all(entries, actor=self.caller.actor, now=now)}

        return self.answer(effect, now=now)


def take_all(entries: Sequence[Any], *, actor: str, now: datetime) -> list[dict[str, Any]]:
    """Return what became of each entry, in their order."""
    results: list[dict[str, Any]] = [{} for _ in entries]
    by_channel: dict[str, dict[str, tuple[int, ParsedOrder]]] = {}
    repeats: list[tuple[int, str, ParsedOrder]] = []
    for place, entry in enumerate(entries):
        try:
            body = ORDER_BODY.run_validation(entry)
        except ValidationError as error:
            results[place] = _invalid(entry, error)
            continue
        order = parsed_order(body)
        first = by_channel.setdefault(body["channel"], {})
        if order.external_order in first:
            repeats.append((place, body["channel"], order))
        else:
            first[order.external_order] = (place, order)
    for channel, firsts in by_channel.items():
        _take_channel(channel, firsts, results, actor, now)
    for place, channel, order in repeats:
        first_place, first_order = by_channel[channel][order.external_order]
        is_same = payload_digest(order) == payload_digest(first_order)
        outcome = "unchanged" if is_same else "differs"
        results[place] = {**results[first_place], "outcome": outcome}
    return results


def _take_channel(
    channel: str,
    firsts: dict[str, tuple[int, ParsedOrder]],
    results: list[dict[str, Any]],
    actor: str,
    now: datetime,
) -> None:
    received = receive(
        orders=[order for _, order in firsts.values()], channel=channel, actor=actor, now=now
    )
    for new in received.new:
        place, _order = firsts[new.order.external_order]
        holds = sorted({hold.code for hold in new.holds})
        results[place] = _item(new.order, "created", holds)
    again = [*received.unchanged, *received.updated, *received.different]
    known = Order.objects.filter(pk__in=again)
    held: dict[int, list[str]] = {}
    for order_id, code in known.filter(holds__released_at__isnull=True).values_list(
        "pk", "holds__code"
    ):
        if code:
            held.setdefault(order_id, []).append(code)
    outcomes = dict.fromkeys(received.updated, "updated")
    outcomes |= dict.fromkeys(received.different, "differs")
    for order in known:
        place, _order = firsts[order.external_order]
        outcome = outcomes.get(order.pk, "unchanged")
        results[place] = _item(order, outcome, sorted(set(held.get(order.pk, []))))


def _item(order: Order, outcome: str, holds: list[str]) -> dict[str, Any]:
    return {
        "external_order": order.external_order,
        "outcome": outcome,
        "reference": order.reference,
        "status": order.status,
        "holds": holds,
        "errors": [],
    }


def _invalid(entry: Any, error: ValidationError) -> dict[str, Any]:
    number = entry.get("external_order") if isinstance(entry, dict) else None
    # The answer is stored, and a JSON column takes neither NUL nor half a letter.
    told = filter(str.isprintable, number[:80]) if isinstance(number, str) else ""
    return {
        "external_order": "".join(told),
        "outcome": "invalid",
        "reference": "",
        "status": "",
        "holds": [],
        "errors": field_faults(error),
    }
