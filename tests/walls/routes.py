"""Every route of every door: what it demands, which methods it takes, and what to call it with.

`needs` is the declared permission (`read`, or `read / write` where unsafe methods demand more).
`sample` names the things of merchant `acme` in the address (fields of tests.walls.world.World);
a route with one must answer 404 to everybody else. A new route is one line here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.factories import NOW


@dataclass(frozen=True)
class Rule:
    """One route. `body` is what an unsafe call sends, so that only the caller is at fault;
    `file` names the field of a file it sends with it."""

    needs: str
    methods: str = "GET"
    sample: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    file: str = ""

    @property
    def read(self) -> str:
        return self.needs.partition(" / ")[0]

    @property
    def write(self) -> str:
        return self.needs.partition(" / ")[2] or self.read

    def demands(self, method: str) -> str:
        """The permission that a call by `method` demands."""
        return self.read if method == "GET" else self.write


ORDER, CLAIM = {"reference": "order"}, {"number": "claim"}
CONNECTION = {"connection_id": "connection"}
SIMULATION, SUPPLIER = {"simulation_id": "simulation"}, {"supplier_id": "supplier"}
REPLAY = {"strategy": "nearest", "first_day": "2026-11-01", "last_day": "2026-11-20"}
PHOTO = {"code": "commercial_invoice", "note": "wall"}
CARTON: dict[str, Any] = {
    "code": "WALL", "name": "Wall", "material": "corrugated", "inner_length_mm": 200,
    "inner_width_mm": 150, "inner_height_mm": 100, "outer_length_mm": 206,
    "outer_width_mm": 156, "outer_height_mm": 112, "tare_g": 85, "max_gross_g": 5000,
}  # fmt: skip
PRODUCT: dict[str, Any] = {
    "seen_at": NOW.isoformat(), "title": "Wall", "weight_g": 400, "length_mm": 120,
    "width_mm": 120, "height_mm": 110, "nature": "general", "battery": "none",
    "unit_value": "9.50", "currency": "EUR",
}  # fmt: skip
INBOUND: dict[str, Any] = {
    "warehouse": "szx1", "lines": [{"sku": "WALL-MUG", "quantity": 1}],
}  # fmt: skip
CLOSE = {"parcel": "WB234567892-1", "weight_g": 500}
SCANS = {"scans": [{"client_id": "wall-1", "seq": 1, "raw": "MUG-BLUE"}]}
TEMPLATE: dict[str, Any] = {
    "name": "Wall", "kind": "any", "cut_off": "18:00", "weekdays": [0], "lead_minutes": 10,
    "every_minutes": 10, "max_orders": 10, "warehouse": "szx1",
}  # fmt: skip
RULE = {"name": "A rule", "actions": [{"kind": "tag", "values": ["x"]}]}

API = {
    "api-products": Rule("products.view / products.edit", "GET"),
    "api-product": Rule("products.view / products.edit", "GET", {"sku": "sku"}),
    "api-stock": Rule("products.view / products.edit", "GET", {"sku": "sku"}),
    "api-kit": Rule("products.view / products.edit", "GET", {"sku": "sku"}),
    "api-orders": Rule("orders.view / orders.edit", "GET POST"),
    "api-orders-bulk": Rule("orders.edit", "POST"),
    "api-order": Rule("orders.view", "GET", ORDER),
    "api-release-hold": Rule("orders.edit", "POST", {**ORDER, "hold_id": "hold"}),
    "api-merge-orders": Rule("orders.edit", "POST", body={"references": []}),
    "api-orders-together": Rule("orders.view"),
    "api-split-order": Rule("orders.edit", "POST", ORDER, {"by": "stock"}),
    "api-undo-order": Rule("orders.edit", "POST", ORDER),
    "api-recheck-order": Rule("orders.edit", "POST", ORDER),
    "api-cancel-order": Rule("orders.edit", "POST", ORDER, {"reason": "wall"}),
    "api-correct-recipient": Rule("orders.edit", "POST", ORDER, {"city": "Wall"}),
    "api-conflicts": Rule("orders.view", "GET", ORDER),
    "api-decide-conflict": Rule(
        "orders.edit", "POST", {**ORDER, "conflict_id": "conflict"}, {"choice": "keep"}
    ),
    "api-listings": Rule("products.view / products.edit", "GET"),
    "api-listing": Rule("products.view / products.edit", "GET", {"listing_id": "listing"}),
    "api-cartons": Rule("products.view", "GET"),
    "api-carton": Rule("products.view / products.edit", "GET DELETE", {"code": "carton_code"}),
    "api-inbounds": Rule("products.view / products.edit", "GET POST", body=INBOUND),
    "api-inbound": Rule("products.view", "GET", {"number": "inbound"}),
    "api-cancel-inbound": Rule("products.edit", "POST", {"number": "inbound"}),
    "api-imports": Rule("orders.view / orders.edit", "GET POST"),
    "api-import": Rule("orders.view", "GET", {"import_id": "upload"}),
    "api-rejected": Rule("orders.view", "GET", {"import_id": "upload"}),
    "api-automation-rules": Rule("orders.view / rules.edit", "GET POST", body=RULE),
    "api-automation-rule": Rule(
        "orders.view / rules.edit", "GET PUT DELETE", {"rule_id": "rule"}, RULE
    ),
    "api-automation-rule-move": Rule("rules.edit", "POST", {"rule_id": "rule"}, {"position": 1}),
    "api-automation-trials": Rule("orders.view / rules.edit", "GET POST"),
    "api-automation-trial": Rule("orders.view", "GET", {"trial_id": "trial"}),
    "api-automation-trial-orders": Rule("orders.view", "GET", {"trial_id": "trial"}),
    "api-shipments": Rule("shipments.view", "GET"),
    "api-shipment": Rule("shipments.view", "GET", {"reference": "booking_reference"}),
    "api-document": Rule("shipments.view", "GET", {"document_id": "label"}),
    "api-tracking": Rule("shipments.view", "GET", {"tracking_number": "tracking_number"}),
    "api-claims": Rule("claims.view / claims.edit", "GET POST"),
    "api-claim": Rule("claims.view", "GET", CLAIM),
    "api-evidence": Rule("claims.edit", "POST", CLAIM, PHOTO, file="file"),
    "api-no-such-route": Rule("public"),
    "api-schema": Rule("public"),
    "api-reference": Rule("public"),
}
EVERY_DOOR = {
    "language": Rule("public", "POST"),
}
BUYER = {
    "parcel": Rule("public"),
    "reveal": Rule("public", "POST"),
    "push_line": Rule("signed", "POST"),
    "channel_push": Rule("signed", "POST"),
}
DASHBOARD = {
    "today": Rule("orders.view"),
    "search": Rule("orders.view"),
    "orders": Rule("orders.view"),
    "orders_export": Rule("orders.view"),
    "orders_bulk": Rule("holds.release", "POST"),
    "upload": Rule("orders.edit", "GET POST"),
    "upload_template": Rule("orders.view", "GET", {"kind": "kind"}),
    "upload_detail": Rule("orders.view", "GET", {"import_id": "upload"}),
    "upload_progress": Rule("orders.view", "GET", {"import_id": "upload"}),
    "upload_columns": Rule("orders.edit", "GET POST", {"import_id": "upload"}),
    "preset_remove": Rule("orders.edit", "POST", {"preset_id": "preset"}),
    "upload_rejected": Rule("orders.view", "GET", {"import_id": "upload"}),
    "order": Rule("orders.view", "GET", ORDER),
    "hold_release": Rule("holds.release", "POST", {**ORDER, "hold_id": "hold"}),
    "orders_together": Rule("orders.view"),
    "orders_merge": Rule("orders.edit", "POST"),
    "order_split": Rule("orders.edit", "GET POST", ORDER),
    "order_undo": Rule("orders.edit", "POST", ORDER),
    "order_recheck": Rule("orders.edit", "POST", ORDER),
    "order_correct": Rule("orders.edit", "POST", ORDER, {"city": "Wall"}),
    "order_cancel": Rule("orders.edit", "POST", ORDER, {"reason": "wall"}),
    "order_block": Rule("orders.edit", "POST", ORDER, {"kind": "email"}),
    "conflict_decide": Rule(
        "orders.edit", "POST", {**ORDER, "conflict_id": "conflict"}, {"choice": "keep"}
    ),
    "product": Rule(
        "products.view / products.edit", "GET POST", {"product_id": "product"}, body=PRODUCT
    ),
    "cartons": Rule("products.view / products.edit", "GET POST", body=CARTON),
    "picking": Rule("orders.view / orders.edit", "GET POST", body={"on_short": "hold"}),
    "cartons_copy": Rule("products.edit", "POST"),
    "carton_retire": Rule("products.edit", "POST", {"carton_id": "carton"}),
    "extras": Rule(
        "products.view / products.edit",
        "GET POST",
        body={"kind": "insert", "name": "Wall card", "weight_g": 5},
    ),
    "extra_retire": Rule("products.edit", "POST", {"extra_id": "extra"}),
    "blocked_buyers": Rule("orders.view"),
    "blocked_buyer_add": Rule("orders.edit", "POST", body={"kind": "email", "value": "a@b.de"}),
    "blocked_buyer_remove": Rule("orders.edit", "POST", {"block_id": "block"}),
    "listings": Rule("products.view"),
    "listings_bulk": Rule("products.edit", "POST"),
    "listing": Rule("products.view", "GET", {"listing_id": "listing"}),
    "listing_map": Rule("products.edit", "POST", {"listing_id": "listing"}, {"action": "ignore"}),
    "products": Rule("products.view"),
    "products_export": Rule("products.view"),
    "product_stock": Rule(
        "products.view / products.edit",
        "GET POST",
        {"product_id": "product"},
        {"action": "lasting", "days": 3},
    ),
    "shipments": Rule("shipments.view"),
    "shipments_export": Rule("shipments.view"),
    "shipment": Rule("shipments.view", "GET", {"parcel_id": "parcel"}),
    "customs": Rule("customs.view"),
    "customs_export": Rule("customs.view"),
    "declaration": Rule(
        "customs.view / products.edit", "GET POST", {"declaration_id": "declaration"}
    ),
    "claims": Rule("claims.view"),
    "claims_export": Rule("claims.view"),
    "claim_new": Rule("claims.edit", "GET POST"),
    "claim": Rule("claims.view", "GET", CLAIM),
    "claim_evidence": Rule("claims.edit", "POST", CLAIM, PHOTO, file="file"),
    "billing": Rule("billing.view"),
    "billing_export": Rule("billing.view"),
    "settings": Rule("team.view"),
    "invitation_send": Rule("team.edit", "POST"),
    "invitation_resend": Rule("team.edit", "POST", {"invitation_id": "invitation"}),
    "invitation_revoke": Rule("team.edit", "POST", {"invitation_id": "invitation"}),
    "invitation": Rule("public"),
    "member_role": Rule("team.edit", "POST", {"member_id": "member"}, {"role": "read_only"}),
    "member_remove": Rule("team.edit", "POST", {"member_id": "member"}),
    "channels": Rule("orders.view"),
    "channel_new": Rule("channels.edit", "POST", body={"kind": "ebay", "name": "Second shop"}),
    "channel_return": Rule("channels.edit", "GET", {"kind": "channel_kind"}),
    "channel_connect": Rule("channels.edit", "POST", CONNECTION),
    "channel_pause": Rule("channels.edit", "POST", CONNECTION),
    "channel_resume": Rule("channels.edit", "POST", CONNECTION),
    "channel_end": Rule("channels.edit", "POST", CONNECTION),
    "channel_telling": Rule("channels.edit", "POST", CONNECTION, {"tell_at": "booking"}),
    "channel_notices": Rule("orders.view"),
    "channel_decision_again": Rule("orders.edit", "POST", {"decision_id": "decision"}),
    "channel_decision_settle": Rule("orders.edit", "POST", {"decision_id": "decision"}),
    "channel_unread_again": Rule("orders.edit", "POST", {"unread_id": "unread"}),
    "channel_unread_settle": Rule("orders.edit", "POST", {"unread_id": "unread"}),
    "channel_notice_again": Rule("orders.edit", "POST", {"notice_id": "notice"}),
    "channel_notice_settle": Rule("orders.edit", "POST", {"notice_id": "notice"}),
    "allocation": Rule("orders.view"),
    "allocation_publish": Rule("orders.edit", "POST", body={"strategy": "cheapest"}),
    "simulation_new": Rule("orders.edit", "POST", body=REPLAY),
    "simulation": Rule("orders.view", "GET", SIMULATION),
    "simulation_progress": Rule("orders.view", "GET", SIMULATION),
    "simulation_export": Rule("orders.view", "GET", SIMULATION),
    "simulation_publish": Rule("orders.edit", "POST", SIMULATION),
    "suppliers": Rule("products.view"),
    "supplier_new": Rule(
        "products.edit", "POST", body={"name": "N", "email": "n@s.example", "language": "en"}
    ),
    "supplier": Rule("products.view", "GET", SUPPLIER),
    "supplier_save": Rule(
        "products.edit",
        "POST",
        SUPPLIER,
        {"name": "Wall", "email": "w@s.example", "language": "en"},
    ),
    "supplier_product": Rule(
        "products.edit",
        "POST",
        SUPPLIER,
        {"sku": "WALL-MUG", "lead_days": 2, "unit_cost": "1", "currency": "EUR", "min_quantity": 1},
    ),
    "supplier_product_remove": Rule("products.edit", "POST", {**SUPPLIER, "offer_id": "offer"}),
    "supplier_requests": Rule("products.view"),
    "supplier_request": Rule("products.view", "GET", {"number": "supplier_request"}),
    "supplier_request_act": Rule(
        "products.edit",
        "POST",
        {"number": "supplier_request"},
        {"action": "withdraw", "reason": "wall"},
    ),
    "inbounds": Rule("products.view"),
    "inbound_new": Rule(
        "products.edit", "GET POST", body={"warehouse": "szx1", "lines": "WALL-MUG, 2"}
    ),
    "inbound": Rule("products.view", "GET", {"number": "inbound"}),
    "inbound_edit": Rule(
        "products.edit",
        "GET POST",
        {"number": "inbound"},
        {"warehouse": "szx1", "lines": "WALL-MUG, 2"},
    ),
    "inbound_cancel": Rule("products.edit", "POST", {"number": "inbound"}),
    "inbound_seen": Rule("products.edit", "POST", {"number": "inbound"}),
    "product_labels": Rule(
        "products.view / products.edit",
        "GET POST",
        body={"sku": "WALL-MUG", "copies": 1, "layout": "label"},
    ),
    "rules": Rule("orders.view"),
    "rule_new": Rule("rules.edit", "GET POST"),
    "rule_edit": Rule("rules.edit", "GET POST", {"rule_id": "rule"}),
    "rule_move": Rule("rules.edit", "POST", {"rule_id": "rule"}),
    "rule_switch": Rule("rules.edit", "POST", {"rule_id": "rule"}),
    "rule_remove": Rule("rules.edit", "POST", {"rule_id": "rule"}),
    "rule_seen": Rule("rules.edit", "POST", {"rule_id": "rule"}),
    "rule_trials": Rule("rules.edit", "GET POST"),
    "rule_trial": Rule("orders.view", "GET", {"trial_id": "trial"}),
    "rule_trial_progress": Rule("orders.view", "GET", {"trial_id": "trial"}),
    "rule_trial_export": Rule("orders.view", "GET", {"trial_id": "trial"}),
    "api_keys": Rule("team.edit", "GET POST"),
    "api_key_revoke": Rule("team.edit", "POST", {"key_id": "key"}),
    "document": Rule("orders.view", "GET", {"document_id": "label"}),
    "merchants": Rule("orders.view", "GET POST"),
}
ADMIN = {
    "staff_home": Rule("staff.home"),
    "station_board": Rule("staff.floor"),
    "station_problem_retry": Rule("staff.floor", "POST", {"job_id": "job"}),
    "station_email": Rule("staff.floor", "POST", body={"warehouse": "szx1", "wants": "yes"}),
    "station_places_first": Rule("staff.floor"),
    "station_places": Rule("staff.floor", "GET", {"code": "house_code"}),
    "station_place_save": Rule(
        "staff.supervise", "POST", {"code": "house_code"}, {"code": "WALL-1", "kind": "bin"}
    ),
    "station_places_upload": Rule("staff.supervise", "POST", {"code": "house_code"}, file="file"),
    "station_place_labels": Rule("staff.floor", "GET", {"code": "house_code"}),
    "station_supervise": Rule("staff.supervise"),
    "station_supervise_list": Rule(
        "staff.supervise", "GET", {"code": "house_code", "what": "list_name"}
    ),
    "station_wave_plan": Rule(
        "staff.floor", "POST", body={"merchant": "acme", "warehouse": "szx1"}
    ),
    "station_wave": Rule("staff.floor", "GET", {"wave_id": "wave"}),
    "station_wave_release": Rule("staff.supervise", "POST", {"wave_id": "wave"}),
    "station_wave_dismiss": Rule("staff.supervise", "POST", {"wave_id": "wave"}),
    "station_wave_take_out": Rule(
        "staff.floor",
        "POST",
        {"wave_id": "wave"},
        {"parcel": 1, "stock": "keep", "reason": "wall"},
    ),
    "station_proposals": Rule(
        "staff.supervise",
        "POST",
        body={"template": 1, "cut_off_at": "2026-11-20T10:00:00Z", "act": "dismiss"},
    ),
    "station_put_back": Rule("staff.floor", "POST", {"put_back_id": "put_back"}),
    "station_templates": Rule("staff.floor"),
    "station_template_new": Rule("staff.supervise", "GET POST", body=TEMPLATE),
    "station_template": Rule(
        "staff.supervise", "GET POST", {"template_id": "template"}, {"name": "Wall"}
    ),
    "station_template_switch": Rule(
        "staff.supervise", "POST", {"template_id": "template"}, {"on": "no"}
    ),
    "station_picks": Rule("staff.floor", "POST", body={"wave": 1, "all": True}),
    "station_pick": Rule("staff.floor", "GET", {"wave_id": "wave"}),
    "station_pick_short": Rule(
        "staff.floor", "GET POST", {"wave_id": "wave"}, {"task": 1, "found": 0}
    ),
    "station_pick_scans": Rule("staff.floor", "POST", {"wave_id": "wave"}, SCANS),
    "station_pack": Rule("staff.floor"),
    "station_pack_scans": Rule("staff.floor", "POST", body=SCANS),
    "station_pack_close": Rule("staff.floor", "POST", body=CLOSE),
    "station_cartons": Rule(
        "staff.floor", "GET POST", body={"parcel": "WB234567892-1", "carton": "C3"}
    ),
    "station_photos": Rule(
        "staff.floor", "GET POST", body={"parcel": "WB234567892-1"}, file="photo"
    ),
    "station_units": Rule("staff.floor", "GET POST", body={"warehouse": "szx1", "kind": "bag"}),
    "station_unit": Rule("staff.floor", "GET", {"unit_id": "unit"}),
    "station_unit_scans": Rule("staff.floor", "POST", {"unit_id": "unit"}, SCANS),
    "station_unit_label": Rule("staff.floor", "GET", {"unit_id": "closed_unit"}),
    "station_pickups": Rule("staff.floor", "POST", body={"warehouse": "szx1", "carrier": "postal"}),
    "station_pickup": Rule("staff.floor", "GET", {"pickup_id": "pickup"}),
    "station_pickup_scans": Rule("staff.floor", "POST", {"pickup_id": "pickup"}, SCANS),
    "station_pickup_sign": Rule("staff.floor", "GET POST", {"pickup_id": "pickup"}, {"leave": "1"}),
    "station_weigh": Rule("staff.floor"),
    "station_weigh_scans": Rule("staff.floor", "POST", body=SCANS),
    "station_single": Rule("staff.floor"),
    "station_single_scans": Rule("staff.floor", "POST", body=SCANS),
    "station_walls": Rule("staff.floor"),
    "station_wall": Rule("staff.floor", "GET", {"wall_id": "wall", "wave_id": "wave"}),
    "station_wall_scans": Rule(
        "staff.floor", "POST", {"wall_id": "wall", "wave_id": "wave"}, SCANS
    ),
    "station_printing": Rule("staff.floor"),
    "station_print_station": Rule("staff.floor", "POST", body={"warehouse": "szx1", "name": "T1"}),
    "station_print_again": Rule("staff.floor", "POST", {"job_id": "print_job"}, {"reason": "wall"}),
    "station_print_go_on": Rule("staff.floor", "POST", {"job_id": "print_job"}),
    "station_print_seen": Rule("staff.floor", "POST", {"job_id": "print_job"}),
    "station_print_label": Rule("staff.floor", "GET", {"job_id": "print_job"}),
    "station_replenish": Rule("staff.floor"),
    "station_replenish_house": Rule("staff.floor", "GET", {"code": "house_code"}),
    "station_replenish_scans": Rule("staff.floor", "POST", {"code": "house_code"}, SCANS),
    "station_replenish_look": Rule("staff.floor", "POST", {"code": "house_code"}),
    "station_replenish_face": Rule(
        "staff.floor",
        "POST",
        {"code": "house_code"},
        {"merchant": "acme", "sku": "MUG-BLUE", "minimum": 1, "maximum": 2},
    ),
    "station_hand_over": Rule(
        "staff.floor",
        "GET POST",
        body={"merchant": "acme", "warehouse": "szx1", "carrier": "postal", "signed_by": "Li"},
    ),
    "station_handover": Rule("staff.floor", "GET", {"handover_id": "handover"}),
    "station_document": Rule("staff.floor", "GET", {"document_id": "label"}),
    "staff_equipment": Rule("staff.equipment"),
    "staff_printer": Rule(
        "staff.equipment",
        "POST",
        body={
            "warehouse": "szx1",
            "name": "P",
            "kind": "ipp",
            "accepts": "pdf",
            "address": "10.0.0.5",
            "port": 631,
        },
    ),
    "staff_print_agent": Rule("staff.equipment", "POST", body={"warehouse": "szx1", "name": "A"}),
    "staff_print_agent_revoke": Rule("staff.equipment", "POST", {"agent_id": "print_agent"}),
    "staff_put_wall": Rule(
        "staff.equipment", "POST", body={"warehouse": "szx1", "code": "B", "slots": 3}
    ),
    "station_counts": Rule("staff.floor"),
    "station_count_make": Rule(
        "staff.floor",
        "POST",
        body={"merchant": "acme", "warehouse": "szx1", "basis": "bin", "chosen": "A-01"},
    ),
    "station_count_list": Rule("staff.floor", "GET", {"list_id": "count"}),
    "station_count_decide": Rule(
        "staff.floor", "POST", {"list_id": "count", "task_id": "count_task"}, {"decision": "again"}
    ),
    "station_count": Rule("staff.floor", "GET", {"list_id": "count"}),
    "station_count_scans": Rule("staff.floor", "POST", {"list_id": "count"}, SCANS),
    "station_inbounds": Rule("staff.floor"),
    "station_inbound_labels": Rule("staff.floor", "GET", {"inbound_id": "inbound_id"}),
    "station_inbound_labels_make": Rule(
        "staff.floor", "POST", {"inbound_id": "inbound_id"}, {"sku": "WALL-MUG", "copies": 1}
    ),
    "station_receive": Rule("staff.floor", "GET", {"inbound_id": "inbound_id"}),
    "station_receive_scans": Rule("staff.floor", "POST", {"inbound_id": "inbound_id"}, SCANS),
    "station_put_away": Rule("staff.floor", "GET", {"inbound_id": "inbound_id"}),
    "station_put_away_scans": Rule("staff.floor", "POST", {"inbound_id": "inbound_id"}, SCANS),
    "staff_claims": Rule("staff.claims"),
    "staff_claim": Rule("staff.claims", "GET", {"claim_id": "claim_id"}),
    "staff_claim_decide": Rule("staff.claims", "POST", {"claim_id": "claim_id"}),
    "staff_document": Rule("staff.claims", "GET", {"document_id": "evidence"}),
    "staff_holds": Rule("staff.customs"),
    "staff_hold_release": Rule("staff.customs", "POST", {"hold_id": "staff_hold"}),
    "staff_hold_cancel": Rule("staff.customs", "POST", {"hold_id": "staff_hold"}, {"note": "wall"}),
    "staff_differences": Rule("staff.stock"),
    "staff_stock_repair": Rule(
        "staff.stock",
        "POST",
        {"merchant_id": "merchant"},
        {
            "product": 1,
            "location": 1,
            "condition": "good",
            "counted": 1,
            "reason": "wall",
            "lot": "",
            "expires_on": "2027-05-31",
        },
    ),
    "staff_merchants": Rule("staff.merchants"),
    "staff_merchant_suspend": Rule(
        "staff.merchants", "GET POST", {"merchant_id": "merchant"}, {"reason": "wall"}
    ),
    "staff_merchant_reinstate": Rule(
        "staff.merchants", "GET POST", {"merchant_id": "merchant"}, {"reason": "wall"}
    ),
    "staff_people": Rule("staff.people"),
    "staff_person_role": Rule(
        "staff.people", "POST", {"staff_id": "floor_person"}, {"warehouse": "szx1", "role": ""}
    ),
    "staff_bookings": Rule("staff.support"),
    "staff_booking_found": Rule(
        "staff.support", "POST", {"booking_id": "unclear"}, {"tracking_number": "1234567891"}
    ),
    "staff_booking_absent": Rule("staff.support", "POST", {"booking_id": "unclear"}),
    "staff_booking_label": Rule("staff.support", "POST", {"booking_id": "unclear"}, file="label"),
    "staff_declarations": Rule("staff.customs"),
    "staff_declaration": Rule("staff.customs", "GET POST", {"declaration_id": "declaration"}),
    "staff_problems": Rule("staff.problems"),
    "staff_job_retry": Rule("staff.problems", "POST", {"job_id": "job"}),
    "staff_job_give_up": Rule("staff.problems", "POST", {"job_id": "job"}, {"reason": "wall"}),
    "staff_partner_try": Rule("staff.problems", "POST", {"stop_id": "stop"}),
    "staff_exceptions": Rule("staff.support"),
    "staff_exception_close": Rule("staff.support", "POST", {"exception_id": "exception"}),
}
PRINT_AGENT = {
    "print_agent_jobs": Rule("signed", "POST"),
    "print_agent_document": Rule("signed"),
    "print_agent_begin": Rule("signed", "POST"),
    "print_agent_report": Rule("signed", "POST"),
}
ROUTES: dict[str, Rule] = {**EVERY_DOOR, **API, **BUYER, **DASHBOARD, **ADMIN, **PRINT_AGENT}
NOT_OF_A_MERCHANT = frozenset({"upload_template", "channel_return"})
"""Routes whose address names nothing of a merchant although it has a part to fill in."""
