"""Forms of the channels' screens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.channels.clients import is_offered
from orders.models import CONNECTED

FURTHEST_BACK = timedelta(days=90)
SHOP = re.compile(r"[a-z0-9][a-z0-9-]{0,60}\.myshopify\.com")
MARKETPLACE_IDS = re.compile(r"[A-Z0-9]{10,20}")

ASKED_BY: Mapping[str, tuple[str, ...]] = {
    "shopify": ("shop",),
    "amazon": ("region", "marketplace_ids"),
}
"""What only one kind of marketplace needs to know."""


def offered_kinds() -> list[tuple[str, str]]:
    """The marketplaces at which the operator has an application."""
    return [(kind.value, str(kind.label)) for kind in CONNECTED if is_offered(kind.value)]


class NewChannelForm(forms.Form):
    """A shop of one kind to be connected; what only another kind needs is not asked for."""

    kind = forms.ChoiceField(choices=offered_kinds, widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Name of the shop"),
        max_length=80,
        help_text=gettext_lazy("As you call it; orders show it."),
    )
    shop = forms.CharField(
        label=gettext_lazy("Shopify address"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("For example brightpeak.myshopify.com."),
    )
    region = forms.ChoiceField(
        label=gettext_lazy("Amazon region"),
        choices=[
            ("eu", gettext_lazy("Europe, Middle East, India")),
            ("na", gettext_lazy("North and South America")),
            ("fe", gettext_lazy("Far East")),
        ],
        required=False,
    )
    marketplace_ids = forms.CharField(
        label=gettext_lazy("Amazon marketplace ids"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Where you sell, with a comma between: A1PA6795UKMFR9 is Amazon.de, A1F83G8C2ARO7P"
            " Amazon.co.uk."
        ),
    )
    read_from = forms.DateField(
        label=gettext_lazy("Read orders from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: from now on. At most 90 days back."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, kind: str) -> None:
        super().__init__(data, initial={"kind": kind})
        for owner, names in ASKED_BY.items():
            for name in names:
                if owner == kind:
                    self.fields[name].required = True
                else:
                    del self.fields[name]

    def clean_shop(self) -> str:
        """Only an address of Shopify's own: nothing else is ever called."""
        return str(self.cleaned_data["shop"]).strip().lower()

    def clean_read_from(self) -> Any:
        """Not before 90 days, not in the future."""
        day = self.cleaned_data["read_from"]
        today = timezone.now().date()
        if day and not today - FURTHEST_BACK <= day <= today:
            raise forms.ValidationError(_("Choose a day within the last 90 days."))
        return day

    def clean(self) -> dict[str, Any]:
        """Check what only the chosen kind needs."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if "shop" in said and not SHOP.fullmatch(said["shop"]):
            self.add_error("shop", _("Enter the shop's own address, NAME.myshopify.com."))
        if "marketplace_ids" in said:
            ids = [each for each in re.split(r"[\s,;]+", said["marketplace_ids"]) if each]
            if not ids or not all(MARKETPLACE_IDS.fullmatch(each) for each in ids):
                self.add_error(
                    "marketplace_ids",
                    _("Enter at least one marketplace id: capitals and digits."),
                )
            said["marketplace_ids"] = ",".join(ids)
        return said

    def options(self) -> dict[str, str]:
        """What the chosen kind's client is told."""
        names = ASKED_BY.get(self.cleaned_data["kind"], ())
        return {name: self.cleaned_data[name] for name in names}
