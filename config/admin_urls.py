"""Addresses of the admin door: stations, the staff's screens, records."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import include, path

from accounts import staff as accounts
from accounts.access import StaffRequest
from accounts.rules import staff_may
from accounts.staff_pages import staff_page
from claims import staff as claims
from core.admin_site import records
from customs import staff as customs
from orders import staff as orders
from shipping import staff as bookings
from tracking import staff as tracking
from warehouse import staff as problems
from warehouse import staff_people as people
from warehouse.stations import differences, equipment, print_agent

FIRST_SCREENS = (
    ("staff.floor", "station_board"),
    ("staff.claims", "staff_claims"),
    ("staff.customs", "staff_holds"),
)


@staff_page("staff.home", "GET")
def home(request: StaffRequest) -> HttpResponseBase:
    """Go to the first screen of the person's role."""
    role = request.staff.role
    return redirect(next(name for needed, name in FIRST_SCREENS if staff_may(role, needed)))


urlpatterns = [
    path("staff/", home, name="staff_home"),
    path("stations/", include("warehouse.station_urls")),
    path("staff/claims/", claims.claims, name="staff_claims"),
    path("staff/claims/<int:claim_id>/", claims.claim, name="staff_claim"),
    path("staff/claims/<int:claim_id>/decide/", claims.decide, name="staff_claim_decide"),
    path("staff/documents/<int:document_id>/", claims.document, name="staff_document"),
    path("staff/holds/", orders.holds, name="staff_holds"),
    path("staff/holds/<int:hold_id>/release/", orders.release, name="staff_hold_release"),
    path("staff/holds/<int:hold_id>/cancel/", orders.cancel, name="staff_hold_cancel"),
    path("staff/exceptions/", tracking.exceptions, name="staff_exceptions"),
    path(
        "staff/exceptions/<int:exception_id>/close/",
        tracking.close,
        name="staff_exception_close",
    ),
    path("staff/bookings/", bookings.bookings, name="staff_bookings"),
    path("staff/bookings/<int:booking_id>/found/", bookings.found, name="staff_booking_found"),
    path("staff/bookings/<int:booking_id>/absent/", bookings.absent, name="staff_booking_absent"),
    path("staff/bookings/<int:booking_id>/label/", bookings.label, name="staff_booking_label"),
    path("staff/declarations/", customs.declarations, name="staff_declarations"),
    path("staff/declarations/<int:declaration_id>/", customs.declaration, name="staff_declaration"),
    path("staff/problems/", problems.problems, name="staff_problems"),
    path("staff/problems/<int:job_id>/retry/", problems.retry, name="staff_job_retry"),
    path("staff/problems/<int:job_id>/give-up/", problems.give_up, name="staff_job_give_up"),
    path(
        "staff/problems/partners/<int:stop_id>/try/",
        problems.try_partner,
        name="staff_partner_try",
    ),
    path("staff/stock/", differences.differences, name="staff_differences"),
    path("staff/stock/<int:merchant_id>/repair/", differences.repair, name="staff_stock_repair"),
    path("staff/merchants/", accounts.merchants, name="staff_merchants"),
    path(
        "staff/merchants/<int:merchant_id>/suspend/",
        accounts.suspension,
        name="staff_merchant_suspend",
    ),
    path(
        "staff/merchants/<int:merchant_id>/reinstate/",
        accounts.reinstatement,
        name="staff_merchant_reinstate",
    ),
    path("staff/equipment/", equipment.show, name="staff_equipment"),
    path("staff/equipment/printers/", equipment.printer, name="staff_printer"),
    path("staff/equipment/agents/", equipment.agent, name="staff_print_agent"),
    path(
        "staff/equipment/agents/<int:agent_id>/revoke/",
        equipment.agent_revoke,
        name="staff_print_agent_revoke",
    ),
    path("staff/equipment/walls/", equipment.wall, name="staff_put_wall"),
    path("print-agent/jobs/", print_agent.jobs, name="print_agent_jobs"),
    path(
        "print-agent/jobs/<int:job_id>/document/", print_agent.document, name="print_agent_document"
    ),
    path("print-agent/jobs/<int:job_id>/begin/", print_agent.begin, name="print_agent_begin"),
    path("print-agent/jobs/<int:job_id>/report/", print_agent.report, name="print_agent_report"),
    path("staff/people/", people.people, name="staff_people"),
    path("staff/people/<int:staff_id>/role/", people.set_role, name="staff_person_role"),
    path("records/", records.urls),
]
