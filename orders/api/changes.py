"""Changes of one order: check it anew, correct its recipient, cancel it, decide a conflict."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.schema import IDEMPOTENCY_KEY, answers
from core.fields import OneOf, StrictSerializer
from core.problems import Problem
from core.routes import permission
from core.tenancy import merchant
from flows.cancelling import TooLate, cancel_order
from flows.changes import CHOICES, CORRECTABLE, correct_recipient, decide
from flows.recheck import recheck_orders
from orders.api.bodies import text
from orders.api.orders import released
from orders.api.shapes import ReleasedShape
from orders.models import ConflictKind, ConflictOutcome, Order, OrderConflict
from orders.services import AlreadyDecided
from orders.services.cancelling import LONGEST_REASON
from orders.words import too_late_words


class CancelBody(StrictSerializer):
    """Why the order is not shipped."""

    reason = text("note", required=True, max_length=LONGEST_REASON)


class CorrectionBody(StrictSerializer):
    """What is right; fields left out stay as they are."""

    recipient_name = text("recipient_name", required=False, allow_blank=False, default=None)
    company = text("company", default=None)
    street_1 = text("street_1", default=None)
    street_2 = text("street_2", default=None)
    street_3 = text("street_3", default=None)
    city = text("city", default=None)
    region = text("region", default=None)
    postal_code = text("postal_code", default=None)
    country = text("country", default=None)
    phone = text("phone", default=None)
    email = text("email", default=None)
    recipient_id = text("recipient_id", default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Keep what was sent."""
        sent = {name: attrs[name] for name in CORRECTABLE if attrs[name] is not None}
        if not sent:
            raise ValidationError(_("Send at least one field to correct."), code="empty")
        return sent


class DecisionBody(StrictSerializer):
    """keep ours, take theirs, or cancel the order."""

    choice = OneOf(CHOICES)


class DifferenceShape(serializers.Serializer[Any]):
    """A field that the channel says otherwise."""

    field = serializers.CharField()
    ours = serializers.CharField()
    theirs = serializers.CharField()


class ConflictShape(serializers.Serializer[OrderConflict]):
    """What the channel wants of an order that is too far on its way."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(ConflictKind.choices)
    differences = DifferenceShape(many=True)
    raised_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.ChoiceField([*ConflictOutcome.choices, ("", "open")])


class ConflictsShape(serializers.Serializer[Any]):
    """An order's conflicts, newest first."""

    results = ConflictShape(many=True)


CANCEL_BODY, CORRECTION_BODY, DECISION_BODY = CancelBody(), CorrectionBody(), DecisionBody()
CONFLICT = ConflictShape()
MOST_SHOWN = 100


@permission("orders.edit")
class RecheckOrder(Endpoint):
    """The check of one order anew."""

    @extend_schema(
        operation_id="recheck_order",
        summary="Check an order anew with today's products, listings and rules",
        description="Holds that no longer apply go, new ones are raised, and with none left the"
        " order is accepted. An order with a parcel planned is left as it is.",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses=answers({200: ReleasedShape}, 404, 409),
    )
    def post(self, request: Request, reference: str) -> Response:  # noqa: ARG002
        """Check it."""
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            order_id = find(reference)
            recheck_orders(order_ids=[order_id], actor=self.caller.actor, now=now)
            return 200, released(reference)

        return self.answer(effect, now=now)


@permission("orders.edit")
class CancelOrder(Endpoint):
    """The cancelling of one order."""

    @extend_schema(
        operation_id="cancel_order",
        summary="Cancel an order",
        description="Gives reserved stock back. Possible until a parcel is planned; cancelling"
        " again answers the same.",
        parameters=[IDEMPOTENCY_KEY],
        request=CancelBody,
        responses=answers({200: ReleasedShape}, 400, 404, 409, 413, 415),
    )
    def post(self, request: Request, reference: str) -> Response:  # noqa: ARG002
        """Cancel it."""
        body = self.read(CANCEL_BODY)
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            order_id, actor = find(reference), self.caller.actor
            try:
                cancel_order(order_id=order_id, reason=body["reason"], actor=actor, now=now)
            except TooLate as late:
                raise too_late(late) from late
            return 200, released(reference)

        return self.answer(effect, now=now)


@permission("orders.edit")
class CorrectRecipient(Endpoint):
    """The correction of where one order goes."""

    @extend_schema(
        operation_id="correct_recipient",
        summary="Correct to whom and where an order goes",
        description="The order is checked anew. A hold's suggestion has the fields of this body."
        " What the channel said is kept.",
        parameters=[IDEMPOTENCY_KEY],
        request=CorrectionBody,
        responses=answers({200: ReleasedShape}, 400, 404, 409, 413, 415),
    )
    def post(self, request: Request, reference: str) -> Response:  # noqa: ARG002
        """Correct it."""
        body = self.read(CORRECTION_BODY)
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            order_id, actor = find(reference), self.caller.actor
            try:
                correct_recipient(order_id=order_id, corrections=body, actor=actor, now=now)
            except TooLate as late:
                raise too_late(late) from late
            return 200, released(reference)

        return self.answer(effect, now=now)


@permission("orders.view")
class Conflicts(Endpoint):
    """An order's conflicts."""

    @extend_schema(
        operation_id="list_conflicts",
        summary="What the channel says of an order otherwise",
        responses=answers({200: ConflictsShape}, 404),
    )
    def get(self, request: Request, reference: str) -> Response:  # noqa: ARG002
        """Answer the newest."""
        with merchant(self.caller.merchant_id):
            rows = OrderConflict.objects.filter(order_id=find(reference)).order_by("-pk")
            return Response({"results": [CONFLICT.to_representation(row) for row in
                                         rows[:MOST_SHOWN]]})  # fmt: skip


@permission("orders.edit")
class DecideConflict(Endpoint):
    """The decision of a conflict."""

    @extend_schema(
        operation_id="decide_conflict",
        summary="Decide a conflict: keep ours, take theirs, or cancel the order",
        parameters=[IDEMPOTENCY_KEY],
        request=DecisionBody,
        responses=answers({200: ReleasedShape}, 400, 404, 409, 413, 415),
    )
    def post(self, request: Request, reference: str, conflict_id: int) -> Response:  # noqa: ARG002
        """Decide it."""
        choice = self.read(DECISION_BODY)["choice"]
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            found = OrderConflict.objects.filter(pk=conflict_id, order_id=find(reference)).first()
            if found is None:
                raise Http404
            if choice == "take" and not found.theirs:
                raise Problem(
                    status=409, code="nothing_to_take",
                    detail=_("The channel cancelled the order: keep it or cancel it."),
                )  # fmt: skip
            try:
                decide(conflict_id=conflict_id, choice=choice, actor=self.caller.actor, now=now)
            except AlreadyDecided as error:
                raise Problem(
                    status=409, code="already_decided", detail=_("It was decided before.")
                ) from error
            except TooLate as late:
                raise too_late(late) from late
            return 200, released(reference)

        return self.answer(effect, now=now)


def find(reference: str) -> int:
    """Return the id of the active merchant's order; raise `Http404`."""
    order_id = Order.objects.filter(reference=reference).values_list("pk", flat=True).first()
    if order_id is None:
        raise Http404
    return order_id


def too_late(late: TooLate) -> Problem:
    """Return the refusal to change an order that is on its way, with what can be done."""
    return Problem(status=409, code="too_late", detail=too_late_words(late.status, late.why))
