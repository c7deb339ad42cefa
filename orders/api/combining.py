"""Splitting and merging orders, taking both back, and finding what could go together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.schema import IDEMPOTENCY_KEY, answers
from core.fields import Amount, OneOf, StrictSerializer, Text, Whole
from core.problems import Problem
from core.routes import permission
from core.sentences import Sentence
from core.spoken import run_on, say
from core.tenancy import merchant
from flows.combining import LONGEST_REASON, NotCombined, merge_orders, split_order, undo
from flows.parts import (
    WAYS,
    parts_by_hand,
    parts_by_stock,
    parts_by_value,
    parts_by_warehouse,
)
from flows.together import Together, orders_together
from orders.api.bodies import MOST_LINES, text
from orders.api.changes import find
from orders.api.shapes import LINE, ORDER_SUMMARY, LineShape, OrderSummaryShape
from orders.files.orders import LARGEST_QUANTITY
from orders.models import Hold, Order, OrderLine
from orders.rules.combining import MOST_MERGED, MOST_PARTS
from orders.services import SomebodyWasFirst


class PiecesBody(StrictSerializer):
    """Pieces of one line of the order."""

    external_line = Text(max_length=80)
    quantity = Whole(min_value=1, max_value=LARGEST_QUANTITY)


class OrderPartBody(StrictSerializer):
    """What goes into one part."""

    lines = serializers.ListField(child=PiecesBody(), allow_empty=False, max_length=MOST_LINES)


class SplitBody(StrictSerializer):
    """How to split: `hand` takes `parts` (what they leave over stays together as the first);
    `stock` and `warehouse` take what lies there now; `value` takes a `limit` for each part."""

    by = OneOf(WAYS, default="hand")
    parts = serializers.ListField(
        child=OrderPartBody(), required=False, default=list, max_length=MOST_PARTS
    )
    limit = Amount(
        required=False, allow_null=True, default=None, help_text="In the order's currency."
    )
    reason = text(
        "note",
        max_length=LONGEST_REASON,
        help_text="Why the parts are shipped apart; asked for where one comes under a customs"
        " limit that the whole is above.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Each way needs its own."""
        if attrs["by"] == "hand" and not attrs["parts"]:
            raise ValidationError({"parts": [_("Say what goes apart.")]}, code="required")
        if attrs["by"] == "value" and not attrs["limit"]:
            raise ValidationError({"limit": [_("Enter an amount above zero.")]}, code="required")
        return attrs


class MergeBody(StrictSerializer):
    """The references of the orders to merge."""

    references = serializers.ListField(child=Text(max_length=20), max_length=MOST_MERGED)


class FamilyOrderShape(OrderSummaryShape):
    """An order with its lines and the codes of its open holds."""

    shipping_price = serializers.DecimalField(12, 2)
    lines = LineShape(many=True)
    open_holds = serializers.ListField(child=serializers.CharField())


class FamilyShape(serializers.Serializer[Any]):
    """The orders that are to be shipped now."""

    orders = FamilyOrderShape(many=True)


class WhyNotShape(serializers.Serializer[Any]):
    """A reason against merging; `code` is stable."""

    code = serializers.CharField()
    text = serializers.CharField()


class TogetherShape(serializers.Serializer[Any]):
    """Orders of one recipient and address; none against it means they may be merged."""

    orders = OrderSummaryShape(many=True)
    against = WhyNotShape(many=True)


class TogetherPageShape(serializers.Serializer[Any]):
    """Groups; `next` is the `after` of the next request, null at the end."""

    results = TogetherShape(many=True)
    next = serializers.CharField(allow_null=True)


SPLIT_BODY, MERGE_BODY = SplitBody(), MergeBody()


@permission("orders.edit")
class SplitOrder(Endpoint):
    """The splitting of one order."""

    @extend_schema(
        operation_id="split_order",
        summary="Split an order into parts",
        description="Each part is an order of its own (`X/1`, `X/2`) that is checked and allocated;"
        " the order itself stands at `split`. Goods add up to the piece, money to the cent."
        " Possible until a parcel is planned. The code `under_customs_limit` asks for a `reason`.",
        parameters=[IDEMPOTENCY_KEY],
        request=SplitBody,
        responses=answers({200: FamilyShape}, 400, 404, 409, 413, 415),
    )
    def post(self, request: Request, reference: str) -> Response:  # noqa: ARG002
        """Split it."""
        body = self.read(SPLIT_BODY)
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            order_id = find(reference)
            try:
                made = split_order(
                    order_id=order_id, parts=_parts(order_id, body), reason=body["reason"],
                    actor=self.caller.actor, now=now,
                )  # fmt: skip
            except (NotCombined, SomebodyWasFirst) as error:
                raise refused(error) from error
            return 200, {"orders": family(order.pk for order in made)}

        return self.answer(effect, now=now)


