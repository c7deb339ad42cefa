"""The letter to a supplier: a paper, the same as a table, and an e-mail that carries both."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.documents import store
from core.jobs import handler
from core.models import Merchant
from core.tenancy import merchant
from flows.addresses import recipient_address
from orders.files.rejected import safe_cell
from orders.models import Order
from warehouse.documents_supply import AskedLine, SupplierPaper, render_supplier_paper
from warehouse.models import SupplierProduct, SupplierRequest, SupplierRequestLine
from warehouse.services import mark_emailed

CSV_HEAD = ("number", "code", "sku", "title", "quantity", "unit_cost", "currency")


@handler("suppliers.send", queue="documents", waits_while_suspended=True)
def send_letter(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Make the paper of a request and write to the supplier.

    A worker that dies after the letter has left sends it again under the same Message-ID, which
    mail programs show once.
    """
    now = timezone.now()
    with merchant(merchant_id):
        request = SupplierRequest.objects.select_related("supplier", "warehouse", "order").get(
            pk=payload["request_id"]
        )
        if request.emailed_at is not None:
            return
        owner = Merchant.objects.get(pk=merchant_id)
        lines = list(request.lines.select_related("product").order_by("id"))
        codes = dict(
            SupplierProduct.objects.filter(supplier_id=request.supplier_id).values_list(
                "product_id", "code"
            )
        )
    paper = _paper(request, owner, lines, codes)
    pdf = render_supplier_paper(paper)
    document = store(
        merchant_id=merchant_id,
        kind="supplier_request",
        number=request.number,
        subject_kind="supplier_request",
        subject_id=request.pk,
        content=pdf,
        content_type="application/pdf",
        now=now,
    )
    letter = _letter(request, owner)
    letter.attach(f"{request.number}.pdf", pdf, "application/pdf")
    letter.attach(f"{request.number}.csv", _table(paper), "text/csv")
    letter.send()
    with merchant(merchant_id):
        mark_emailed(request_id=request.pk, document=document, now=now)


def _paper(
    request: SupplierRequest,
    owner: Merchant,
    lines: Sequence[SupplierRequestLine],
    codes: Mapping[int, str],
) -> SupplierPaper:
    return SupplierPaper(
        number=request.number,
        created_at=request.sent_at or request.created_at,
        is_drop_ship=request.kind == SupplierRequest.Kind.DROP_SHIP,
        supplier=request.supplier.name,
        buyer=owner.legal_name or owner.name,
        ship_to=_ship_to(request, request.order),
        reference=request.order.reference if request.order else "",
        lines=tuple(
            AskedLine(
                code=codes.get(line.product_id, ""),
                sku=line.product.sku,
                title=line.product.title,
                quantity=line.quantity,
                unit_cost=line.unit_cost,
                currency=line.currency,
            )
            for line in lines
        ),
    )


def _ship_to(request: SupplierRequest, order: Order | None) -> tuple[str, ...]:
    if order is not None:
        to = recipient_address(order)
        place = " ".join(filter(None, (to.postal_code, to.city)))
        rows = (to.name, to.company, *to.street_lines, place, to.region, to.country, to.phone)
        return tuple(row for row in rows if row)
    house = request.warehouse
    if house is None:
        raise ValueError(f"{request.number}: a purchase without a warehouse")
    place = " ".join(filter(None, (house.postal_code, house.city)))
    rows = (house.name, house.street, place, house.region, house.country, house.phone)
    return tuple(row for row in rows if row)


def _letter(request: SupplierRequest, owner: Merchant) -> EmailMessage:
    is_drop_ship = request.kind == SupplierRequest.Kind.DROP_SHIP
    with translation.override(request.supplier.language):
        # One line, whatever the name: a subject with a line break is no header.
        about = {"number": request.number, "merchant": " ".join(owner.name.split())}
        subject = (
            _("Drop shipment %(number)s for %(merchant)s")
            if is_drop_ship
            else _("Purchase order %(number)s for %(merchant)s")
        )
        body = (
            _("Please ship the goods listed in the attachment to the address given there, and send"
              " us carrier and tracking number.")
            if is_drop_ship
            else _("Please deliver the goods listed in the attachment to the warehouse given there,"
                   " and tell us the day.")
        )  # fmt: skip
        closing = _("Reply to this letter to accept or to refuse; please keep the number.")
        return EmailMessage(
            subject=subject % about,
            body=f"{body}\n\n{closing}\n\n{owner.legal_name or owner.name}\n",
            from_email=settings.OPERATOR["email"],
            to=[request.supplier.email],
            reply_to=[owner.email] if owner.email else None,
            headers={"Message-ID": f"<{request.number}.{request.merchant_id}@waybridge>"},
        )


def _table(paper: SupplierPaper) -> str:
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(CSV_HEAD)
    for line in paper.lines:
        rows.writerow(
            (paper.number, *map(safe_cell, (line.code, line.sku, line.title)), line.quantity,
             line.unit_cost, line.currency)
        )  # fmt: skip
    return out.getvalue()
