"""The form of an inbound, and of product labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboard.forms_allocation import DayInput
from warehouse.documents_labels import MOST_LABELS
from warehouse.models import Warehouse
from warehouse.services.inbounds import InboundFacts

LONGEST_TEXT = 400_000
LARGEST_FILE = 5_000_000


class InboundForm(forms.Form):
    """What comes, where and when; lines typed, pasted or as a file."""

    warehouse = forms.ChoiceField(label=_("To warehouse"))
    reference = forms.CharField(
        label=_("Your number"), max_length=60, required=False,
        help_text=_("For example of your purchase order. The dock can scan or type it."),
    )  # fmt: skip
    expected_on = forms.DateField(label=_("Expected on"), required=False, widget=DayInput)
    cartons = forms.IntegerField(label=_("Cartons"), required=False, min_value=1, max_value=100_000)
    carrier_note = forms.CharField(
        label=_("Carrier and tracking number"), max_length=200, required=False
    )
    lines = forms.CharField(
        label=_("Goods"), required=False, max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "One line each: SKU, pieces, and where they have them lot and expiry (2027-05-31)."
            " Cells copied from a spreadsheet can be pasted."
        ),
    )  # fmt: skip
    file = forms.FileField(
        label=_("Or a file"), required=False,
        help_text=_("CSV or XLSX with the columns sku, quantity, lot, expires_on."),
    )  # fmt: skip

    def __init__(self, *args: Any, houses: Sequence[Warehouse], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.houses = {house.code: house for house in houses}
        field = self.fields["warehouse"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(each.code, f"{each.name} ({each.code})") for each in houses]

    def clean(self) -> dict[str, Any]:
        """Goods are typed or in a file, not both and not neither."""
        said: dict[str, Any] = super().clean() or {}
        file, lines = said.get("file"), said.get("lines")
        if file and file.size > LARGEST_FILE:
            self.add_error("file", _("The file is larger than 5 MB: split it into several."))
        if bool(file) == bool(lines) and "file" not in self.errors and "lines" not in self.errors:
            both = _("Give the goods once: typed, or as a file.")
            self.add_error("lines", both if file else _("Say which goods come."))
        return said

    def facts(self) -> InboundFacts:
        """What was said beside the goods."""
        said = self.cleaned_data
        return InboundFacts(
            warehouse=self.houses[said["warehouse"]],
            reference=said["reference"],
            expected_on=said["expected_on"],
            carrier_note=said["carrier_note"],
            cartons=said["cartons"],
        )


class LabelsForm(forms.Form):
    """Product labels: of what, how many, on what."""

    sku = forms.CharField(label=_("SKU"), max_length=80)
    copies = forms.IntegerField(label=_("Copies"), min_value=1, max_value=MOST_LABELS, initial=24)
    layout = forms.ChoiceField(
        label=_("Printed on"),
        choices=[("label", _("Label 50 × 30 mm")), ("sheet", _("A4 sheet of 24, 70 × 37 mm"))],
    )