def _parts(order_id: int, body: dict[str, Any]) -> Any:
    if body["by"] == "stock":
        return parts_by_stock(order_id)
    if body["by"] == "warehouse":
        return parts_by_warehouse(order_id)
    if body["by"] == "value":
        return parts_by_value(order_id, body["limit"])
    ids = dict(OrderLine.objects.filter(order_id=order_id).values_list("external_line", "pk"))
    plans = []
    for part in body["parts"]:
        plan: dict[int, int] = {}
        for pieces in part["lines"]:
            # An unknown line has the id 0, which no line has: the rules name its part.
            line_id = ids.get(pieces["external_line"], 0)
            plan[line_id] = plan.get(line_id, 0) + pieces["quantity"]
        plans.append(plan)
    return parts_by_hand(order_id, plans)


@permission("orders.edit")
class MergeOrders(Endpoint):
    """The merging of several orders."""

    @extend_schema(
        operation_id="merge_orders",
        summary="Merge orders of one recipient and address into one",
        description="The made order (`X+1`) is checked and allocated; the others stand at `merged`."
        " Refused with every reason: another recipient or currency, a hold, a wave, a customs"
        " threshold, batteries or limits that no service takes.",
        parameters=[IDEMPOTENCY_KEY],
        request=MergeBody,
        responses=answers({200: FamilyShape}, 400, 404, 409, 413, 415),
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Merge them."""
        references = list(dict.fromkeys(self.read(MERGE_BODY)["references"]))
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            ids = list(Order.objects.filter(reference__in=references).values_list("pk", flat=True))
            if len(ids) < len(references):
                raise Http404
            try:
                made = merge_orders(order_ids=ids, actor=self.caller.actor, now=now)
            except (NotCombined, SomebodyWasFirst) as error:
                raise refused(error) from error
            return 200, {"orders": family([made.pk])}

        return self.answer(effect, now=now)


@permission("orders.edit")
class UndoOrder(Endpoint):
    """The taking back of a split or a merge."""

    @extend_schema(
        operation_id="undo_order",
        summary="Take a split or a merge back",
        description="Named by any of its orders. What was made is cancelled, what it was made of"
        " is checked and allocated again. Possible until a wave with one of the parcels is"
        " released.",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses=answers({200: FamilyShape}, 404, 409),
    )
    def post(self, request: Request, reference: str) -> Response:  # noqa: ARG002
        """Take it back."""
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            order_id = find(reference)
            try:
                back = undo(order_id=order_id, actor=self.caller.actor, now=now)
            except (NotCombined, SomebodyWasFirst) as error:
                raise refused(error) from error
            return 200, {"orders": family(order.pk for order in back)}

        return self.answer(effect, now=now)


@permission("orders.view")
class OrdersTogether(Endpoint):
    """What could be merged."""

    @extend_schema(
        operation_id="list_orders_together",
        summary="Open orders that go to one recipient and address",
        parameters=[
            OpenApiParameter("after", str, description="Taken from `next`; opaque.", default="")
        ],
        responses=answers({200: TogetherPageShape}),
    )
    def get(self, request: Request) -> Response:
        """Answer one page of groups."""
        after = request.query_params.get("after", "").replace("\x00", "")[:64]
        with merchant(self.caller.merchant_id):
            found = orders_together(after=after, now=timezone.now())
            return Response(
                {
                    "results": [_group(each) for each in found.groups],
                    "next": found.next_after or None,
                }
            )


def _group(group: Together) -> dict[str, Any]:
    return {
        "orders": [ORDER_SUMMARY.to_representation(order) for order in group.orders],
        "against": [{"code": fault.code, "text": say(fault.as_dict())} for fault in group.faults],
    }


def family(order_ids: Iterable[int]) -> list[dict[str, Any]]:
    """Orders as `FamilyOrderShape` has them, in the order they were made."""
    ids = list(order_ids)
    orders = Order.objects.filter(pk__in=ids).select_related("channel").order_by("pk")
    lines: dict[int, list[OrderLine]] = {order_id: [] for order_id in ids}
    for line in OrderLine.objects.filter(order_id__in=ids).order_by("pk"):
        lines[line.order_id].append(line)
    holds: dict[int, list[str]] = {order_id: [] for order_id in ids}
    still_open = Hold.objects.filter(order_id__in=ids, released_at__isnull=True).order_by("pk")
    for order_id, code in still_open.values_list("order_id", "code"):
        holds[order_id].append(code)
    return [
        {
            **ORDER_SUMMARY.to_representation(order),
            "shipping_price": f"{order.shipping_price:.2f}",
            "lines": [LINE.to_representation(line) for line in lines[order.pk]],
            "open_holds": holds[order.pk],
        }
        for order in orders
    ]


def refused(error: NotCombined | SomebodyWasFirst) -> Problem:
    """Return a refusal with every reason in words; the code is that of the first."""
    faults: Sequence[Sentence] = error.faults if isinstance(error, NotCombined) else ()
    if not faults:
        return Problem(
            status=409, code="moved_on", detail=_("The order has moved on. Look at it again.")
        )
    return Problem(
        status=409,
        code=faults[0].code,
        detail=run_on(say(fault.as_dict()) for fault in faults),
    )
