"""Papers to print: the stored bytes of a label, invoice, list or manifest."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from core.bodies import BadBody
from core.paper_answers import inline
from flows.floor import LabelWithdrawn, find_document
from warehouse.stations.common import warehouse_ids


@staff_page("staff.floor", "GET")
def document(request: StaffRequest, document_id: int) -> HttpResponse:
    """Answer a paper of the person's warehouses, to be shown and printed."""
    try:
        found = find_document(document_id, warehouse_ids=warehouse_ids(request))
    except LabelWithdrawn as withdrawn:
        raise BadBody(
            field="label",
            fault=_("The label {number} is void: the parcel was booked anew.").format(
                number=withdrawn
            ),
            remedy=_("Scan the parcel at the pack station and print its new label."),
            status=410,
        ) from withdrawn
    if found is None:
        raise not_found("document", _("Document {number}").format(number=document_id))
    return inline(found)
