"""What a channel calls products: GET and POST /listings, one listing, its mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.schema import IDEMPOTENCY_KEY, answers, list_parameters, page_of
from core.fields import StrictSerializer, Text, Whole
from core.problems import Problem
from core.routes import permission
from core.tenancy import merchant
from flows.listings import leave_out_listing, resolve_listing
from orders.api.bodies import text
from orders.api.receiving import channel_named
from orders.models import ChannelListing, ListingStatus, Product
from orders.services import PartOf, SeenListing, collect_listings, hold_catalogue
from orders.services.listings import MOST_PARTS, MOST_PIECES
from orders.suggestions import suggestions_for, waiting_orders


class PartBody(StrictSerializer):
    """One product in one piece of what the channel sells."""

    sku = text("sku", required=True)
    quantity = Whole(min_value=1, max_value=MOST_PIECES, default=1)


class MappingBody(StrictSerializer):
    """What a listing is made of; `ignored` where its lines are not shipped by us."""

    parts: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=PartBody(), required=False, default=list, max_length=MOST_PARTS
    )
    ignored = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take either products or the word that there are none."""
        skus = [part["sku"] for part in attrs["parts"]]
        if bool(skus) == attrs["ignored"] or len(set(skus)) != len(skus):
            raise ValidationError(
                {"parts": [_("Name each product once, or set ignored.")]}, code="bad_parts"
            )
        return attrs


class ListingBody(MappingBody):
    """A mapping with the code it is for."""

    channel = Text(max_length=80, default="api", help_text="As in the orders you send.")
    code = text("sku", required=True, help_text="The SKU or item number of the channel's lines.")
    title = text("title")
    brand = text("brand", max_length=80)
    model = text("model", max_length=80)


class PartShape(serializers.Serializer[Any]):
    """One product in one piece of what the channel sells."""

    sku = serializers.CharField(source="product.sku")
    quantity = serializers.IntegerField()


class ListingShape(serializers.Serializer[ChannelListing]):
    """A code of a channel and what it is."""

    id = serializers.IntegerField()
    channel = serializers.CharField(source="channel.name")
    code = serializers.CharField()
    item_number = serializers.CharField()
    title = serializers.CharField()
    brand = serializers.CharField()
    model = serializers.CharField()
    status = serializers.ChoiceField(ListingStatus.choices)
    parts = PartShape(many=True)
    is_releasing = serializers.SerializerMethodField(help_text="Its orders are being checked.")
    orders_checked = serializers.IntegerField()
    orders_released = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)

    def get_is_releasing(self, listing: ChannelListing) -> bool:
        """Whether orders are left to be checked."""
        return listing.checked_after_order is not None


class SuggestionShape(serializers.Serializer[Any]):
    """A product it may be, and how sure that is, 0 to 100."""

    sku = serializers.CharField(source="product.sku")
    title = serializers.CharField(source="product.title")
    score = serializers.IntegerField()


class ListingDetailShape(ListingShape):
    """A listing with what helps to map it."""

    waiting_orders = serializers.IntegerField(help_text="Counted up to 10,001.")
    suggestions = SuggestionShape(many=True)


class ListingFilter(FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of GET /listings."""

    status = ChoiceFilter(choices=ListingStatus.choices)
    code = CharFilter(max_length=80)
    channel = CharFilter(field_name="channel__name", max_length=80)


LISTING, SUGGESTION = ListingShape(), SuggestionShape()
MAPPING_BODY, LISTING_BODY = MappingBody(), ListingBody()


@permission("products.view", write="products.edit")
class Listings(Endpoint):
    """The channels' codes."""

    @extend_schema(
        operation_id="list_listings",
        summary="List the channels' codes, newest first",
        parameters=list_parameters(ListingFilter),
        responses=answers({200: page_of(ListingShape, "Listing")}, 400),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Answer one page."""
        with merchant(self.caller.merchant_id):
            return self.page(
                ChannelListing.objects.all(),
                ListingFilter,
                LISTING.to_representation,
                related=("channel", "parts__product"),
            )

    @extend_schema(
        operation_id="create_listing",
        summary="Say what a code of a channel is, before or after its first order",
        description="Orders that wait for the code are released in the background.",
        parameters=[IDEMPOTENCY_KEY],
        request=ListingBody,
        responses=answers({201: ListingDetailShape}, 400, 409, 413, 415),
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Map or ignore it."""
        body = self.read(LISTING_BODY)
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            channel = channel_named(body["channel"], now)
            told = {name: body[name] for name in ("code", "title", "brand", "model")}
            hold_catalogue(shared=False)
            ids = collect_listings(channel_id=channel.pk, seen=[SeenListing(**told)], now=now)
            return 201, resolved(ids[body["code"]], body, actor=self.caller.actor, now=now)

        return self.answer(effect, now=now)


@permission("products.view", write="products.edit")
class OneListing(Endpoint):
    """One code of a channel."""

    @extend_schema(
        operation_id="get_listing",
        summary="One code with suggestions and the number of orders that wait for it",
        responses=answers({200: ListingDetailShape}, 404),
    )
    def get(self, request: Request, listing_id: int) -> Response:  # noqa: ARG002
        """Answer it."""
        with merchant(self.caller.merchant_id):
            return Response(detail(listing_id))

    @extend_schema(
        operation_id="put_listing",
        summary="Map a code to products, or ignore it",
        description="Orders that wait for the code are released in the background.",
        parameters=[IDEMPOTENCY_KEY],
        request=MappingBody,
        responses=answers({200: ListingDetailShape}, 400, 404, 409, 413, 415),
    )
    def put(self, request: Request, listing_id: int) -> Response:  # noqa: ARG002
        """Map or ignore it."""
        body = self.read(MAPPING_BODY)
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            if not ChannelListing.objects.filter(pk=listing_id).exists():
                raise Http404
            return 200, resolved(listing_id, body, actor=self.caller.actor, now=now)

        return self.answer(effect, now=now)


def resolved(
    listing_id: int, body: Mapping[str, Any], *, actor: str, now: datetime
) -> dict[str, Any]:
    """Map or ignore a listing of the active merchant and return it."""
    if body["ignored"]:
        leave_out_listing(listing_id=listing_id, actor=actor, now=now)
    else:
        parts = parts_named(body["parts"])
        resolve_listing(listing_id=listing_id, parts=parts, actor=actor, now=now)
    return detail(listing_id)


def parts_named(parts: Sequence[Mapping[str, Any]]) -> list[PartOf]:
    """Return parts by their products' SKUs; a 400 names one that is not there."""
    skus = [part["sku"] for part in parts]
    ids = dict(Product.objects.filter(sku__in=skus).values_list("sku", "pk"))
    for sku in skus:
        if sku not in ids:
            raise Problem(
                status=400,
                code="unknown_product",
                field="parts",
                detail=_("There is no product {sku}. Add it first.").format(sku=sku),
            )
    return [PartOf(ids[part["sku"]], part["quantity"]) for part in parts]


def detail(listing_id: int) -> dict[str, Any]:
    """Return a listing with its suggestions; raise `Http404`."""
    rows = ChannelListing.objects.select_related("channel").prefetch_related("parts__product")
    listing = rows.filter(pk=listing_id).first()
    if listing is None:
        raise Http404
    open_ = listing.status == ListingStatus.UNMAPPED
    found = suggestions_for([listing])[listing.pk] if open_ else ()
    return {
        **LISTING.to_representation(listing),
        "waiting_orders": waiting_orders([listing.pk])[listing.pk],
        "suggestions": [SUGGESTION.to_representation(each) for each in found],
    }
