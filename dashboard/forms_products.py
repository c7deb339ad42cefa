"""The form of a product. Bounds and lengths are those of the files and the API."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum import ean
from stdnum.exceptions import ValidationError as BadNumber

from core.templatetags.words import country_name
from dashboard.readings.product_words import FIELDS
from orders.files.cells import LARGEST_AMOUNT, lengths, values
from orders.files.products import HEAVIEST_G, HS_CODE, LAST_HS_CHAPTER, LONGEST_MM
from orders.models import Product
from orders.rules.automation.fields import BATTERIES, NATURES
from orders.rules.countries import country_codes
from orders.rules.facts import ProductFacts


def _countries() -> list[tuple[str, str]]:
    named = sorted((country_name(code), code) for code in country_codes())
    return [("", "–"), *((code, f"{code} {name}") for name, code in named)]


def _currencies() -> list[tuple[str, str]]:
    return [(code, code) for code in sorted(values()["currencies"])]


def _text(name: str, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy(FIELDS[name]), max_length=lengths().get(name, 200), **options
    )


def _whole(name: str, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=gettext_lazy(FIELDS[name]), min_value=1, max_value=most)


def _choice(name: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=gettext_lazy(FIELDS[name]), choices=choices)


class ProductForm(forms.Form):
    """A product as a person says it is. `seen_at` is when what they looked at had been changed."""

    seen_at = forms.DateTimeField(widget=forms.HiddenInput)
    title = _text("title")
    brand = _text("brand", required=False)
    model = _text("model", required=False)
    gtin = forms.CharField(
        label=gettext_lazy(FIELDS["gtin"]),
        max_length=30,
        required=False,
        help_text=gettext_lazy("The digits under the barcode."),
    )
    weight_g = _whole("weight_g", HEAVIEST_G)
    length_mm = _whole("length_mm", LONGEST_MM)
    width_mm = _whole("width_mm", LONGEST_MM)
    height_mm = _whole("height_mm", LONGEST_MM)
    nature = _choice("nature", [(code, gettext_lazy(words)) for code, words in NATURES])
    battery = _choice("battery", [(code, gettext_lazy(words)) for code, words in BATTERIES])
    hs_code = forms.CharField(
        label=gettext_lazy(FIELDS["hs_code"]),
        max_length=20,
        required=False,
        help_text=gettext_lazy(
            "Six to ten digits, for example 851762. Some destinations need all ten."
        ),
    )
    origin_country = forms.ChoiceField(
        label=gettext_lazy(FIELDS["origin_country"]),
        choices=_countries,
        required=False,
        help_text=gettext_lazy("Where it was made, not where it is sent from."),
    )
    customs_description = _text(
        "customs_description",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "What it is, what it is made of and what it is for, in English: customs reads it."
        ),
    )
    unit_value = forms.DecimalField(
        label=gettext_lazy(FIELDS["unit_value"]),
        min_value=Decimal(0),
        max_value=LARGEST_AMOUNT,
        max_digits=12,
        decimal_places=2,
        help_text=gettext_lazy("Declared where an order has no price of its own."),
    )
    currency = _choice("currency", _currencies)

    @classmethod
    def of(cls, product: Product) -> ProductForm:
        """Return the form filled with a product as it stands."""
        told: dict[str, Any] = {name: getattr(product, name) for name in FIELDS}
        return cls(initial={**told, "seen_at": product.updated_at.isoformat()})

    def clean_gtin(self) -> str:
        """Check the length and the check digit."""
        digits = re.sub(r"[\s-]", "", self.cleaned_data["gtin"])
        try:
            return str(ean.validate(digits)) if digits else ""
        except BadNumber as error:
            raise forms.ValidationError(
                _("Use the 8, 12, 13 or 14 digits printed under the barcode.")
            ) from error

    def clean_hs_code(self) -> str:
        """Check that it can be a code of the Harmonised System."""
        code = re.sub(r"[.\s]", "", self.cleaned_data["hs_code"])
        if code and not (
            code.isascii() and HS_CODE.fullmatch(code) and int(code[:2]) <= LAST_HS_CHAPTER
        ):
            raise forms.ValidationError(
                _("Use 6 to 10 digits of the Harmonised System, for example 851762.")
            )
        return code

    def clean_customs_description(self) -> str:
        """One line: it stands so on papers."""
        return " ".join(str(self.cleaned_data["customs_description"]).split())

    def facts(self, sku: str) -> ProductFacts:
        """Return the product that was said."""
        return ProductFacts(sku=sku, **{name: self.cleaned_data[name] for name in FIELDS})
