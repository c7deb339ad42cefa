"""GET and POST /orders, one order, and releasing its holds."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.schema import IDEMPOTENCY_KEY, answers, list_parameters, page_of
from core.problems import CONTENT_TYPE, Problem, problem_body
from core.routes import permission
from core.tenancy import merchant
from flows.intake import release_hold
from flows.order_picture import order_picture
from orders.api.bodies import ORDER_BODY, OrderBody
from orders.api.filters import OrderFilter
from orders.api.picture import OrderDetailShape, present
from orders.api.receiving import parsed_order, present_new, receive
from orders.api.shapes import (
    HOLD,
    LINE,
    ORDER,
    ORDER_SUMMARY,
    OrderAnswerShape,
    OrderSummaryShape,
    ReleasedShape,
)
from orders.models import Hold, Order
from orders.services import HoldAlreadyReleased, HoldStillApplies, NotYourHold
from orders.words import hold_words


@permission("orders.view", write="orders.edit")
class Orders(Endpoint):
    """The merchant's orders."""

    @extend_schema(
        operation_id="list_orders",
        summary="List orders, newest first",
        parameters=list_parameters(OrderFilter),
        responses=answers({200: page_of(OrderSummaryShape, "Order")}, 400),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Answer one page."""
        with merchant(self.caller.merchant_id):
            present_row = ORDER_SUMMARY.to_representation
            return self.page(Order.objects.all(), OrderFilter, present_row, related=("channel",))

    @extend_schema(
        operation_id="create_order",
        summary="Send an order",
        description="The checks run at once: the answer says whether the order is accepted or"
        " held, and each hold says why, what would be right and who may release it. An order is"
        " one by channel and external_order: the same again answers 200 with the known order;"
        " other content updates it and is answered with 200 too, while no parcel is planned for it."
        " Later it is a 409, and a conflict that a person of yours decides.",
        parameters=[IDEMPOTENCY_KEY],
        request=OrderBody,
        responses=answers({201: OrderAnswerShape, 200: OrderAnswerShape}, 400, 409, 413, 415),
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Receive one order."""
        body = self.read(ORDER_BODY)
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            received = receive(
                orders=[parsed_order(body)],
                channel=body["channel"],
                actor=self.caller.actor,
                now=now,
            )
            if received.new:
                return 201, present_new(received.new[0])
            if received.different:
                # Not raised: that would roll the conflict back.
                return 409, problem_body(_differs(received.different[0]))
            return 200, _known((*received.updated, *received.unchanged)[0])

        answer = self.answer(effect, now=now)
        if answer.status_code == 409:
            answer.content_type = CONTENT_TYPE
        return answer


def _known(order_id: int) -> dict[str, Any]:
    order = Order.objects.select_related("channel").get(pk=order_id)
    holds = Hold.objects.filter(order=order, released_at__isnull=True).order_by("pk")
    return {
        **ORDER.to_representation(order),
        "lines": [LINE.to_representation(line) for line in order.lines.order_by("pk")],
        "holds": [HOLD.to_representation(hold) for hold in holds],
    }


def _differs(order_id: int) -> Problem:
    reference = Order.objects.values_list("reference", flat=True).get(pk=order_id)
    return Problem(
        status=409,
        code="order_differs",
        field="external_order",
        detail=_(
            "Order {reference} has this external_order with another content and can no longer "
            "be changed by itself. A person of your team decides on the order's page."
        ).format(reference=reference),
    )


@permission("orders.view")
class OneOrder(Endpoint):
    """One order."""

    @extend_schema(
        operation_id="get_order",
        summary="One order with lines, holds, parcels, documents, landed cost and tracking",
        responses=answers({200: OrderDetailShape}, 404),
    )
    def get(self, request: Request, reference: str) -> Response:  # noqa: ARG002
        """Answer everything known about it."""
        with merchant(self.caller.merchant_id):
            return Response(present(order_picture(reference=reference)))


@permission("orders.edit")
class ReleaseHold(Endpoint):
    """The release of a hold."""

    @extend_schema(
        operation_id="release_hold",
        summary="Release a hold",
        description="The last one released accepts the order. A hold names the role that may"
        " release it; an owner's key may always, where it is the merchant's to release. The order"
        " is checked anew. A hold for an unknown product goes when the product is added or mapped.",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses=answers({200: ReleasedShape}, 404, 409),
    )
    def post(self, request: Request, reference: str, hold_id: int) -> Response:  # noqa: ARG002
        """Release it in the caller's role."""
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            if not Hold.objects.filter(pk=hold_id, order__reference=reference).exists():
                raise Http404
            role = f"member:{self.caller.role}"
            try:
                release_hold(hold_id=hold_id, role=role, actor=self.caller.actor, now=now)
            except HoldAlreadyReleased as error:
                raise Problem(
                    status=409, code="hold_already_released", detail=_("It was released before.")
                ) from error
            except HoldStillApplies as error:
                raise still_applies(hold_id) from error
            except NotYourHold as error:
                raise Problem(
                    status=403,
                    code="not_your_hold",
                    detail=_("This hold is not for your role to release; see released_by_role."),
                ) from error
            return 200, released(reference)

        return self.answer(effect, now=now)


def still_applies(hold_id: int) -> Problem:
    """Return the refusal to release a hold that only its remedy ends."""
    hold = Hold.objects.get(pk=hold_id)
    return Problem(status=409, code="hold_still_applies", detail=" ".join(hold_words(hold)))


def released(reference: str) -> dict[str, Any]:
    order = Order.objects.get(reference=reference)
    still = Hold.objects.filter(order=order, released_at__isnull=True).order_by("pk")
    return {
        "reference": order.reference,
        "status": order.status,
        "open_holds": list(still.values_list("code", flat=True)),
    }
