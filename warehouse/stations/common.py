"""What every station needs: the warehouses of the person, the wave asked for, the page's frame."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import not_found
from core.bodies import BadBody, Body
from core.models import Merchant
from core.sentences import gettext_noop
from core.spoken import say
from flows.floor import find_merchant, find_wave, supervised_by, warehouses_of
from warehouse.models import Warehouse, Wave
from warehouse.screens import StationPage, StationState

LONGEST_CODE = 512
LONGEST_ID = 64
MOST_SCANS = 200
LARGEST = 2**31 - 1

gettext_noop("Label coming")


def warehouse_ids(request: StaffRequest) -> list[int]:
    """Return the ids of the warehouses the person works in."""
    return [warehouse.pk for warehouse in warehouses_of(request.staff)]


def warehouse_named(request: StaffRequest, code: str) -> Warehouse:
    """Return one of the person's warehouses by its code; raise `BadBody`."""
    mine = warehouses_of(request.staff)
    found = next((each for each in mine if each.code == code), None)
    if found is None:
        raise not_found("warehouse", code)
    return found


def supervised_ids(request: StaffRequest) -> list[int]:
    """Return the ids of the warehouses the person supervises."""
    return [warehouse.pk for warehouse in supervised_by(request.staff)]


def refuse_unless_supervisor(request: StaffRequest, warehouse_id: int) -> None:
    """Raise `BadBody` for somebody who works in the warehouse, but does not supervise it."""
    if warehouse_id not in supervised_ids(request):
        raise BadBody(
            field="warehouse",
            fault=_("Only a supervisor of this warehouse may do this."),
            remedy=_("Ask one, or an administrator to make you one."),
            status=403,
        )


def merchant_at_work(code: str) -> Merchant:
    """Return the merchant of a code whose goods may move; raise `BadBody`."""
    owner = find_merchant(code)
    if owner is None:
        raise not_found("merchant", _("Merchant {code}").format(code=code))
    refuse_suspended(owner)
    return owner


def refuse_suspended(owner: Merchant) -> None:
    """Raise `BadBody` for a suspended merchant: nothing of it is begun, nothing leaves."""
    if not owner.is_active:
        raise BadBody(
            field="merchant",
            fault=_("{merchant} is suspended; its goods stay here.").format(merchant=owner.name),
            remedy=_("Ask an administrator whether it will be reinstated."),
            status=409,
        )


def wave_of(request: StaffRequest, wave_id: int) -> Wave:
    """Return a wave in the person's warehouses with its merchant; raise `BadBody`."""
    wave = find_wave(wave_id, warehouse_ids=warehouse_ids(request))
    if wave is None:
        raise not_found("wave", _("Wave {number}").format(number=wave_id))
    return wave


def say_answer(answer: Mapping[str, Any]) -> str:
    """Say a scan's stored answer: the verdict, then lot, serial number and expiry if it had any."""
    return " ".join(say(each) for each in (answer["sentence"], *answer.get("read", ())))


def raw_of(entry: Body) -> str:
    """Return what the scanner sent; a separator at its ends is part of the code and stays."""
    return entry.text("raw", most=LONGEST_CODE, trim=" \t\r\n")


def client_id_of(body: Body) -> str:
    """Return the id the client gave a press; raise `BadBody`."""
    client_id = body.text("client_id", most=LONGEST_ID)
    if not (client_id.isascii() and client_id.isprintable()):
        raise BadBody(
            field=body.name("client_id"), fault=_("It is not plain ASCII."),
            remedy=_("Send a UUID made by the client, new for each press."),
        )  # fmt: skip
    return client_id


def pressed_ms_of(body: Body) -> int | None:
    """Return the client's own instant of a press in milliseconds, None when it sends none."""
    said = body.text("at", most=40, required=False)
    if not said:
        return None
    try:
        at = parse_datetime(said)
        if at is None or at.tzinfo is None:
            raise ValueError(said)
        return int(at.astimezone(UTC).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise BadBody(
            field=body.name("at"), fault=_("It is not an instant."),
            remedy=_("Send it with its offset, for example 2026-10-31T14:05:00.120Z."),
        ) from error  # fmt: skip


def station_page(
    request: StaffRequest, *, title: str, key: str, scan_url: str, state: StationState
) -> StationPage:
    """Frame a station: the browser's queue is one per station and person."""
    return StationPage(
        title=title,
        station_key=f"{key}-{request.staff.pk}",
        scan_url=scan_url,
        leave_url=reverse("station_board"),
        sign_in_url=f"{reverse('account_login')}?next={request.path}",
        staff_name=request.staff.user.get_full_name(),
        state=state,
    )


def state_json(state: StationState, **more: Any) -> dict[str, Any]:
    """Return a state as the scan endpoints answer it."""
    return {
        "order": state.order,
        "complete": state.complete,
        "next_action": state.next_action,
        "asks": state.asks,
        "lines": [
            {
                "sku": line.sku,
                "title": line.title,
                "expected": line.expected,
                "scanned": line.scanned,
                "location": line.location,
            }
            for line in state.lines
        ],
        "notes": list(state.notes),
        "documents": [{"label": each.label, "url": each.url} for each in state.documents],
        "presses": [
            {"label": each.label, "raw": each.raw, "pressed": each.pressed}
            for each in state.presses
        ],
        "links": [{"label": each.label, "url": each.url} for each in state.links],
        **more,
    }


def result_json(
    client_id: str, verdict: str, message: str, expected: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the answer to one scan."""
    return {
        "client_id": client_id,
        "verdict": verdict,
        "message": message,
        "expected": list(expected),
    }


def by_warehouse(rows: Collection[Mapping[str, Any]], warehouse_id: int) -> list[Mapping[str, Any]]:
    """Return the rows of one warehouse."""
    return [row for row in rows if row["warehouse_id"] == warehouse_id]


def to_json(value: Any) -> Any:
    """Instants as ISO texts, everything else as it is."""
    return value.isoformat() if isinstance(value, datetime) else value
