"""One merchant with a row behind every address, a rival, and people of every role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.db import connection
from django.test import Client

from accounts.models import ApiKey, Member, User
from accounts.services import add_member, invite
from core.models import Job, Merchant, PartnerStop
from core.tenancy import across_merchants, merchant
from customs.models import Declaration
from flows.aftersales import add_evidence, file_claim
from flows.fulfilment import pick, plan_next_wave
from flows.inbounds import SaidLine, announce
from flows.intake import submit_file
from flows.leaving import take_out
from flows.pickups import begin_pickup
from flows.printing import queue_label
from flows.rule_trials import begin_trial
from flows.simulation import simulate
from flows.units import begin_unit
from orders.models import BuyerBlock, ChannelListing, Hold, OrderConflict, Product
from orders.rules.automation.definition import read_definition
from orders.services import save_preset
from orders.services.automation import RuleSaid, create_rule
from shipping.models import Booking, Handover
from shipping.services import plan_booking
from tests.factories import (
    ACTOR,
    NOW,
    a_connection,
    a_handed_over_parcel,
    a_merchant,
    a_product,
    a_refused_decision,
    a_refused_notice,
    a_warehouse,
    an_api_key,
    an_offer,
    an_order,
    an_unread_order,
)
from tests.floor import (
    PDF,
    a_released_wave,
    a_staff_member,
    a_template,
    allocated_orders,
    label_for,
    parcels_of,
)
from tests.walls.routes import CARTON
from tracking.models import ParcelException
from warehouse.models import HandlingUnit, Location, Parcel, PutBack, Warehouse, Wave
from warehouse.services import Ask, Policy, add_to_purchase
from warehouse.services.cartons import CartonFacts, save_carton
from warehouse.services.counts import make_count_list
from warehouse.services.equipment import make_wall
from warehouse.services.extras import save_extra
from warehouse.services.inbounds import InboundFacts
from warehouse.services.print_agents import create_agent

MEMBER_ROLES = ("owner", "operations", "finance", "read_only")
STAFF_ROLES = ("floor", "supervisor", "customs", "support", "admin")
RULE = {"match": "all", "groups": [], "actions": [{"kind": "tag", "values": ["x"]}]}
UNWATCHED = frozenset({"django_session", "accounts_apikey", "django_migrations"})
"""A login's session, and when a key was last used: bookkeeping of the call itself."""


@dataclass(frozen=True)
class World:
    """Ids and references of merchant acme's rows, and browsers and keys by role."""

    order: str
    hold: int
    staff_hold: int
    conflict: int
    listing: int
    block: int
    carton: int
    extra: int
    unit: int
    closed_unit: int
    pickup: int
    carton_code: str
    upload: int
    preset: int
    sku: str
    product: int
    kind: str
    parcel: int
    parcel_reference: str
    booking_reference: str
    tracking_number: str
    label: int
    claim: str
    claim_id: int
    evidence: int
    member: int
    merchant: int
    house: int
    house_code: str
    list_name: str
    floor_person: int
    invitation: int
    key: int
    connection: int
    simulation: int
    supplier: int
    offer: int
    supplier_request: str
    inbound: str
    inbound_id: int
    count: int
    count_task: int
    notice: int
    decision: int
    unread: int
    channel_kind: str
    rule: int
    trial: int
    wave: int
    template: int
    put_back: int
    job: int
    handover: int
    exception: int
    unclear: int
    declaration: int
    stop: int
    print_job: int
    print_agent: int
    wall: int
    members: dict[str, Client]
    rivals: dict[str, Client]
    staff: dict[str, Client]
    stranger: Client
    keys: dict[str, str]
    rival_keys: dict[str, str]

    @property
    def marks(self) -> tuple[str, ...]:
        """Texts that appear on a page only when acme's rows do."""
        return (
            "Of acme only",
            self.order,
            self.tracking_number,
            self.parcel_reference,
            "erika@acme.example",
            "wall@acme.example",
        )


