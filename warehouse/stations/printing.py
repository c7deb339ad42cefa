"""Printing at the stations: where labels come out, what does not, and printing one again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from core.bodies import BadBody, read_body, wants_json
from core.paper_answers import inline
from core.spoken import say_all
from flows.floor import find_document, warehouses_of
from flows.printing import (
    MayBePrinted,
    NothingToPrint,
    OnItsWay,
    ReasonMissing,
    find_job,
    give_to_browser,
    jobs_at,
    jobs_of,
    reprint,
    retry,
    saw_it,
)
from warehouse.models import Printer, PrintJob
from warehouse.rules.printing import fault_sentences
from warehouse.services.equipment import choose_printer
from warehouse.stations.common import warehouse_ids, warehouse_named
from warehouse.stations.here import remember_station, station_here

S = PrintJob.Status
BACK = {"single": "station_single", "wall": "station_walls"}
LONGEST_REASON, LONGEST_REFERENCE = 300, 40


@staff_page("staff.floor", "GET")
def show(request: StaffRequest) -> HttpResponse:
    """Show what does not print and what is on its way; let the person say where they stand."""
    mine = warehouses_of(request.staff)
    ids = [warehouse.pk for warehouse in mine]
    now = timezone.now()
    parcel = request.GET.get("parcel", "")[:LONGEST_REFERENCE].strip()
    found = jobs_of(parcel, warehouse_ids=ids) if parcel else jobs_at(ids, now=now)
    rows = [_row(job, now) for job in found]
    printers = list(
        Printer.objects.filter(warehouse_id__in=ids, is_active=True)
        .select_related("warehouse")
        .order_by("warehouse_id", "name")
    )
    if wants_json(request):
        told = [{key: row[key] for key in ("id", "status", "parcel", "printer", "words", "said")}
                for row in rows]  # fmt: skip
        return JsonResponse({"jobs": told})
    context = {
        "jobs": rows, "printers": [_printer_row(each) for each in printers], "now": now,
        "warehouses": mine, "here": station_here(request), "goes_to": request.GET.get("for", ""),
        "parcel": parcel,
    }  # fmt: skip
    return render(request, "stations/printing.html", context)


@staff_page("staff.floor", "POST")
def station(request: StaffRequest) -> HttpResponseBase:
    """Say where this browser stands and where its labels come out: {warehouse, name, printer?}."""
    body = read_body(request)
    warehouse = warehouse_named(request, body.text("warehouse", most=20))
    printer_id = body.whole("printer", least=0, most=2**63 - 1, default=0)
    printer = Printer.objects.filter(pk=printer_id, warehouse=warehouse, is_active=True).first()
    if printer_id and printer is None:
        raise not_found("printer", _("Printer {number}").format(number=printer_id))
    chosen = choose_printer(
        warehouse=warehouse,
        name=body.text("name", most=40),
        printer=printer,
        actor=request.actor,
        now=timezone.now(),
    )
    goes_to = BACK.get(body.text("for", most=20, required=False), "station_printing")
    response: HttpResponseBase
    if wants_json(request):
        response = JsonResponse(
            {"station": chosen.name, "printer": printer.name if printer else ""}
        )
    else:
        where = printer.name if printer else _("this browser")
        said = _("{station}: labels come out at {printer}.")
        messages.success(request, said.format(station=chosen.name, printer=where))
        response = redirect(goes_to)
    remember_station(response, chosen, secure=settings.SESSION_COOKIE_SECURE)
    return response


@staff_page("staff.floor", "POST")
def again(request: StaffRequest, job_id: int) -> HttpResponseBase:
    """Print a label once more, the same bytes: {reason}."""
    job = _job(request, job_id)
    reason = read_body(request).text("reason", most=LONGEST_REASON)
    here = station_here(request)
    is_here = here is not None and here.warehouse.pk == job.warehouse_id
    try:
        copy = reprint(
            job=job,
            reason=reason,
            printer_id=here.printer_id if here is not None and is_here else job.printer_id,
            station=here.name if here is not None and is_here else job.station,
            actor=request.actor,
            now=timezone.now(),
        )
    except (OnItsWay, NothingToPrint, ReasonMissing) as error:
        raise _too_early() from error
    return _done(request, copy, _("It is printed again. Throw the other label away."))


@staff_page("staff.floor", "POST")
def go_on(request: StaffRequest, job_id: int) -> HttpResponseBase:
    """Let a label that was certainly not printed go on, at the printer of this station."""
    job = _job(request, job_id)
    here = station_here(request)
    is_here = here is not None and here.warehouse.pk == job.warehouse_id
    printer_id = here.printer_id if here is not None and is_here else job.printer_id
    try:
        retry(job=job, printer_id=printer_id, now=timezone.now())
    except MayBePrinted as error:
        raise BadBody(
            field="job", fault=_("The label may have come out."),
            remedy=_("Look for it; if it is not there, print it again with a reason."), status=409,
        ) from error  # fmt: skip
    except OnItsWay as error:
        raise _too_early() from error
    return _done(request, job, _("It goes on now."))


@staff_page("staff.floor", "POST")
def seen(request: StaffRequest, job_id: int) -> HttpResponseBase:
    """Take a person's word that the label is there."""
    job = _job(request, job_id)
    if not saw_it(job=job, now=timezone.now()):
        raise _too_early()
    return _done(request, job, _("Noted: the label is there."))


