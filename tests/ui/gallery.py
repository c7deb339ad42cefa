"""Every page of the product by name: its template and a context for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory

from dashboard.screens.common import Option
from tests.ui import fakes_channels as channels
from tests.ui import fakes_combining as combining
from tests.ui import fakes_doors as doors
from tests.ui import fakes_listings as listings
from tests.ui import fakes_orders as orders
from tests.ui import fakes_rest as rest
from tests.ui import fakes_rules as rules
from tests.ui import fakes_supply as supply
from tests.ui.fakes import NOW, shell


@dataclass(frozen=True)
class Picture:
    """One rendered page; `nav` marks the side bar's current entry and means it has one."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    nav: str = ""


def _page(page: object, template: str, nav: str = "") -> Picture:
    return Picture(template=template, context={"page": page}, nav=nav)


def gallery() -> dict[str, Picture]:
    """Name to picture, freshly made so that a test may change one without touching another."""
    return {
        "listings": _page(
            listings.listings_page(), "dashboard/products/listings.html", "Products & stock"
        ),
        "listings_empty": _page(
            listings.listings_page(rows=0), "dashboard/products/listings.html", "Products & stock"
        ),
        "listing": _page(
            listings.listing_page(), "dashboard/products/listing.html", "Products & stock"
        ),
        "blocked_buyers": _page(
            listings.blocked_buyers_page(), "dashboard/settings/blocked_buyers.html", "Orders"
        ),
        "rules": _page(rules.rules_page(), "dashboard/settings/rules.html", "Settings"),
        "rules_none": _page(rules.rules_page(rows=0), "dashboard/settings/rules.html", "Settings"),
        "rule": _page(rules.rule_page(), "dashboard/settings/rule.html", "Settings"),
        "rule_wrong": _page(
            rules.rule_page(fault="“much” is not a number."),
            "dashboard/settings/rule.html",
            "Settings",
        ),
        "rule_trials": _page(rules.trials_page(), "dashboard/settings/trials.html", "Settings"),
        "rule_trial": _page(rules.trial_page(), "dashboard/settings/trial.html", "Settings"),
        "rule_trial_running": _page(
            rules.trial_page(running=True), "dashboard/settings/trial.html", "Settings"
        ),
        "merchants": Picture(
            template="dashboard/merchants.html",
            context={
                "options": (
                    Option(value="1", label="Hangzhou Lantern Trading", selected=True),
                    Option(value="2", label="Lumen Hogar"),
                )
            },
            nav="Today",
        ),
        "today": _page(rest.today_page(), "dashboard/today.html", "Today"),
        "today_first": _page(rest.today_page(empty=True), "dashboard/today.html", "Today"),
        "orders": _page(orders.orders_page(), "dashboard/orders/list.html", "Orders"),
        "orders_empty": _page(orders.orders_page(rows=0), "dashboard/orders/list.html", "Orders"),
        "orders_nothing": _page(
            orders.orders_page(rows=0, is_filtered=True), "dashboard/orders/list.html", "Orders"
        ),
        "order": _page(orders.order_page(), "dashboard/orders/detail.html", "Orders"),
        "order_held": _page(orders.order_page(held=True), "dashboard/orders/detail.html", "Orders"),
        "order_split": _page(combining.split_page(), "dashboard/orders/split.html", "Orders"),
        "order_split_asks": _page(
            combining.split_page(asks=True), "dashboard/orders/split.html", "Orders"
        ),
        "together": _page(combining.together_page(), "dashboard/orders/together.html", "Orders"),
        "together_empty": _page(
            combining.together_page(rows=0), "dashboard/orders/together.html", "Orders"
        ),
        "upload": _page(orders.upload_page(), "dashboard/orders/upload.html", "Orders"),
        "upload_refused": _page(
            orders.upload_page(error="The file is empty."), "dashboard/orders/upload.html", "Orders"
        ),
        "upload_running": _page(
            orders.upload_progress(running=True), "dashboard/orders/upload_detail.html", "Orders"
        ),
        "upload_done": _page(
            orders.upload_progress(running=False), "dashboard/orders/upload_detail.html", "Orders"
        ),
        "upload_failed": _page(
            orders.upload_failed(), "dashboard/orders/upload_detail.html", "Orders"
        ),
        "products": _page(rest.products_page(), "dashboard/products/list.html", "Products & stock"),
        "product": _page(
            rest.product_page(), "dashboard/products/product.html", "Products & stock"
        ),
        "products_empty": _page(
            rest.products_page(rows=False), "dashboard/products/list.html", "Products & stock"
        ),
        "shipments": _page(orders.shipments_page(), "dashboard/shipments/list.html", "Shipments"),
        "shipments_empty": _page(
            orders.shipments_page(rows=0), "dashboard/shipments/list.html", "Shipments"
        ),
        "shipment": _page(orders.shipment_page(), "dashboard/shipments/detail.html", "Shipments"),
        "customs": _page(rest.customs_page(), "dashboard/customs/list.html", "Customs"),
        "claims": _page(rest.claims_page(), "dashboard/claims/list.html", "Claims"),
        "claims_empty": _page(rest.claims_page(rows=False), "dashboard/claims/list.html", "Claims"),
        "claim": _page(rest.claim_page(), "dashboard/claims/detail.html", "Claims"),
        "claim_new": _page(rest.new_claim_page(), "dashboard/claims/new.html", "Claims"),
        "billing": _page(rest.billing_page(), "dashboard/billing/list.html", "Billing"),
        "team": _page(rest.team_page(), "dashboard/settings/team.html", "Settings"),
        "team_new_link": _page(
            rest.team_page(new_link="https://ship.example/invitations/9xKq2vTn4Lr8Ws3Zc6Yb1Mf7/"),
            "dashboard/settings/team.html",
            "Settings",
        ),
        "picking": _page(rest.picking_page(), "dashboard/settings/picking.html", "Settings"),
        "cartons": _page(rest.cartons_page(), "dashboard/settings/cartons.html", "Settings"),
        "extras": _page(rest.extras_page(), "dashboard/settings/extras.html", "Settings"),
        "api_keys": _page(rest.api_keys_page(), "dashboard/settings/api_keys.html", "Settings"),
        "api_keys_new": _page(
            rest.api_keys_page(new_key="wb_live_9xKq2vTn4Lr8Ws3Zc6Yb1Mf7Hd5Gj0PaQeUoIi"),
            "dashboard/settings/api_keys.html",
            "Settings",
        ),
        "allocation": _page(supply.rules_page(), "dashboard/settings/allocation.html", "Settings"),
        "allocation_default": _page(
            supply.rules_page(may_edit=False), "dashboard/settings/allocation.html", "Settings"
        ),
        "simulation": _page(
            supply.simulation_page(), "dashboard/settings/simulation.html", "Settings"
        ),
        "simulation_running": _page(
            supply.simulation_page(running=True), "dashboard/settings/simulation.html", "Settings"
        ),
        "suppliers": _page(
            supply.suppliers_page(), "dashboard/suppliers/list.html", "Products & stock"
        ),
        "suppliers_none": _page(
            supply.suppliers_page(rows=False), "dashboard/suppliers/list.html", "Products & stock"
        ),
        "supplier": _page(
            supply.supplier_page(), "dashboard/suppliers/detail.html", "Products & stock"
        ),
        "supplier_requests": _page(
            supply.requests_page(), "dashboard/suppliers/requests.html", "Products & stock"
        ),
        "supplier_requests_none": _page(
            supply.requests_page(rows=False),
            "dashboard/suppliers/requests.html",
            "Products & stock",
        ),
        "supplier_requests_nothing": _page(
            supply.requests_page(rows=False, is_filtered=True),
            "dashboard/suppliers/requests.html",
            "Products & stock",
        ),
        "supplier_request": _page(
            supply.request_page(), "dashboard/suppliers/request.html", "Products & stock"
        ),
        "drop_shipment": _page(
            supply.request_page(is_drop_ship=True),
            "dashboard/suppliers/request.html",
            "Products & stock",
        ),
        "channels": _page(channels.channels_page(), "dashboard/settings/channels.html", "Settings"),
        "channels_none": _page(
            channels.channels_page(shops=False), "dashboard/settings/channels.html", "Settings"
        ),
        "channel_leave": _page(
            channels.leave_page(), "dashboard/settings/channel_leave.html", "Settings"
        ),
        "channel_notices": _page(
            channels.notices_page(), "dashboard/settings/channel_notices.html", "Settings"
        ),
        "channel_notices_none": _page(
            channels.notices_page(rows=False), "dashboard/settings/channel_notices.html", "Settings"
        ),
        "declaration": _page(
            channels.correction_page(), "dashboard/customs/declaration.html", "Customs"
        ),
        "upload_columns": _page(
            channels.columns_page(), "dashboard/orders/upload_columns.html", "Orders"
        ),
        "parcel": _page(doors.tracking_page(), "tracking/parcel.html"),
        "parcel_trouble": _page(doors.tracking_page(trouble=True), "tracking/parcel.html"),
        "parcel_delivered": _page(
            doors.tracking_page(revealed=True, delivered=True), "tracking/parcel.html"
        ),
        "parcel_not_found": Picture("tracking/not_found.html"),
        "station_pick": _page(doors.station_page(picking=True), "stations/pick.html"),
        "station_pack": _page(doors.station_page(picking=False), "stations/pack.html"),
        "station_unit": _page(doors.station_page(picking=False), "stations/unit.html"),
        "station_pickup": _page(doors.station_page(picking=False), "stations/pickup.html"),
        "station_weigh": _page(doors.station_page(picking=False), "stations/weigh.html"),
        "station_packed": _page(
            doors.station_page(picking=False, complete=True), "stations/pack.html"
        ),
        "login": Picture("account/login.html", {"form": LoginForm()}),
        "login_wrong": Picture(
            "account/login.html", {"form": LoginForm({"login": "x", "password": ""})}
        ),
        "password_reset": Picture("account/password_reset.html", {"form": ResetPasswordForm()}),
        "password_reset_done": Picture("account/password_reset_done.html"),
        "signup_closed": Picture("account/signup_closed.html"),
        "logout": Picture("account/logout.html"),
        "second_factor": Picture("mfa/authenticate.html", {"form": rest.NameForm()}),
        "second_factor_on": Picture(
            "mfa/totp/activate_form.html",
            {"form": rest.NameForm(), "totp_svg_data_uri": "data:image/svg+xml,%3Csvg/%3E"},
        ),
        "invitation_new": Picture("account/invitation.html", rest.invitation()),
        "invitation_theirs": Picture("account/invitation.html", rest.invitation(is_theirs=True)),
        "invitation_over": Picture("account/invitation_over.html"),
        "suspended": Picture(
            "account/suspended.html",
            {
                "merchant_name": "Hangzhou Lantern Trading",
                "operator": "Waybridge Logistics",
                "email": "support@operator.example",
                "has_others": True,
            },
        ),
        "no_team": Picture("account/no_team.html", {"left": "Hangzhou Lantern Trading"}),
        "error_404": Picture("404.html"),
        "error_503": Picture("errors/503.html"),
        "error_403": Picture("403.html"),
        "error_500": Picture("500.html"),
        "error_csrf": Picture("403_csrf.html"),
    }


def render(picture: Picture, *, query: str = "", theme: str = "") -> str:
    """The whole page as the reader's browser receives it."""
    request = RequestFactory().get(f"/preview/{query}")
    request.user = AnonymousUser()
    if theme:
        request.COOKIES["theme"] = theme
    context = dict(picture.context, now=NOW)
    if picture.nav:
        context["shell"] = shell(picture.nav)
    if picture.template == "500.html":
        return render_to_string(picture.template)
    return render_to_string(picture.template, context, request)
