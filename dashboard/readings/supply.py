"""Suppliers, what they hold, and what was asked of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from core.events import history
from core.money import Money
from core.templatetags.words import country_name
from dashboard.readings.documents import documents_of
from dashboard.readings.paging import Ordering, read_page
from dashboard.readings.words import history_of
from dashboard.screens.common import Badge, Destructive, Tab, Tone
from dashboard.screens.supply import (
    OfferRow,
    RequestLine,
    RequestPage,
    RequestRow,
    SupplierPage,
    SupplierRow,
    SuppliersPage,
)
from dashboard.screens.today import Attention
from warehouse.models import Supplier, SupplierProduct, SupplierRequest, SupplierRequestLine
from warehouse.rules.supplier_rules import patience
from warehouse.states import REQUEST_MOVES

EDIT = "products.edit"
SHOWN = 500
S = SupplierRequest.Status
TONES: Mapping[str, Tone] = {
    S.DRAFT: "act",
    S.REFUSED: "bad",
    S.RECEIVED: "good",
    S.CLOSED: "neutral",
}
OPEN = (S.DRAFT, S.SENT, S.ACCEPTED, S.SHIPPED)
STEPS: Mapping[str, str] = {
    "send": S.SENT,
    "accept": S.ACCEPTED,
    "refuse": S.REFUSED,
    "ship": S.SHIPPED,
    "receive": S.RECEIVED,
}


def product_tabs(current: str) -> tuple[Tab, ...]:
    """The tabs of Products & stock."""
    return (
        Tab(
            label=_("Products & stock"),
            url=reverse("dashboard:products"),
            current=current == "products",
        ),
        Tab(
            label=_("Inbounds"),
            url=reverse("dashboard:inbounds"),
            current=current == "inbounds",
        ),
        Tab(label=_("Listings"), url=reverse("dashboard:listings")),
        Tab(
            label=_("Suppliers"),
            url=reverse("dashboard:suppliers"),
            current=current == "suppliers",
        ),
        Tab(
            label=_("Supplier requests"),
            url=reverse("dashboard:supplier_requests"),
            current=current == "requests",
        ),
    )


def read_suppliers(*, caller: Caller, form: Form, cursor: str) -> SuppliersPage:
    """The list, newest first."""
    rows = Supplier.objects.annotate(
        held=Count("products", distinct=True),
        open=Count("requests", filter=Q(requests__status__in=OPEN), distinct=True),
    )
    found = read_page(rows, order=Ordering(), cursor=cursor)
    return SuppliersPage(
        tabs=product_tabs("suppliers"),
        rows=tuple(
            SupplierRow(
                name=row.name,
                url=reverse("dashboard:supplier", args=[row.pk]),
                email=row.email,
                products=vars(row)["held"],
                open_requests=vars(row)["open"],
                is_active=row.is_active,
            )
            for row in found.rows
        ),
        pager=found.pager,
        form=form if caller.may(EDIT) else None,
        post_url=reverse("dashboard:supplier_new"),
    )


def read_supplier(
    supplier: Supplier, *, caller: Caller, form: Form, offer_form: Form
) -> SupplierPage:
    """One supplier with what it holds."""
    may_edit = caller.may(EDIT)
    offers = SupplierProduct.objects.filter(supplier=supplier).select_related("product")
    return SupplierPage(
        tabs=product_tabs("suppliers"),
        name=supplier.name,
        list_url=reverse("dashboard:suppliers"),
        form=form if may_edit else None,
        save_url=reverse("dashboard:supplier_save", args=[supplier.pk]),
        offers=tuple(
            _offer(row, may_edit=may_edit) for row in offers.order_by("product__sku")[:SHOWN]
        ),
        offer_form=offer_form if may_edit else None,
        offer_url=reverse("dashboard:supplier_product", args=[supplier.pk]),
    )


def _offer(row: SupplierProduct, *, may_edit: bool) -> OfferRow:
    url = reverse("dashboard:supplier_product_remove", args=[row.supplier_id, row.pk])
    return OfferRow(
        sku=row.product.sku,
        title=row.product.title,
        code=row.code,
        lead_days=row.lead_days,
        unit_cost=Money(row.unit_cost, row.currency),
        min_quantity=row.min_quantity,
        is_drop_ship=row.is_drop_ship,
        remove=Destructive(
            label=_("Remove…"),
            undoes=_("%(sku)s is no longer asked of this supplier. What was sent stays as it is.")
            % {"sku": row.product.sku},
            url=url,
            confirm_label=_("Remove %(name)s") % {"name": row.product.sku},
        )
        if may_edit
        else None,
    )


def requests_matching(status: str, kind: str) -> QuerySet[SupplierRequest]:
    """The requests of a list; empty filters leave all."""
    rows = SupplierRequest.objects.select_related("supplier", "warehouse", "order").annotate(
        pieces=Sum("lines__quantity")
    )
    if status:
        rows = rows.filter(status=status)
    return rows.filter(kind=kind) if kind else rows


def request_rows(rows: list[SupplierRequest], *, now: datetime) -> tuple[RequestRow, ...]:
    """Rows of the list; no further query."""
    return tuple(
        RequestRow(
            number=row.number,
            url=reverse("dashboard:supplier_request", args=[row.number]),
            supplier=row.supplier.name,
            kind=str(row.get_kind_display()),
            goes_to=row.order.reference if row.order else str(row.warehouse or ""),
            badge=request_badge(row),
            pieces=vars(row)["pieces"] or 0,
            made_at=row.created_at,
            late=late_words(row, now),
        )
        for row in rows
    )


def request_badge(row: SupplierRequest) -> Badge:
    """A request's status."""
    return Badge(label=str(row.get_status_display()), tone=TONES.get(row.status, "progress"))