def build() -> World:
    """Make everything, inside the caller's transaction."""
    house = a_warehouse("szx1")
    acme, rival = a_merchant("acme"), a_merchant("rival")
    a_product(acme, "WALL-MUG", title="A mug of acme only")
    a_product(acme)
    order = an_order(acme)
    tracked = a_handed_over_parcel(acme, an_order(acme))
    claim = _claim(acme, tracked.tracking_number)
    released = a_released_wave(acme, house, orders=2)
    stop = PartnerStop.objects.create(
        partner="postal", account="postal", http_status=401, since=NOW, refused_at=NOW,
        next_try_at=NOW,
    )  # fmt: skip
    booking = label_for(acme, parcels_of(acme, released)[0])
    allocated_orders(acme, 1)
    wave = plan_next_wave(merchant_id=acme.pk, warehouse=house, actor=ACTOR, now=NOW)
    assert wave is not None
    template = a_template(house)
    put_back = _put_back(acme, house)
    members, rivals = _team(acme), _team(rival)
    keys = {role: an_api_key(acme, role) for role in MEMBER_ROLES}
    with merchant(acme):
        mug = Product.objects.get(sku="WALL-MUG").pk
    upload = submit_file(
        merchant_id=acme.pk, kind="orders", file=BytesIO(b"order-id\n"), filename="o.txt",
        actor=ACTOR, now=NOW,
    )  # fmt: skip
    with merchant(acme):
        extra = save_extra(
            kind="insert", name="Card", code="", product_id=None, tag="never", weight_g=5,
            actor=ACTOR, now=NOW,
        )  # fmt: skip
        carton, _is_new = save_carton(
            facts=CartonFacts(**{**CARTON, "code": "WALL-CARTON"}), actor=ACTOR, now=NOW
        )
        values: dict[str, Any] = {
            "order": order, "reason_code": "x", "reason": "r", "remedy": "r", "raised_at": NOW,
        }  # fmt: skip
        hold = Hold.objects.create(code="phone", released_by_role="member:operations", **values)
        staff_hold = Hold.objects.create(code="party", released_by_role="staff:customs", **values)
        conflict = OrderConflict.objects.create(
            order=order, kind="change", theirs_sha256="0" * 64, raised_at=NOW, raised_by=ACTOR
        )
        listing = ChannelListing.objects.create(
            channel=order.channel, code="WALL-CODE", created_at=NOW
        )
        block = BuyerBlock.objects.create(
            kind="email", digest="0" * 64, created_at=NOW, created_by=ACTOR
        )
        exception = ParcelException.objects.create(parcel=tracked, kind="lost", opened_at=NOW)
        job = Job.objects.filter(kind="booking.book").order_by("id")[0]
        Job.objects.filter(pk=job.pk).update(status="failed", last_error="postal_code: unknown")
        handover = Handover.objects.create(
            number="H1", carrier_code="postal", warehouse=house, parcel_count=1, weight_g=900,
            signed_by="Li", handed_over_at=NOW,
        )  # fmt: skip
        unclear = plan_booking(
            parcel=parcels_of(acme, released)[1], carrier_code="dhl_express",
            service_code="DHL_EXPRESS_WORLDWIDE", choice={"reason": {"text": "x"}},
            invoice_number="INV-1", tracking_number="", now=NOW,
        )  # fmt: skip
        Booking.objects.filter(pk=unclear.pk).update(status="unclear", sending_since=NOW)
        declaration = Declaration.objects.create(
            booking=booking, direction="export", country="CN", dataset="GENERIC",
            dataset_reason="x", lrn="EWALL", status="refused", elements={"currency": "EUR"},
            authority_reason="No.", created_at=NOW,
        )  # fmt: skip
        booked = Booking.objects.select_related("parcel").get(pk=booking.pk)
        preset = save_preset(name="wall", header_sha256="0" * 64, choice={}, actor=ACTOR, now=NOW)
        evidence = claim.evidence.order_by("id")[0].document_id
        member = Member.objects.get(role="finance").pk
        key = ApiKey.objects.order_by("id")[0].pk
        replay = simulate(
            policy=Policy(), first_day=NOW.date(), last_day=NOW.date(), actor=ACTOR, now=NOW
        )
        offer = an_offer()
        asked = add_to_purchase(
            supplier=offer.supplier, warehouse_id=house.pk, asks=[Ask(offer, 2)], actor=ACTOR,
            now=NOW,
        )  # fmt: skip
        place = Location.objects.get(warehouse=house, code="A-01")
        counting = make_count_list(
            warehouse=house, basis="bin", chosen="A-01", location_ids=[place.pk], actor=ACTOR,
            now=NOW,
        )  # fmt: skip
        count_task = counting.tasks.get().pk
        inbound = announce(
            facts=InboundFacts(warehouse=house, reference="Of acme only"),
            lines=[SaidLine("WALL-MUG", 5)], source="api", actor=ACTOR, now=NOW,
        )  # fmt: skip
        notice = a_refused_notice(a_connection(acme).pk, order, booked.parcel.reference)
        connection_id = notice.connection_id
        invitation = invite(
            email="wall@acme.example", role="finance", actor=ACTOR, now=NOW
        ).invitation.pk
        said = RuleSaid("Of acme only", False, False, read_definition(RULE))
        rule = create_rule(said=said, actor=ACTOR, now=NOW)
        trial = begin_trial(
            rule_ids=[rule.pk], since=NOW - timedelta(days=1), until=NOW, actor=ACTOR, now=NOW
        )
        decision = a_refused_decision(connection_id, order)
        unread = an_unread_order(connection_id)
    return World(
        order=order.reference,
        hold=hold.pk,
        staff_hold=staff_hold.pk,
        conflict=conflict.pk,
        listing=listing.pk,
        block=block.pk,
        carton=carton.pk,
        extra=extra.pk,
        unit=begin_unit(warehouse=house, kind="bag", actor=ACTOR, now=NOW).pk,
        closed_unit=_a_closed_unit(house).pk,
        pickup=begin_pickup(warehouse=house, carrier_code="postal", actor=ACTOR, now=NOW).pk,
        carton_code=carton.code,
        upload=upload.pk,
        preset=preset.pk,
        sku="WALL-MUG",
        product=mug,
        kind="orders",
        parcel=tracked.pk,
        parcel_reference=booked.parcel.reference,
        booking_reference=booked.reference,
        tracking_number=tracked.tracking_number,
        label=booked.label_id or 0,
        claim=claim.number,
        claim_id=claim.pk,
        evidence=evidence,
        member=member,
        merchant=acme.pk,
        house=house.pk,
        house_code=house.code,
        list_name="waiting",
        floor_person=a_staff_member("floor", house, email="colleague@operator.example").pk,
        invitation=invitation,
        key=key,
        connection=connection_id,
        simulation=replay.pk,
        supplier=offer.supplier_id,
        offer=offer.pk,
        supplier_request=asked.number,
        inbound=inbound.number,
        inbound_id=inbound.pk,
        count=counting.pk,
        count_task=count_task,
        notice=notice.pk,
        decision=decision.pk,
        unread=unread.pk,
        channel_kind="ebay",
        rule=rule.pk,
        trial=trial.pk,
        wave=wave.pk,
        template=template.pk,
        put_back=put_back,
        job=job.pk,
        handover=handover.pk,
        exception=exception.pk,
        unclear=unclear.pk,
        declaration=declaration.pk,
        stop=stop.pk,
        print_job=_print_job(acme, released),
        print_agent=create_agent(warehouse=house, name="box", actor=ACTOR, now=NOW).agent.pk,
        wall=make_wall(warehouse=house, code="A", slots=["A-01", "A-02"]).pk,
        members=members,
        rivals=rivals,
        staff={role: _browser(a_staff_member(role, house).user) for role in STAFF_ROLES},
        stranger=_browser(User.objects.create_user("nobody@nowhere.example")),
        keys=keys,
        rival_keys={role: an_api_key(rival, role) for role in MEMBER_ROLES},
    )


