"""Forms of allocation rules and suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.files.cells import values
from warehouse.models import AllocationPolicy, Warehouse
from warehouse.services import Policy

LONGEST_REPLAY = FURTHEST_AHEAD = timedelta(days=366)
OLDEST_DAY = date(2000, 1, 1)
REPLAY_FIELDS, PUBLISHING_FIELDS = ("first_day", "last_day"), ("effective_from",)


class DayInput(forms.DateInput):
    """A day, picked in the browser, which takes it in one form whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RulesForm(forms.Form):
    """Draft rules: what to compare warehouses by, which and in what order, and whether to split.

    One number field per warehouse, `house_<id>`.
    """

    strategy = forms.ChoiceField(
        label=_("Choose a warehouse by"),
        choices=AllocationPolicy.Strategy.choices,
        widget=forms.RadioSelect,
    )
    may_split = forms.BooleanField(
        label=_("An order may ship from two warehouses when none holds all of it"),
        required=False,
    )
    effective_from = forms.DateField(
        label=_("In force from"), required=False, widget=DayInput,
        help_text=_("Midnight UTC of a later day. Leave it empty to begin at once."),
    )  # fmt: skip
    first_day = forms.DateField(label=_("Orders from"), required=False, widget=DayInput)
    last_day = forms.DateField(label=_("Orders until"), required=False, widget=DayInput)

    def __init__(self, *args: Any, houses: Sequence[Warehouse], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.houses = houses
        for house in houses:
            self.fields[f"house_{house.pk}"] = forms.IntegerField(
                label=f"{house.name} ({house.code})", required=False, min_value=1, max_value=999
            )
        order = ["strategy", *(f"house_{house.pk}" for house in houses), "may_split"]
        self.order_fields([*order, "effective_from", "first_day", "last_day"])

    def of_rules(self) -> list[forms.BoundField]:
        """The fields that say what the rules are."""
        apart = (*REPLAY_FIELDS, *PUBLISHING_FIELDS)
        return [field for field in self if field.name not in apart]

    def of_replay(self) -> list[forms.BoundField]:
        """The fields of trying them."""
        return [self[name] for name in REPLAY_FIELDS]

    def of_publishing(self) -> list[forms.BoundField]:
        """The fields of putting them in force."""
        return [self[name] for name in PUBLISHING_FIELDS]

    def clean_effective_from(self) -> date | None:
        """None for today: from midnight on, rules published since would still stand above these."""
        day: date | None = self.cleaned_data["effective_from"]
        today = timezone.now().astimezone(UTC).date()
        if day is None or day == today:
            return None
        if not today < day <= today + FURTHEST_AHEAD:
            raise forms.ValidationError(_("Choose a day from today on, at most a year ahead."))
        return day

    def clean(self) -> dict[str, Any]:
        """A replay has both days, in their order, not too many, and some past."""
        said: dict[str, Any] = super().clean() or {}
        first, last = said.get("first_day"), said.get("last_day")
        if first and not OLDEST_DAY <= first <= timezone.now().astimezone(UTC).date():
            self.add_error("first_day", _("Choose a day from the year 2000 until today."))
            return said
        if first and last and not timedelta(0) <= last - first <= LONGEST_REPLAY:
            self.add_error(
                "last_day", _("Choose a day on or after the first, at most a year later.")
            )
        return said

    def policy(self) -> Policy:
        """The draft."""
        said = self.cleaned_data
        placed = [
            (said[f"house_{house.pk}"], house.code)
            for house in self.houses
            if said.get(f"house_{house.pk}")
        ]
        return Policy(
            strategy=said["strategy"],
            warehouses=tuple(code for _place, code in sorted(placed)),
            may_split=said["may_split"],
        )


def rules_of(policy: Policy, houses: Sequence[Warehouse]) -> dict[str, Any]:
    """What the form shows of rules, with a replay of the last thirty days proposed."""
    rank = {code: place for place, code in enumerate(policy.warehouses, start=1)}
    today = timezone.now().date()
    return {
        "strategy": policy.strategy,
        "may_split": policy.may_split,
        "first_day": today - timedelta(days=30),
        "last_day": today,
        **{f"house_{house.pk}": rank.get(house.code) for house in houses},
    }


class SupplierForm(forms.Form):
    """A supplier's name and where it is written to."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("Requests are sent there, as PDF and CSV.")
    )
    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES)
    is_active = forms.BooleanField(
        label=_("Goods may be asked of it"), required=False, initial=True
    )


def _currencies() -> list[tuple[str, str]]:
    return [("", "–"), *((code, code) for code in sorted(values()["currencies"]))]


class SupplierProductForm(forms.Form):
    """A product that a supplier holds, and on what terms."""

    sku = forms.CharField(label=_("SKU"), max_length=80, help_text=_("Of your product list."))
    code = forms.CharField(label=_("The supplier's article number"), max_length=80, required=False)
    lead_days = forms.IntegerField(label=_("Days until it delivers"), min_value=0, max_value=365)
    unit_cost = forms.DecimalField(
        label=_("Price of a piece"), min_value=Decimal(0), max_digits=12, decimal_places=2
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=_currencies)
    min_quantity = forms.IntegerField(
        label=_("Smallest quantity"), min_value=1, max_value=1_000_000, initial=1
    )
    is_drop_ship = forms.BooleanField(
        label=_("Ships to buyers itself (drop shipment)"), required=False
    )
