"""The cartons a merchant's parcels are planned with."""

from __future__ import annotations

from datetime import date

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from dashboard.readings.team import settings_tabs
from dashboard.screens.cartons import CartonRow, CartonsPage
from dashboard.screens.common import Destructive
from warehouse.models import CartonType
from warehouse.rules.cartons import Carton
from warehouse.services.cartons import cartons_of_merchant


def read_cartons(*, caller: Caller, form: Form, on: date) -> CartonsPage:
    """The active merchant's list, or the operator's."""
    may_edit = caller.may("products.edit")
    own = dict(CartonType.objects.filter(is_active=True).values_list("code", "pk"))
    return CartonsPage(
        tabs=settings_tabs("cartons"),
        rows=tuple(
            _row(carton, own.get(carton.code) if may_edit else None)
            for carton in cartons_of_merchant(on)
        ),
        is_own=bool(own),
        form=form if may_edit else None,
        post_url=reverse("dashboard:cartons"),
        copy_url=reverse("dashboard:cartons_copy") if may_edit and not own else "",
    )


def _row(carton: Carton, carton_id: int | None) -> CartonRow:
    return CartonRow(
        code=carton.code,
        name=carton.name if carton_id else str(_(carton.name)),
        material=str(CartonType.Material(carton.material).label),
        inner=" × ".join(map(str, carton.inner)),
        outer=" × ".join(map(str, carton.outer)),
        tare_g=carton.tare_g,
        max_gross_g=carton.max_gross_g,
        retire=Destructive(
            label=_("Take off…"),
            undoes=_("Parcels planned from now on no longer use it; those planned before keep it."),
            url=reverse("dashboard:carton_retire", args=[carton_id]),
            confirm_label=_("Take it off the list"),
        )
        if carton_id
        else None,
    )
