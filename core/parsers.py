"""JSON bodies, read so that no body whatever becomes a server error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class StrictJSONParser(BaseParser):
    """Reads UTF-8 JSON with exact decimals.

    Refuses with a 400 what RFC 8259 does not have (NaN, Infinity), nesting too deep to read,
    numbers too long to convert, and lone surrogates, which no UTF-8 answer or column can hold.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """Return the parsed body; raise `ParseError`."""
        body: bytes = stream.read()
        try:
            text = body.decode("utf-8")
            parsed = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
            if "\\ud" in text or "\\uD" in text:
                json.dumps(parsed, ensure_ascii=False, default=str).encode("utf-8")
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
        except ValueError as error:
            raise ParseError(_("The body is not valid JSON in UTF-8.")) from error
        return parsed


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
