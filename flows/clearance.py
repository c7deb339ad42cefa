"""Stage 8, clearance (and the export half of stage 6): landed cost, declarations, release.

Declarations are drafted when a parcel is booked, so that what is missing shows up while there is
time; the export one is lodged with the packed weight, the import one at handover. The authority
knows a declaration by its LRN, so that lodging again after a lost answer is harmless.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.utils import timezone

from core.jobs import ForAPerson, Later, Work, enqueue, handler
from core.models import Merchant
from core.money import NoExchangeRate
from core.sentences import Sentence, gettext_noop, verbatim
from core.tenancy import merchant
from customs.models import Declaration
from customs.rules.declarations import (
    NOT_REQUIRED,
    DeclarationInput,
    DeclarationLine,
    Party,
    build,
    choose_dataset,
    operator_china_export,
    operator_declarant,
    operator_location_of_goods,
    validate,
)
from customs.rules.declarations.entries import Path, from_rows, set_entries
from customs.rules.landed_cost import LandedCostInput, LandedCostLine, landed_cost
from customs.rules.problems import Problem, problem
from customs.rules.schemes import Scheme
from customs.services import (
    FINAL,
    begin_lodging,
    draft_declaration,
    first_lrn,
    lock_current,
    record_answer,
    save_landed_cost,
)
from flows.addresses import recipient_address, sender_address
from flows.booking import scheme_of
from flows.faults import sentences_of
from flows.partners import ask, authority
from integrations.carriers.base import Address
from integrations.customs.authority import LodgedDeclaration
from integrations.errors import Refused
from orders.models import Order
from shipping.models import Booking
from warehouse.models import ParcelItem

EXPORT, IMPORT = Declaration.Direction.EXPORT, Declaration.Direction.IMPORT
POLL_SECONDS = 2
POLL_SLOWLY_AFTER = 60
POLL_SLOWLY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Consignment:
    """Everything customs asks about one booked parcel."""

    booking: Booking
    order: Order
    owner: Merchant
    items: tuple[ParcelItem, ...]
    scheme: Scheme

    @property
    def origin(self) -> str:
        """The country the parcel leaves from."""
        return str(self.booking.parcel.warehouse.country)

    @property
    def goods_value(self) -> Decimal:
        """The value of the goods alone, in the order's currency."""
        return self.order.goods_value


