"""Where orders come from, and what lets us read them there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.tenant_models import TenantForeignKey, TenantModel


class ChannelKind(models.TextChoices):
    """What a channel is."""

    UPLOAD = "upload", _("File upload")
    API = "api", _("API")
    AMAZON = "amazon", "Amazon"
    EBAY = "ebay", "eBay"
    ALIEXPRESS = "aliexpress", "AliExpress"
    SHOPIFY = "shopify", "Shopify"


CONNECTED = (
    ChannelKind.AMAZON,
    ChannelKind.EBAY,
    ChannelKind.ALIEXPRESS,
    ChannelKind.SHOPIFY,
)
"""Kinds whose orders are read by us and told back."""


class Channel(TenantModel):
    """Where orders come from: an account of a marketplace, uploads, an API client."""

    Kind = ChannelKind

    kind = models.CharField(max_length=20, choices=ChannelKind.choices)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind", "name"], name="channel_once"),
        ]


class ConnectionStatus(models.TextChoices):
    """Where a connection stands."""

    WAITING = "waiting", _("Waits for your consent")
    CONNECTING = "connecting", _("Being connected")
    ACTIVE = "active", pgettext_lazy("connection", "Connected")
    BROKEN = "broken", _("Broken")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Disconnected")


class ChannelConnection(TenantModel):
    """One account of a marketplace that lets us in: its sealed tokens, and how far it was read.

    Everything changed before `read_until` was read. `window_until` and `cursor` say where in the
    window behind it reading stopped; they move in the transaction that writes a page's orders.
    """

    Status = ConnectionStatus

    class TellAt(models.TextChoices):
        HANDOVER = "handover", _("When the carrier has the parcel")
        BOOKING = "booking", _("When the label is booked")

    channel = TenantForeignKey(Channel, related_name="connections")
    status = models.CharField(
        max_length=12, choices=ConnectionStatus.choices, default=ConnectionStatus.WAITING
    )
    account = models.CharField(max_length=120, blank=True)
    options = models.JSONField(default=dict)
    sealed_tokens = models.TextField(blank=True)
    access_expires_at = models.DateTimeField(null=True)
    consent_expires_at = models.DateTimeField(null=True)
    renewing_until = models.DateTimeField(null=True)
    consent_state_sha256 = models.CharField(max_length=64, blank=True)
    consent_asked_at = models.DateTimeField(null=True)
    sealed_return = models.TextField(blank=True)
    push_token = models.CharField(max_length=60, blank=True)
    tell_at = models.CharField(max_length=10, choices=TellAt.choices, default=TellAt.HANDOVER)
    read_until = models.DateTimeField()
    window_until = models.DateTimeField(null=True)
    cursor = models.TextField(blank=True)
    pages_read = models.PositiveBigIntegerField(default=0)
    orders_read = models.PositiveBigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    fault_code = models.CharField(max_length=40, blank=True)
    fault_params = models.JSONField(default=dict)
    fault_since = models.DateTimeField(null=True)
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "channel"],
                condition=~Q(status="ended"),
                name="channel_connection_live_once",
            ),
        ]


class ChannelAccountLookup(models.Model):
    """Finds the connection of a marketplace account by its HMAC. Ids only.

    One account belongs to one connection of one merchant: two that read the same shop would ship
    every order twice.
    """

    account_hmac = models.CharField(max_length=64, primary_key=True)
    merchant_id = models.BigIntegerField()
    connection_id = models.BigIntegerField(unique=True)


class NoticeStatus(models.TextChoices):
    """Where telling a channel of a parcel stands."""

    QUEUED = "queued", _("To be told")
    SENT = "sent", _("With the channel")
    TOLD = "told", _("Told")
    REFUSED = "refused", _("Refused by the channel")
    SETTLED = "settled", _("Settled by hand")


class ChannelNotice(TenantModel):
    """A parcel that the channel is to be told of, once for each of its orders in it."""

    Status = NoticeStatus

    connection = TenantForeignKey(ChannelConnection, related_name="notices")
    order = TenantForeignKey("orders.Order", related_name="notices")
    parcel_reference = models.CharField(max_length=24)
    said = models.JSONField()
    status = models.CharField(
        max_length=10, choices=NoticeStatus.choices, default=NoticeStatus.QUEUED
    )
    tries = models.PositiveIntegerField(default=0)
    channel_reference = models.CharField(max_length=120, blank=True)
    fault_code = models.CharField(max_length=40, blank=True)
    fault_params = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "parcel_reference", "order"], name="channel_notice_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "-id"],
                name="channel_notice_refused",
                condition=Q(status="refused"),
            ),
            models.Index(fields=["merchant", "order"], name="channel_notice_of_order"),
        ]


class ChannelDecision(TenantModel):
    """That a channel is to hear whether we take an order: told in batches, answered later.

    `batch` names the call its decision went out with, `receipt` what the channel gave for that.
    """

    Status = NoticeStatus

    class Kind(models.TextChoices):
        ACCEPT = "accept", _("Taken")
        CANCEL = "cancel", _("Cancelled")

    connection = TenantForeignKey(ChannelConnection, related_name="decisions")
    order = TenantForeignKey("orders.Order", related_name="decisions")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    reason = models.CharField(max_length=60, blank=True)
    status = models.CharField(
        max_length=10, choices=NoticeStatus.choices, default=NoticeStatus.QUEUED
    )
    batch = models.CharField(max_length=60, blank=True)
    receipt = models.CharField(max_length=120, blank=True)
    fault_code = models.CharField(max_length=40, blank=True)
    fault_params = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order", "kind"], name="channel_decision_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "connection", "id"],
                name="channel_decision_queued",
                condition=Q(status="queued"),
            ),
            models.Index(
                fields=["merchant", "-id"],
                name="channel_decision_refused",
                condition=Q(status="refused"),
            ),
        ]


class UnreadOrder(TenantModel):
    """An order a channel told that we could make nothing of: seen by people, stopping no other.

    `key` is its number, or the hash of what came where even that was missing. `digest` is the hash
    of what came last: the same again after it was settled opens nothing.
    """

    connection = TenantForeignKey(ChannelConnection, related_name="unread_orders")
    key = models.CharField(max_length=80)
    external_order = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)
    seen_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "connection", "key"], name="unread_order_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "-id"],
                name="unread_order_open",
                condition=Q(settled_at__isnull=True),
            ),
        ]


class ChannelPushLookup(models.Model):
    """Finds the connection behind a push address by the HMAC of its token. Ids only."""

    token_hmac = models.CharField(max_length=64, primary_key=True)
    merchant_id = models.BigIntegerField()
    connection_id = models.BigIntegerField(unique=True)
