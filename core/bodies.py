"""Bodies of the staff's pages and stations: read strictly, refused with field, fault and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError

from core.parsers import StrictJSONParser

JSON = "application/json"


class BadBody(Exception):
    """What was sent cannot be used. `status` is the HTTP answer, always 4xx."""

    def __init__(self, *, field: str, fault: str, remedy: str, status: int = 400) -> None:
        super().__init__(f"{field}: {fault} {remedy}")
        self.field = field
        self.fault = fault
        self.remedy = remedy
        self.status = status

    def as_dict(self) -> dict[str, str]:
        """Plain data for a JSON answer."""
        return {"field": self.field, "fault": self.fault, "remedy": self.remedy}


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the caller is a program: it sent JSON, or asks for it and not for a page."""
    accepted = request.headers.get("Accept", "")
    return request.content_type == JSON or (JSON in accepted and "text/html" not in accepted)


def fault_answer(fault: BadBody) -> JsonResponse:
    """The one form in which a program is told what was wrong."""
    return JsonResponse({"errors": [fault.as_dict()]}, status=fault.status)


def read_body(request: HttpRequest) -> Body:
    """Return the fields of a JSON object or of a form; raise `BadBody`."""
    if request.content_type != JSON:
        return Body(request.POST.dict())
    try:
        parsed = StrictJSONParser().parse(BytesIO(request.body))
    except RequestDataTooBig as error:
        raise BadBody(
            field="body", fault=_("It is larger than 5 MB."),
            remedy=_("Send it in several requests."), status=413,
        ) from error  # fmt: skip
    except ParseError as error:
        raise BadBody(
            field="body", fault=str(error.detail), remedy=_("Send a JSON object in UTF-8.")
        ) from error
    if not isinstance(parsed, dict):
        raise BadBody(
            field="body", fault=_("It is not a JSON object."),
            remedy=_("Send the fields in braces."),
        )  # fmt: skip
    return Body(parsed)


@dataclass(frozen=True, slots=True)
class Body:
    """The fields of one object; `path` is where it stands in the whole, as in `scans[0]`."""

    fields: Mapping[str, Any]
    path: str = ""

    def name(self, field: str) -> str:
        """Return the field's full name for an error."""
        return f"{self.path}.{field}" if self.path else field

    def has(self, field: str) -> bool:
        """Tell whether the field was sent with a value."""
        return self.fields.get(field) not in (None, "")

    def text(self, field: str, *, most: int, required: bool = True, trim: str | None = None) -> str:
        """Return a text of at most `most` characters; "" for a missing optional one.

        It is trimmed of white space, or only of the characters of `trim`.
        """
        value = self.fields.get(field)
        if value is None:
            value = ""
        if not isinstance(value, str):
            raise self._fault(field, _("It is not a text."), _("Send it in quotes."))
        if "\x00" in value:
            raise self._fault(field, _("It holds a NUL character."), _("Leave it out."))
        value = value.strip(trim)
        if len(value) > most:
            length = _("It has {length} characters.").format(length=len(value))
            raise self._fault(field, length, _("Send at most {most}.").format(most=most))
        if required and not value:
            raise self._fault(field, _("It is missing."), _("Send a value."))
        return value

    def whole(self, field: str, *, least: int, most: int, default: int | None = None) -> int:
        """Return a whole number within the bounds; digits in a text are one too, as forms send."""
        value = self.fields.get(field)
        if value in (None, "") and default is not None:
            return default
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
            value = int(value)
        remedy = _("Send a whole number from {least} to {most}.").format(least=least, most=most)
        if type(value) is not int:
            fault = _("It is missing.") if value is None else _("It is not a whole number.")
            raise self._fault(field, fault, remedy)
        if not least <= value <= most:
            raise self._fault(field, _("It is out of range."), remedy)
        return value

    def objects(self, field: str, *, most: int) -> list[Body]:
        """Return a list of 0 to `most` objects; [] when it is missing."""
        value = self.fields.get(field)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self._fault(field, _("It is not a list of objects."), _("Send [{…}, {…}]."))
        if len(value) > most:
            count = _("It has {count} entries.").format(count=len(value))
            raise self._fault(field, count, _("Send at most {most} at a time.").format(most=most))
        here = self.name(field)
        return [Body(each, f"{here}[{index}]") for index, each in enumerate(value)]

    def object(self, field: str) -> Body | None:
        """Return an object, or None when it is missing."""
        value = self.fields.get(field)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self._fault(field, _("It is not an object."), _("Send {…}."))
        return Body(value, self.name(field))

    def _fault(self, field: str, fault: str, remedy: str) -> BadBody:
        return BadBody(field=self.name(field), fault=fault, remedy=remedy)