@staff_page("staff.floor", "GET")
def label(request: StaffRequest, job_id: int) -> HttpResponseBase:
    """Give the label to the browser that prints it, once; again it asks for a reason."""
    job = _job(request, job_id)
    document = None if job.document_id is None else find_document(
        job.document_id, warehouse_ids=warehouse_ids(request)
    )  # fmt: skip
    if document is None or job.printer_id is not None:
        raise not_found("job", _("Print job {number}").format(number=job_id))
    if not give_to_browser(job=job, now=timezone.now()):
        messages.info(request, _("It was given to a browser before. Say why it is printed again."))
        return redirect(f"{reverse('station_printing')}?parcel={job.parcel.reference}")
    return inline(document)


def _job(request: StaffRequest, job_id: int) -> PrintJob:
    job = find_job(job_id, warehouse_ids=warehouse_ids(request))
    if job is None:
        raise not_found("job", _("Print job {number}").format(number=job_id))
    return job


def _done(request: StaffRequest, job: PrintJob, said: str) -> HttpResponseBase:
    if wants_json(request):
        return JsonResponse({"job": job.pk, "said": said})
    messages.success(request, said)
    if job.printer_id is None and job.status == S.QUEUED:
        return redirect("station_print_label", job.pk)
    return redirect("station_printing")


def _too_early() -> BadBody:
    return BadBody(
        field="job", fault=_("The label is on its way, or there is none yet."),
        remedy=_("Look at the printer, then here again."), status=409,
    )  # fmt: skip


def _row(job: PrintJob, now: Any) -> dict[str, Any]:
    is_over = job.lease_until is None or job.lease_until < now
    is_unclear = job.status == S.SENT and job.delivered_at is None and is_over
    said = say_all(job.said)
    if is_unclear and not said:
        said = say_all([each.as_dict() for each in fault_sentences("silent", "")])
    if job.status == S.QUEUED and job.printer and job.printer.fault_said:
        said = say_all(job.printer.fault_said)
    return {
        "id": job.pk,
        "status": job.status,
        "words": job.get_status_display(),
        "parcel": job.parcel.reference,
        "merchant": job.merchant.code,
        "printer": job.printer.name if job.printer else _("this browser"),
        "station": job.station,
        "said": said,
        "reason": job.reason,
        "since": job.created_at,
        "is_problem": is_unclear or job.status == S.FAILED,
        "may_go_on": job.status == S.FAILED and job.sent_at is None,
        "may_be_seen": job.status == S.SENT,
        "may_print_again": (job.status == S.FAILED and job.sent_at is not None)
        or (job.status == S.SENT and is_over)
        or job.status == S.CONFIRMED,
        "opens": job.printer_id is None and job.status == S.QUEUED,
    }


def _printer_row(printer: Printer) -> dict[str, Any]:
    return {
        "id": printer.pk,
        "name": printer.name,
        "warehouse": printer.warehouse,
        "accepts": printer.get_accepts_display(),
        "fault": say_all(printer.fault_said or []),
        "since": printer.fault_since,
        "printed_at": printer.printed_at,
    }
