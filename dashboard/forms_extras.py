"""The form of something to put into parcels."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from warehouse.models import PackingExtra

KINDS = [choice for choice in PackingExtra.Kind.choices if choice[0] != PackingExtra.Kind.MESSAGE]
"""Messages come with orders; nobody writes one for every parcel here."""


class ExtraForm(forms.Form):
    """An insert or a special packaging, for every parcel or only for some."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("As the packer reads it: Thank-you card.")
    )
    code = forms.CharField(
        label=_("Barcode"),
        max_length=40,
        required=False,
        help_text=_("Scanned to confirm it; without one the packer presses a button."),
    )
    sku = forms.CharField(label=_("Only with this product (SKU)"), max_length=80, required=False)
    tag = forms.CharField(
        label=_("Only for orders with this tag"),
        max_length=30,
        required=False,
        help_text=_("Rules give tags: an order over a value, from a shop, of a buyer."),
    )
    weight_g = forms.IntegerField(label=_("Weight, g"), min_value=0, max_value=10_000, initial=0)
