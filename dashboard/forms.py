"""Forms of the dashboard: they parse and explain; the flows behind them decide."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.models import MemberRole, User
from claims.models import Claim
from claims.words import evidence_words
from dashboard.readings.team import KEY_ROLES, key_scope
from flows.aftersales import EVIDENCE_CODES, MAX_EVIDENCE_BYTES

PICTURES = "application/pdf,image/png,image/jpeg"


def _evidence_choices() -> list[tuple[str, str]]:
    return [(code, evidence_words(code)) for code in EVIDENCE_CODES]


def _check_size(file: object) -> None:
    if (getattr(file, "size", 0) or 0) > MAX_EVIDENCE_BYTES:
        raise forms.ValidationError(_("The file is larger than 10 MB; send a smaller picture."))


class NewClaimForm(forms.Form):
    """A claim for one parcel; without an amount the value of the goods is asked for."""

    tracking_number = forms.CharField(label=_("Tracking number"), max_length=40)
    kind = forms.ChoiceField(
        label=_("What happened"), choices=Claim.Kind.choices, widget=forms.RadioSelect
    )
    amount = forms.DecimalField(
        label=_("Amount asked"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        help_text=_("In the order's currency. Leave it empty to ask for the value of the goods."),
    )
    statement = forms.CharField(
        label=_("What happened, in your words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photo = forms.FileField(
        label=_("A picture or paper"),
        required=False,
        validators=[_check_size],
        widget=forms.FileInput(attrs={"accept": PICTURES}),
        help_text=_("PDF, PNG or JPEG, up to 10 MB. More can be added afterwards."),
    )
    photo_kind = forms.ChoiceField(
        label=_("What it shows"), choices=_evidence_choices, initial="photo_of_goods"
    )

    def clean_tracking_number(self) -> str:
        """Numbers are kept in capitals and without spaces."""
        return str(self.cleaned_data["tracking_number"]).replace(" ", "").upper()


class EvidenceForm(forms.Form):
    """One more picture or paper for a claim."""

    code = forms.ChoiceField(
        label=_("What it shows"), choices=_evidence_choices, initial="photo_of_goods"
    )
    file = forms.FileField(
        label=_("File"),
        validators=[_check_size],
        widget=forms.FileInput(attrs={"accept": PICTURES}),
        help_text=_("PDF, PNG or JPEG, up to 10 MB."),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class InviteForm(forms.Form):
    """An address to invite into the team."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=MemberRole.choices, initial="operations")


class NewPersonForm(forms.Form):
    """Somebody who accepts an invitation and has no account yet."""

    full_name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("The team sees it, with your e-mail address."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Choose a password"),
        max_length=128,
        strip=False,
        help_text=_("At least ten characters; a sentence is good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The password again"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same one, and it is no weak one."""
        said: dict[str, Any] = super().clean() or {}
        password = said.get("password")
        if password is None:
            return said
        if password != said.get("again"):
            self.add_error("again", _("It is not the same as above."))
        person = User(email=self.email, full_name=said.get("full_name", ""))
        try:
            validate_password(password, person)
        except forms.ValidationError as weak:
            for fault in weak.error_list:
                # Django's own sentence about the length is not translated everywhere.
                is_short = fault.code == "password_too_short"
                self.add_error(
                    "password", _("Write at least ten characters.") if is_short else fault
                )
        return said


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label=_("Role"), choices=MemberRole.choices)


def _key_choices() -> list[tuple[str, str]]:
    return [(role, key_scope(role)) for role in KEY_ROLES]


class ApiKeyForm(forms.Form):
    """A new key."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Where it is used, such as: ERP of Hangzhou.")
    )
    role = forms.ChoiceField(label=_("May"), choices=_key_choices)