@handler("clearance.prepare", queue="flow")
def prepare(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Quote the landed cost and draft both declarations of a booked parcel."""
    now = timezone.now()
    with merchant(merchant_id):
        consignment = load(payload["booking_id"], now)
        if consignment.booking.status == Booking.Status.VOIDED:
            return
        _quote(consignment, now)
    try:
        with merchant(merchant_id):
            redraft(consignment, EXPORT, now)
            redraft(consignment, IMPORT, now)
    except NoExchangeRate as error:
        raise ForAPerson(*sentences_of(error)) from error


@handler("clearance.lodge_export", queue="calls")
def lodge_export(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Lodge the export declaration with the packed weight, and follow it until released."""
    _lodge(merchant_id, payload["booking_id"], "export")


@handler("clearance.lodge_import", queue="calls")
def lodge_import(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Lodge the import declaration of a parcel that is on its way, and follow it."""
    _lodge(merchant_id, payload["booking_id"], "import")


@handler("clearance.follow", queue="calls")
def follow(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Ask the authority again until it has decided."""
    with merchant(merchant_id):
        declaration = Declaration.objects.get(pk=payload["declaration_id"])
    if declaration.status in FINAL:
        return
    answer = ask(lambda: authority().status(declaration.lrn), again_after_s=POLL_SECONDS)
    if answer is None:
        raise Later(POLL_SECONDS, "The authority does not know the declaration yet.")
    _keep(merchant_id, declaration.pk, answer)
    if answer.status not in FINAL:
        since = timezone.now() - (declaration.lodged_at or declaration.created_at)
        slow = since.total_seconds() > POLL_SLOWLY_AFTER
        raise Later(POLL_SLOWLY_SECONDS if slow else POLL_SECONDS, f"Customs says {answer.status}.")


def load(booking_id: int, now: datetime) -> Consignment:
    """Read a booked parcel for customs, inside the caller's block."""
    booking = Booking.objects.select_related("parcel__order", "parcel__warehouse").get(
        pk=booking_id
    )
    order = booking.parcel.order
    owner = Merchant.objects.get(pk=booking.merchant_id)
    items = (
        ParcelItem.objects.filter(parcel=booking.parcel)
        .select_related("product", "order_line")
        .order_by("id")
    )
    return Consignment(booking, order, owner, tuple(items), scheme_of(order, owner, now))


def _quote(consignment: Consignment, now: datetime) -> None:
    order = consignment.order
    question = LandedCostInput(
        destination=order.country,
        on=now.date(),
        currency=order.currency,
        lines=tuple(
            LandedCostLine(
                hs_code=item.product.hs_code,
                quantity=item.quantity,
                unit_price=item.unit_price,
                origin_country=item.product.origin_country,
            )
            for item in consignment.items
        ),
        shipping=order.shipping_price,
        scheme=consignment.scheme.code,
        incoterm=consignment.scheme.incoterm,
        postal_code=order.postal_code,
        dispatch_country=consignment.origin,
    )
    inputs = {
        "destination": question.destination,
        "on": question.on.isoformat(),
        "currency": question.currency,
        "shipping": str(question.shipping),
        "scheme": question.scheme,
        "incoterm": question.incoterm,
        "lines": [
            {
                "hs_code": line.hs_code,
                "quantity": line.quantity,
                "unit_price": str(line.unit_price),
                "origin_country": line.origin_country,
            }
            for line in question.lines
        ],
    }
    save_landed_cost(
        booking=consignment.booking, quoted=landed_cost(question), inputs=inputs, now=now
    )


def redraft(consignment: Consignment, direction: str, now: datetime) -> Declaration:
    order, booking = consignment.order, consignment.booking
    choice = choose_dataset(
        direction=direction,
        origin=consignment.origin,
        destination=order.country,
        value=consignment.goods_value,
        currency=order.currency,
        on=now.date(),
    )
    # Locked before its values are read: a person may be correcting them at this moment.
    current = lock_current(booking_id=booking.pk, direction=direction)
    lrn = current.lrn if current else first_lrn(booking, direction)
    country = consignment.origin if direction == EXPORT else order.country
    elements: Mapping[str, Any] = {}
    problems = []
    if choice.is_required:
        elements = build(choice.dataset, _declared(consignment, lrn, country, now))
        entered = from_rows(current.entries) if current else []
        elements, homeless = set_entries(elements, entered)
        problems = validate(choice.dataset, elements, on=now.date())
        problems += [_homeless(path) for path in homeless]
    return draft_declaration(
        booking=booking,
        direction=direction,
        country=country,
        choice=choice,
        lrn=lrn,
        elements=elements,
        problems=problems,
        now=now,
    )


def _homeless(path: Path) -> Problem:
    """A value that a person set for goods or an element that the data no longer have."""
    return problem(
        "/".join(map(str, path)),
        level="header",
        line=0,
        code="entry_has_no_place",
        fault=gettext_noop("a value entered by hand has no place in it any more"),
        remedy=gettext_noop("correct the declaration again"),
    )


def _declared(consignment: Consignment, lrn: str, country: str, now: datetime) -> DeclarationInput:
    order, booking = consignment.order, consignment.booking
    parcel = booking.parcel
    sender = sender_address(consignment.owner, parcel.warehouse)
    return DeclarationInput(
        lrn=lrn,
        on=now.date(),
        order_number=order.external_order,
        invoice_number=booking.invoice_number,
        transport_document=booking.tracking_number,
        exporter=_party(sender, eori=consignment.owner.eori),
        importer=_party(recipient_address(order)),
        declarant=operator_declarant(country),
        lines=tuple(
            DeclarationLine(
                sku=item.product.sku,
                description=item.product.customs_description,
                quantity=item.quantity,
                unit_value=item.unit_price,
                net_weight_g=item.product.weight_g * item.quantity,
                hs_code=item.product.hs_code,
                origin_country=item.product.origin_country,
                manufacturer_product_id=item.product.gtin or item.product.model,
                model=item.product.model,
            )
            for item in consignment.items
        ),
        currency=order.currency,
        gross_weight_g=parcel.weight_g or parcel.expected_weight_g,
        dispatch_country=consignment.origin,
        destination_country=order.country,
        shipping=order.shipping_price,
        incoterm=consignment.scheme.incoterm,
        scheme=consignment.scheme.code,
        tax_scheme_id=consignment.scheme.number,
        previous_document=booking.reference,
        location_of_goods=operator_location_of_goods(country),
        port_of_destination=order.city,
        payment_reference=order.external_order,
        china=operator_china_export() if country == "CN" else None,
    )


def _party(address: Address, *, eori: str = "") -> Party:
    lines = (*address.street_lines, address.postal_code, address.city, address.region)
    return Party(
        name=address.name or address.company,
        address=", ".join(line for line in lines if line),
        country=address.country,
        eori=eori,
        tax_id="" if eori else address.tax_id,
    )


def _lodge(merchant_id: int, booking_id: int, direction: Literal["export", "import"]) -> None:
    """Bring the draft up to date, commit "lodging", ask, keep the answer, follow it."""
    now = timezone.now()
    with merchant(merchant_id):
        consignment = load(booking_id, now)
        if consignment.booking.status == Booking.Status.VOIDED:
            return  # withdrawn meanwhile: the new booking has declarations of its own
        draft = redraft(consignment, direction, now)
        is_complete = draft.status != Declaration.Status.INCOMPLETE
        lodging = begin_lodging(declaration_id=draft.pk, now=now) if is_complete else None
    if draft.status == Declaration.Status.REFUSED:
        text = gettext_noop("Customs refused {lrn}: {words} Correct it.")
        params = {"lrn": draft.lrn, "words": draft.authority_reason}
        raise ForAPerson(Sentence("declaration_refused", text, params))
    if not is_complete:
        raise ForAPerson(*_problem_sentences(draft.problems))
    if draft.dataset == NOT_REQUIRED:
        _release_unasked(merchant_id, draft.pk)
        return
    if lodging is not None:
        try:
            answer = ask(
                lambda: authority().lodge(
                    lrn=lodging.lrn,
                    direction=direction,
                    country=lodging.country,
                    dataset=lodging.dataset,
                    transport_document=consignment.booking.tracking_number,
                    data=lodging.elements,
                ),
                again_after_s=POLL_SECONDS,
            )
        except Refused as refused:
            with merchant(merchant_id):
                record_answer(
                    declaration_id=lodging.pk,
                    status=Declaration.Status.REFUSED,
                    mrn="",
                    reason=refused.message,
                    faults=refused.faults,
                    now=timezone.now(),
                )
            raise ForAPerson(*sentences_of(refused, partner="customs")) from refused
        _keep(merchant_id, lodging.pk, answer)
    with merchant(merchant_id):
        told = {"declaration_id": draft.pk}
        enqueue([Work("clearance.follow", str(draft.pk), told)], now=timezone.now())


def _release_unasked(merchant_id: int, declaration_id: int) -> None:
    """A parcel that crosses no border of customs may go on: no authority has to say so."""
    with merchant(merchant_id):
        record_answer(
            declaration_id=declaration_id,
            status=Declaration.Status.RELEASED,
            mrn="",
            reason="",
            now=timezone.now(),
        )


def _problem_sentences(problems: Sequence[Mapping[str, Any]]) -> list[Sentence]:
    """What is missing and what would be right, of the first gaps: the screen shows them all."""
    said: list[Sentence] = []
    for told in problems[:5]:
        fault, remedy = (
            Sentence(each["code"], each["template"], each["params"])
            for each in (told["fault"], told["remedy"])
        )
        # Neither is a whole sentence: without a sign between them they run into each other.
        said += [*([verbatim("·")] if said else []), fault, verbatim("→"), remedy]
    return said


def _keep(merchant_id: int, declaration_id: int, answer: LodgedDeclaration) -> None:
    with merchant(merchant_id):
        record_answer(
            declaration_id=declaration_id,
            status=answer.status,
            mrn=answer.mrn,
            reason=answer.reason or "",
            now=timezone.now(),
        )
