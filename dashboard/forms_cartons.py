"""The form of a carton."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from warehouse.models import CartonType

LONGEST_MM, HEAVIEST_G = 3000, 100_000


def _side(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=LONGEST_MM)


class CartonForm(forms.Form):
    """A carton as it stands; an outer side is never shorter than the inner one."""

    code = forms.RegexField(
        r"^[A-Za-z0-9._-]{1,20}$",
        label=_("Code"),
        max_length=20,
        help_text=_("Letters, digits, dots and dashes. A code on your list is replaced."),
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    material = forms.ChoiceField(label=_("Material"), choices=CartonType.Material.choices)
    inner_length_mm = _side(_("Inner length, mm"))
    inner_width_mm = _side(_("Inner width, mm"))
    inner_height_mm = _side(_("Inner height, mm"))
    outer_length_mm = _side(_("Outer length, mm"))
    outer_width_mm = _side(_("Outer width, mm"))
    outer_height_mm = _side(_("Outer height, mm"))
    tare_g = forms.IntegerField(label=_("Weight empty, g"), min_value=0, max_value=HEAVIEST_G)
    max_gross_g = forms.IntegerField(
        label=_("Carries at most, g"), min_value=1, max_value=HEAVIEST_G,
        help_text=_("With its contents and itself."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Hold the outside against the inside."""
        said = super().clean() or {}
        for side in ("length", "width", "height"):
            inner, outer = said.get(f"inner_{side}_mm"), said.get(f"outer_{side}_mm")
            if inner and outer and outer < inner:
                self.add_error(f"outer_{side}_mm", _("It must not be shorter than the inner side."))
        tare, most = said.get("tare_g"), said.get("max_gross_g")
        if tare is not None and most is not None and most <= tare:
            self.add_error("max_gross_g", _("It must be more than the carton weighs empty."))
        return said
