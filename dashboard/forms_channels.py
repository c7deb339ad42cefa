"""Forms of the channels' screens."""

from __future__ import annotations

import re
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


def offered_kinds() -> list[tuple[str, str]]:
    """The marketplaces at which the operator has an application."""
    return [(kind.value, str(kind.label)) for kind in CONNECTED if is_offered(kind.value)]


class NewChannelForm(forms.Form):
    """A shop to be connected. What only one kind needs is asked for and checked for that kind."""

    kind = forms.ChoiceField(label=gettext_lazy("Marketplace"), choices=offered_kinds)
    name = forms.CharField(
        label=gettext_lazy("Name of the shop"),
        max_length=80,
        help_text=gettext_lazy("As you call it; orders show it."),
    )
    shop = forms.CharField(
        label=gettext_lazy("Shopify address"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Only for Shopify, for example brightpeak.myshopify.com."),
    )
    region = forms.ChoiceField(
        label=gettext_lazy("Amazon region"),
        choices=[
            ("eu", gettext_lazy("Europe, Middle East, India")),
            ("na", gettext_lazy("North and South America")),
            ("fe", gettext_lazy("Far East")),
        ],
        required=False,
        help_text=gettext_lazy("Only for Amazon."),
    )
    marketplace_ids = forms.CharField(
        label=gettext_lazy("Amazon marketplace ids"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Only for Amazon, comma between, for example A1PA6795UKMFR9."),
    )
    read_from = forms.DateField(
        label=gettext_lazy("Read orders from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: from now on. At most 90 days back."),
    )

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
        """Ask for what the chosen kind needs."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("kind") == "shopify" and not SHOP.fullmatch(said.get("shop", "")):
            self.add_error("shop", _("Enter the shop's own address, NAME.myshopify.com."))
        if said.get("kind") == "amazon":
            ids = [each for each in re.split(r"[\s,;]+", said.get("marketplace_ids", "")) if each]
            if not ids or not all(MARKETPLACE_IDS.fullmatch(each) for each in ids):
                self.add_error(
                    "marketplace_ids",
                    _("Enter at least one marketplace id: capitals and digits."),
                )
            said["marketplace_ids"] = ",".join(ids)
        return said

    def options(self) -> dict[str, str]:
        """What the chosen kind's client is told."""
        kept = {"shopify": ("shop",), "amazon": ("region", "marketplace_ids")}
        names = kept.get(self.cleaned_data["kind"], ())
        return {name: self.cleaned_data[name] for name in names}
