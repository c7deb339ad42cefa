"""Claims over the API: filed, read, and supported with evidence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint, UploadEndpoint
from accounts.schema import IDEMPOTENCY_KEY, answers, list_parameters, page_of
from claims.models import Claim, ClaimEvidence
from claims.services import AlreadyClaimed
from core.fields import Amount, OneOf, StrictSerializer, Text, Upload
from core.problems import Problem
from core.routes import permission
from core.tenancy import merchant
from flows.aftersales import (
    EVIDENCE_CODES,
    MAX_EVIDENCE_BYTES,
    BadEvidence,
    NotClaimable,
    add_evidence,
    file_claim,
)
from shipping.api import PaperShape
from tracking.models import TrackedParcel


class ClaimShape(serializers.ModelSerializer[Claim]):
    """A claim."""

    tracking_number = serializers.CharField(source="parcel.tracking_number")
    order = serializers.CharField(source="parcel.booking.parcel.order.reference")

    class Meta:
        model = Claim
        fields = (
            "number", "kind", "status", "tracking_number", "order", "statement",
            "amount_claimed", "amount_approved", "currency", "decided_at", "paid_at", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class EvidenceShape(serializers.Serializer[ClaimEvidence]):
    """A picture or paper that supports a claim."""

    code = serializers.ChoiceField(EVIDENCE_CODES)
    note = serializers.CharField()
    content_type = serializers.CharField(source="document.content_type")
    sha256 = serializers.CharField(source="document.sha256")
    created_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField()

    def get_url(self, row: ClaimEvidence) -> str:
        """Path of the bytes."""
        return f"/api/v1/documents/{row.document_id}/content"


class ClaimDetailShape(ClaimShape):
    """A claim with its evidence and the reasons of its decision."""

    evidence = EvidenceShape(many=True)
    payout_advice = PaperShape(allow_null=True)
    limit = serializers.DictField(help_text="The dated limit the decision rests on.")
    reasons = serializers.ListField(child=serializers.DictField())

    class Meta(ClaimShape.Meta):
        fields = (*ClaimShape.Meta.fields, "evidence", "payout_advice", "limit", "reasons")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class ClaimBody(StrictSerializer):
    """A demand for one parcel."""

    tracking_number = Text(max_length=40)
    kind = OneOf(Claim.Kind.values)
    amount = Amount(
        min_value=Decimal("0.01"),
        required=False,
        allow_null=True,
        default=None,
        help_text="In the order's currency; the value of the goods where left out.",
    )
    statement = Text(max_length=2000, required=False, allow_blank=True, default="")


class EvidenceBody(StrictSerializer):
    """A file and what it shows."""

    file = Upload(max_length=300)
    code = OneOf(EVIDENCE_CODES)
    note = Text(max_length=300, required=False, allow_blank=True, default="")


PAPER = PaperShape()
CLAIM, CLAIM_BODY = ClaimShape(), ClaimBody()
EVIDENCE, EVIDENCE_BODY = EvidenceShape(), EvidenceBody()


class ClaimFilter(FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of GET /claims."""

    status = ChoiceFilter(choices=Claim.Status.choices)
    kind = ChoiceFilter(choices=Claim.Kind.choices)
    tracking_number = CharFilter(field_name="parcel__booking__tracking_number", max_length=40)


SHOWN = "parcel__booking__parcel__order"


def detail(number: str) -> dict[str, Any]:
    """Return a claim in the shape of `ClaimDetailShape`; raise `Claim.DoesNotExist`."""
    claim = Claim.objects.select_related(SHOWN, "payout_advice").get(number=number)
    advice = claim.payout_advice
    evidence = ClaimEvidence.objects.filter(claim=claim).select_related("document").order_by("pk")
    return {
        **CLAIM.to_representation(claim),
        "evidence": [EVIDENCE.to_representation(row) for row in evidence],
        "payout_advice": None if advice is None else PAPER.to_representation(advice),
        "limit": claim.limit,
        "reasons": claim.reasons,
    }


@permission("claims.view", write="claims.edit")
class Claims(Endpoint):
    """The merchant's claims."""

    @extend_schema(
        operation_id="list_claims",
        summary="List claims, newest first",
        parameters=list_parameters(ClaimFilter),
        responses=answers({200: page_of(ClaimShape, "Claim")}, 400),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Answer one page."""
        with merchant(self.caller.merchant_id):
            rows, present = Claim.objects.all(), CLAIM.to_representation
            return self.page(rows, ClaimFilter, present, related=(SHOWN,))

    @extend_schema(
        operation_id="create_claim",
        summary="Claim for loss or damage",
        description="One live claim of a kind for a parcel: a second is a 409 that names it.",
        parameters=[IDEMPOTENCY_KEY],
        request=ClaimBody,
        responses=answers({201: ClaimDetailShape}, 400, 409, 413, 415, 422),
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """File one."""
        body = self.read(CLAIM_BODY)
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            try:
                claim = file_claim(
                    merchant_id=self.caller.merchant_id,
                    tracking_number=body["tracking_number"],
                    kind=body["kind"],
                    amount=body["amount"],
                    statement=body["statement"],
                    actor=self.caller.actor,
                    now=now,
                )
            except TrackedParcel.DoesNotExist as error:
                raise Problem(
                    status=422,
                    code="unknown_parcel",
                    field="tracking_number",
                    detail=_("None of your parcels has this tracking number."),
                ) from error
            except NotClaimable as error:
                raise Problem(status=422, code="not_claimable", detail=str(error)) from error
            except AlreadyClaimed as error:
                raise Problem(
                    status=409,
                    code="already_claimed",
                    field="tracking_number",
                    detail=_("Claim {number} is open for this parcel.").format(
                        number=error.claim.number
                    ),
                ) from error
            return 201, detail(claim.number)

        return self.answer(effect, now=now)


@permission("claims.view")
class OneClaim(Endpoint):
    """One claim."""

    @extend_schema(
        operation_id="get_claim",
        summary="One claim with its evidence and decision",
        responses=answers({200: ClaimDetailShape}, 404),
    )
    def get(self, request: Request, number: str) -> Response:  # noqa: ARG002
        """Answer it."""
        with merchant(self.caller.merchant_id):
            return Response(detail(number))


@permission("claims.edit")
class Evidence(UploadEndpoint):
    """What supports a claim."""

    largest_bytes = MAX_EVIDENCE_BYTES

    @extend_schema(
        operation_id="add_evidence",
        summary="Attach a PDF, PNG or JPEG to a claim",
        description="What the file is, its first bytes say; its name and announced type do not"
        " count. The same file twice is one.",
        parameters=[IDEMPOTENCY_KEY],
        request={"multipart/form-data": EvidenceBody},
        responses=answers({201: ClaimDetailShape}, 400, 404, 409, 413, 415, 422),
    )
    def post(self, request: Request, number: str) -> Response:  # noqa: ARG002
        """Attach it."""
        body = self.read(EVIDENCE_BODY)
        now = timezone.now()
        content = body["file"].read()
        body["file"].seek(0)

        def effect() -> tuple[int, Any]:
            try:
                add_evidence(
                    merchant_id=self.caller.merchant_id,
                    claim_number=number,
                    code=body["code"],
                    content=content,
                    note=body["note"],
                    actor=self.caller.actor,
                    now=now,
                )
            except BadEvidence as error:
                raise Problem(
                    status=422, code="bad_evidence", field="file", detail=str(error)
                ) from error
            return 201, detail(number)

        identity = self.identity(body["file"], body["code"], body["note"])
        return self.answer(effect, now=now, body=identity)
