"""What stands around every page: the side bar, the merchant and the member."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.models import MemberRole, MembershipLookup, User
from core.models import Merchant
from core.tenancy import merchant
from dashboard.screens.common import Option
from dashboard.screens.shell import NavItem, Shell


def read_shell(request: MemberRequest, *, current: str) -> Shell:
    """The shell of one page; `current` is the icon name of the side bar's entry."""
    caller, user = request.caller, cast("User", request.user)
    with merchant(caller.merchant_id):
        owner = Merchant.objects.get(pk=caller.merchant_id)
    memberships = MembershipLookup.objects.filter(user=user).values_list("id", flat=True)[:2]
    entries = [
        (_("Today"), "today", "orders.view"),
        (_("Orders"), "orders", "orders.view"),
        (_("Products & stock"), "products", "products.view"),
        (_("Shipments"), "shipments", "shipments.view"),
        (_("Customs"), "customs", "customs.view"),
        (_("Claims"), "claims", "claims.view"),
        (_("Billing"), "billing", "billing.view"),
        (_("Settings"), "settings", "team.view"),
    ]
    return Shell(
        nav=tuple(
            NavItem(
                label=label, url=reverse(f"dashboard:{name}"), icon=name, current=name == current
            )
            for label, name, needed in entries
            if caller.may(needed)
        ),
        merchant_name=owner.name,
        member_name=user.get_full_name(),
        member_role=str(MemberRole(caller.role).label),
        home_url=reverse("dashboard:today"),
        search_url=reverse("dashboard:search"),
        account_url=reverse("mfa_index"),
        sign_out_url=reverse("account_logout"),
        set_language_url=reverse("language"),
        languages=tuple(
            Option(value=code, label=str(label), selected=code == get_language())
            for code, label in settings.LANGUAGES
        ),
        switch_url=reverse("dashboard:merchants") if len(memberships) > 1 else "",
    )