def late_words(row: SupplierRequest, now: datetime) -> str:
    """What is waited for too long; empty while all is well."""
    waits = patience(now.date())
    if row.status == S.DRAFT and now - row.created_at > waits["draft_stale_after"]:
        return _("Nobody has sent it yet.")
    if row.status == S.SENT and row.sent_at and now - row.sent_at > waits["answer_stale_after"]:
        return _("The supplier has not answered.")
    if row.status == S.ACCEPTED and row.expected_on and row.expected_on < now.date():
        return _("It was to be here by now.")
    is_long = row.accepted_at and now - row.accepted_at > waits["drop_ship_stale_after"]
    if row.status == S.SHIPPED and is_long:
        return _("It was shipped long ago; ask whether it arrived.")
    return ""


def supplier_attention(now: datetime) -> Iterator[Attention]:
    """Requests that wait for a person, for Today."""
    waits = patience(now.date())
    drafts = SupplierRequest.objects.filter(
        status=S.DRAFT, created_at__lt=now - waits["draft_stale_after"]
    )
    silent = SupplierRequest.objects.filter(
        status=S.SENT, sent_at__lt=now - waits["answer_stale_after"]
    )
    overdue = SupplierRequest.objects.filter(
        Q(status=S.ACCEPTED, expected_on__lt=now.date())
        | Q(status=S.SHIPPED, accepted_at__lt=now - waits["drop_ship_stale_after"])
    )
    here = reverse("dashboard:supplier_requests")
    for rows, status, label, remedy in (
        (drafts, S.DRAFT, _("Supplier requests not sent yet"), _("Look them over and send them.")),
        (
            silent,
            S.SENT,
            _("Suppliers that have not answered"),
            _("Ask them, and note the answer."),
        ),
        (overdue, S.ACCEPTED, _("Supplier deliveries overdue"), _("Ask where the goods are.")),
    ):
        found = rows.aggregate(many=Count("id"), oldest=Min("created_at"))
        if found["many"]:
            yield Attention(
                count=found["many"],
                label=label,
                remedy=remedy,
                url=f"{here}?status={status}",
                action=_("See requests"),
                oldest_at=found["oldest"],
            )


def read_request(row: SupplierRequest, *, caller: Caller, now: datetime) -> RequestPage:
    """One request with its lines and what may be done next."""
    lines = tuple(_line(line) for line in row.lines.select_related("product").order_by("id"))
    totals: dict[str, Decimal] = {}
    for line in lines:
        total = line.total
        totals[total.currency] = totals.get(total.currency, Decimal(0)) + total.amount
    events = history(subject_kind="supplier_request", subject_id=row.pk)
    return RequestPage(
        tabs=product_tabs("requests"),
        number=row.number,
        list_url=reverse("dashboard:supplier_requests"),
        supplier=row.supplier.name,
        supplier_url=reverse("dashboard:supplier", args=[row.supplier_id]),
        email=row.supplier.email,
        kind=str(row.get_kind_display()),
        is_drop_ship=row.kind == SupplierRequest.Kind.DROP_SHIP,
        badge=request_badge(row),
        late=late_words(row, now),
        goes_to=_goes_to(row),
        order=row.order.reference if row.order else "",
        order_url=reverse("dashboard:order", args=[row.order.reference]) if row.order else "",
        expected_on=row.expected_on,
        emailed_at=row.emailed_at,
        is_being_written=row.status == S.SENT and row.emailed_at is None,
        why=row.why,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        lines=lines,
        totals=tuple(Money(amount, currency) for currency, amount in sorted(totals.items())),
        documents=documents_of(subject_kind="supplier_request", subject_id=row.pk),
        history=history_of(events),
        may=_may(row) if caller.may(EDIT) else frozenset(),
        act_url=reverse("dashboard:supplier_request_act", args=[row.number]),
    )


def _line(row: SupplierRequestLine) -> RequestLine:
    return RequestLine(
        sku=row.product.sku,
        title=row.product.title,
        needed=row.needed,
        quantity=row.quantity,
        received=row.received,
        unit_cost=Money(row.unit_cost, row.currency),
        total=Money(row.unit_cost * row.quantity, row.currency),
        field=f"received_{row.pk}",
    )


def _goes_to(row: SupplierRequest) -> tuple[str, ...]:
    if row.order is not None:
        order = row.order
        place = " ".join(filter(None, (order.postal_code, order.city)))
        streets = (order.street_1, order.street_2, order.street_3)
        country = country_name(order.country)
        lines = (order.recipient_name, order.company, *streets, place, order.region, country)
        return tuple(line for line in lines if line)
    return (row.warehouse.name, row.warehouse.city) if row.warehouse else ()


def _may(row: SupplierRequest) -> frozenset[str]:
    """The steps that the table of moves and the kind of request leave open."""
    allowed = REQUEST_MOVES[row.status]
    steps = {step for step, status in STEPS.items() if status in allowed}
    if row.kind == SupplierRequest.Kind.DROP_SHIP:
        steps.discard("receive")
    if row.status == S.DRAFT:
        steps.add("withdraw")
    if row.status == S.SHIPPED and row.kind == SupplierRequest.Kind.DROP_SHIP:
        steps.add("arrived")
    return frozenset(steps)