def _print_job(owner: Merchant, wave: Wave) -> int:
    """A label of acme's at a browser, of the released wave's booked parcel."""
    parcel = parcels_of(owner, wave)[0]
    with merchant(owner):
        locked = Parcel.objects.select_for_update().get(pk=parcel.pk)
        return queue_label(parcel=locked, printer_id=None, station="", actor=ACTOR, now=NOW).pk


def _claim(owner: Merchant, tracking_number: str) -> Any:
    claim = file_claim(
        merchant_id=owner.pk, tracking_number=tracking_number, kind="loss", amount=None,
        statement="It never came.", actor=ACTOR, now=NOW,
    )  # fmt: skip
    add_evidence(
        merchant_id=owner.pk, claim_number=claim.number, code="commercial_invoice", content=PDF,
        note="", actor=ACTOR, now=NOW,
    )  # fmt: skip
    return claim


def _team(owner: Merchant) -> dict[str, Client]:
    team = {}
    for role in MEMBER_ROLES:
        user = User.objects.create_user(f"{role}@{owner.code}.example")
        with merchant(owner):
            add_member(user=user, role=role, actor=ACTOR, now=NOW)
        team[role] = _browser(user)
    return team


def _a_closed_unit(house: Warehouse) -> HandlingUnit:
    """A bag whose label can be printed."""
    unit = begin_unit(warehouse=house, kind="bag", actor=ACTOR, now=NOW)
    with across_merchants("The walls' world closes an empty bag."):
        HandlingUnit.objects.filter(pk=unit.pk).update(status="closed", closed_at=NOW)
    return unit


def _browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def everything() -> dict[str, str]:
    """A digest of every row of every table: two equal ones mean that nothing changed."""
    with connection.cursor() as cursor:
        tables = [
            name for name in connection.introspection.table_names(cursor) if name not in UNWATCHED
        ]
        digests = " UNION ALL ".join(
            f"SELECT '{name}', coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '')"  # noqa: S608
            f' FROM "{name}" t'
            for name in tables
        )
        cursor.execute(digests)
        return dict(cursor.fetchall())


class Watch:
    """Tells whether any row changed, digesting the tables only when Postgres counted a write."""

    def __init__(self) -> None:
        self._writes = -1
        self._digests: dict[str, str] = {}

    def digests(self) -> dict[str, str]:
        """Return the digest of every table as it is now."""
        writes = _writes()
        if writes != self._writes:
            self._writes, self._digests = writes, everything()
        return self._digests


def _writes() -> int:
    """Rows this transaction has inserted, changed or deleted so far, rolled back ones included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)"
            " FROM pg_stat_xact_user_tables"
        )
        return int(cursor.fetchone()[0])


def _put_back(owner: Merchant, house: Warehouse) -> int:
    """Goods that were picked for an order that left its wave."""
    parcel = parcels_of(owner, a_released_wave(owner, house))[0]
    wave_id = parcel.wave_id or 0
    pick(merchant_id=owner.pk, wave_id=wave_id, task_ids=None, actor=ACTOR, now=NOW)
    take_out(
        merchant_id=owner.pk, wave_id=wave_id, parcel_id=parcel.pk, keeps_stock=False,
        reason="wall", actor=ACTOR, now=NOW,
    )  # fmt: skip
    with merchant(owner):
        return PutBack.objects.values_list("pk", flat=True).get()
