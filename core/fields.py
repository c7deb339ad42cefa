"""Fields of API bodies: strict about types, clear about what would be right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.money import UnknownCurrency, check_currency

LONGEST_ECHO = 60
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100


class StrictSerializer(serializers.Serializer[Any]):
    """An object that refuses fields it does not know: a misspelt name must not be lost."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Validate; unknown names are faults of their own."""
        if isinstance(data, dict):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                fault = serializers.ErrorDetail(
                    str(_("There is no such field.")), code="unknown_field"
                )
                raise serializers.ValidationError(
                    {name[:LONGEST_ECHO]: [fault] for name in unknown[:20]}
                )
        values: dict[str, Any] = super().to_internal_value(data)
        return values


class Text(serializers.CharField):
    """A JSON string; a number or a boolean is not turned into one."""

    def to_internal_value(self, data: Any) -> str:
        """Take strings only."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A JSON whole number; neither "2" nor 2.0 nor true."""

    def to_internal_value(self, data: Any) -> int:
        """Take whole numbers only."""
        if type(data) is not int:
            self.fail("invalid")
        return int(data)


class Amount(serializers.DecimalField):
    """Money: at most 12 digits, two of them behind the point, not negative. Text or number."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("min_value", Decimal(0))
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        """Take texts, whole and decimal numbers; not booleans."""
        if isinstance(data, bool) or not isinstance(data, str | int | Decimal):
            self.fail("invalid")
        return super().to_internal_value(data)


class Currency(Text):
    """An ISO 4217 code in capitals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=3, max_length=3, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Take codes in use only."""
        code = super().to_internal_value(data)
        try:
            return check_currency(code)
        except UnknownCurrency as error:
            raise serializers.ValidationError(
                _("Use the three capital letters of an ISO 4217 currency, for example EUR."),
                code="unknown_currency",
            ) from error


class Instant(serializers.DateTimeField):
    """An instant with its offset from UTC, between the years 2000 and 2100."""

    def to_internal_value(self, value: Any) -> datetime:
        """Return it in UTC. Without an offset nobody knows which instant it is."""
        try:
            read = parse_datetime(value) if isinstance(value, str) else None
            if read is None or read.tzinfo is None:
                raise ValueError("no instant")
            read = read.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise serializers.ValidationError(
                _("Use an instant with its offset, for example 2026-10-31T14:05:00Z."),
                code="not_an_instant",
            ) from error
        if not EARLIEST_YEAR <= read.year <= LATEST_YEAR:
            raise serializers.ValidationError(
                _("The year must be from 2000 to 2100."), code="out_of_range"
            )
        return read


class OneOf(serializers.ChoiceField):
    """One of a few texts; the fault lists them and does not repeat what was sent."""

    def __init__(self, choices: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(choices=choices, **kwargs)
        self.error_messages["invalid_choice"] = format_lazy(
            _("Use one of: {known}."), known=", ".join(map(str, self.choices))
        )

    def to_internal_value(self, data: Any) -> str:
        """Take texts only: 1 is not "1"."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input="")
        return str(super().to_internal_value(data))


@extend_schema_field({"type": "string", "contentMediaType": "application/octet-stream"})
class Upload(serializers.FileField):
    """A file of a form. Its name is trusted for nothing but being shown again."""
