"""What a merchant wants put into, or around, its parcels."""

from __future__ import annotations

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from dashboard.readings.team import settings_tabs
from dashboard.screens.common import Destructive
from dashboard.screens.extras import ExtraRow, ExtrasPage
from warehouse.models import PackingExtra


def read_extras(*, caller: Caller, form: Form) -> ExtrasPage:
    """The active merchant's list."""
    may_edit = caller.may("products.edit")
    rows = PackingExtra.objects.filter(is_active=True).select_related("product").order_by("id")
    return ExtrasPage(
        tabs=settings_tabs("extras"),
        rows=tuple(_row(each, may_edit=may_edit) for each in rows),
        form=form if may_edit else None,
        post_url=reverse("dashboard:extras"),
    )


def _row(extra: PackingExtra, *, may_edit: bool) -> ExtraRow:
    return ExtraRow(
        kind=str(extra.get_kind_display()),
        name=extra.name,
        code=extra.code,
        applies=_applies(extra),
        weight_g=extra.weight_g,
        retire=Destructive(
            label=_("Take off…"),
            undoes=_("Parcels that are packed from now on go without it."),
            url=reverse("dashboard:extra_retire", args=[extra.pk]),
            confirm_label=_("Take it off the list"),
        )
        if may_edit
        else None,
    )


def _applies(extra: PackingExtra) -> str:
    product = extra.product
    if product is not None and extra.tag:
        words = _("Parcels with {sku} of orders tagged {tag}")
        return words.format(sku=product.sku, tag=extra.tag)
    if product is not None:
        return _("Parcels with {sku}").format(sku=product.sku)
    if extra.tag:
        return _("Orders tagged {tag}").format(tag=extra.tag)
    return _("Every parcel")
