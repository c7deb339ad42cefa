"""The form of a wave template."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from flows.wave_carriers import carrier_choices
from flows.wave_proposals import MOST_ORDERS
from warehouse.models import WaveTemplate
from warehouse.services.wave_templates import TemplateFacts

A_DAY = 24 * 60
MOST = 2**31 - 1


class TemplateForm(forms.Form):
    """What a person says of a template; an empty limit does not bind."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Which orders"), choices=WaveTemplate.Kind.choices)
    carrier_code = forms.ChoiceField(
        label=_("Carrier"), required=False,
        help_text=_("Orders that would go by this carrier today."),
    )  # fmt: skip
    cut_off = forms.TimeField(
        label=_("Cut-off"), help_text=_("By the warehouse's clock."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"), coerce=int, choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple, initial=list(WEEKDAYS),
    )  # fmt: skip
    lead_minutes = forms.IntegerField(
        label=_("First proposal, minutes before the cut-off"), min_value=1, max_value=A_DAY,
        initial=180,
    )  # fmt: skip
    every_minutes = forms.IntegerField(
        label=_("Look again every … minutes"), min_value=1, max_value=A_DAY, initial=30
    )
    ship_within_hours = forms.IntegerField(
        label=_("Ship-by within … hours of the cut-off"), min_value=0, max_value=24 * 60,
        required=False, help_text=_("Empty: every order that waits."),
    )  # fmt: skip
    max_orders = forms.IntegerField(
        label=_("At most … orders in a wave"), min_value=1, max_value=MOST_ORDERS, initial=100
    )
    max_weight_g = forms.IntegerField(
        label=_("At most … grams"), min_value=1, max_value=MOST, required=False
    )
    max_volume_cm3 = forms.IntegerField(
        label=_("At most … cubic centimetres of goods"), min_value=1, max_value=MOST,
        required=False,
    )  # fmt: skip
    max_slots = forms.IntegerField(
        label=_("Slots of the trolley or put wall"), min_value=1, max_value=MOST, required=False,
        help_text=_("An order of several products takes one."),
    )  # fmt: skip

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Any")), *carrier_choices(on)]
        self.fields["carrier_code"].choices = choices  # type: ignore[attr-defined]

    @property
    def facts(self) -> TemplateFacts:
        """What was said, once it is valid."""
        return TemplateFacts(**self.cleaned_data)


def initial_of(template: WaveTemplate) -> dict[str, Any]:
    """A template as its form shows it."""
    return {name: getattr(template, name) for name in TemplateForm.base_fields}
