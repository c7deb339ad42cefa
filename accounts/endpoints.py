"""What every API endpoint has: a caller, strict bodies, pages, and answers given once per key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, NoReturn, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import FilterSet
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts.authentication import Caller
from core.deadlocks import again_after_deadlock
from core.idempotency import MAX_KEY_LENGTH, KeyReused, answer_once
from core.pagination import Page, PageRequest, read_page
from core.parsers import StrictJSONParser
from core.problems import Problem
from core.routes import PUBLIC, permission
from core.tenancy import merchant

PAGE_PARAMETERS = ("limit", "cursor")
FORM_OVERHEAD_BYTES = 64 * 1024
"""Room for the other fields of a form beside its file."""
Effect = Callable[[], tuple[int, Any]]


class AlwaysJson(BaseContentNegotiation):
    """This API speaks one format; an odd Accept header is no reason to refuse an answer."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """Take the parser of the body's type."""
        wanted = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == wanted), None)

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002 - DRF's signature
        renderers: Any,
        format_suffix: str | None = None,  # noqa: ARG002
    ) -> Any:
        """Take the only renderer."""
        return renderers[0], renderers[0].media_type


class Endpoint(APIView):
    """Base of the API's views."""

    parser_classes = [StrictJSONParser]
    content_negotiation_class = AlwaysJson
    reads_a_file: ClassVar[bool] = False

    @property
    def caller(self) -> Caller:
        """Whose key it is."""
        return cast("Caller", self.request.user)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the key and the permission first, then read a JSON body once, whole."""
        super().initial(request, *args, **kwargs)
        if request.method in ("POST", "PUT") and StrictJSONParser in self.parser_classes:
            self._read_body(request)

    def throttled(self, request: Request, wait: float) -> NoReturn:  # noqa: ARG002 - DRF's signature
        """Say how long to wait; `Retry-After` says it to programs."""
        raise Problem(
            status=429,
            code="rate_limited",
            detail=_(
                "This key makes more calls than it may: {burst} at once, {per_second} a second"
                " in the long run. Wait as long as Retry-After says."
            ).format(**settings.API_RATE),
            wait_s=max(wait, 1.0),
        )

    def _read_body(self, request: Request) -> None:
        """Keep the body's bytes: the parser and the Idempotency-Key both need them."""
        request._request.body  # noqa: B018 - read for its effect

    def handle_exception(self, exc: Exception) -> Response:
        """Answer problem documents, also for what Django itself refuses in a body."""
        if isinstance(exc, RequestDataTooBig):
            exc = Problem(
                status=413,
                code="body_too_large",
                detail=_("The body is larger than 5 MB. Send it in several requests."),
            )
        elif isinstance(exc, SuspiciousOperation):
            exc = Problem(status=400, code="malformed", detail=_("The request could not be read."))
        return super().handle_exception(exc)

    def read(self, fields: BaseSerializer[Any]) -> Any:
        """Return the validated body. `fields` is a shared instance: validation keeps no state."""
        return fields.run_validation(self.request.data)

    def page(
        self,
        rows: Any,
        filters: type[FilterSet],
        present: Callable[[Any], Any],
        *,
        related: tuple[str, ...] = (),
    ) -> Response:
        """Answer one page of `rows` as `{"results": […], "next": address or null}`.

        `related` rows are read after the page, by their keys. Joined into the list's own query
        they make the planner misjudge it: 10,000 orders were read and sorted for a page of 20.
        """
        parameters = self.request.query_params
        self._refuse_unknown(parameters, filters)
        asked = PageRequest.read(parameters)
        if any(name in filters.base_filters for name in parameters):
            chosen = filters(data=parameters, queryset=rows)
            if not chosen.is_valid():
                raise ValidationError(chosen.errors)
            rows = chosen.qs
        page: Page[Any] = read_page(rows, asked)
        prefetch_related_objects(page.rows, *related)
        return Response(
            {"results": [present(row) for row in page.rows], "next": self._next(page.next_cursor)}
        )

    def _refuse_unknown(self, parameters: Mapping[str, str], filters: type[FilterSet]) -> None:
        """A misspelt filter must not answer with everything."""
        for name in parameters:
            if name not in filters.base_filters and name not in PAGE_PARAMETERS:
                known = ", ".join([*filters.base_filters, *PAGE_PARAMETERS])
                raise Problem(
                    status=400,
                    code="unknown_parameter",
                    field=name[:60],
                    detail=_("There is no such parameter. Known are: {known}.").format(known=known),
                )

    def _next(self, cursor: str) -> str | None:
        if not cursor:
            return None
        asked = self.request.query_params.copy()
        asked["cursor"] = cursor
        return self.request.build_absolute_uri(f"{self.request.path}?{asked.urlencode()}")

    def answer(
        self, effect: Effect, *, now: datetime | None = None, body: bytes | None = None
    ) -> Response:
        """Run an unsafe call's `effect` in the caller's merchant block and answer what it returns.

        With an Idempotency-Key the answer is stored in the same transaction and given again for
        the same key and body. `body` is what identifies a request that is not JSON. Where it lost
        a deadlock it is run again.
        """
        run = self._answer if self.reads_a_file else again_after_deadlock(self._answer)
        return run(effect, now, body)

    def _answer(self, effect: Effect, now: datetime | None, body: bytes | None) -> Response:
        key = self._idempotency_key()
        with merchant(self.caller.merchant_id):
            if not key:
                status, answer = effect()
                return Response(answer, status=status)
            try:
                status, answer, is_replay = answer_once(
                    key=key,
                    route=f"{self.request.method} {self.request.path}"[:200],
                    body=self.request._request.body if body is None else body,
                    now=now or timezone.now(),
                    effect=effect,
                )
            except KeyReused as error:
                raise Problem(
                    status=409,
                    code="idempotency_key_reused",
                    detail=_(
                        "This Idempotency-Key was used before with another request. "
                        "Send a new key for a new request."
                    ),
                ) from error
        headers = {"Idempotency-Replayed": "true"} if is_replay else {}
        return Response(answer, status=status, headers=headers)

    def _idempotency_key(self) -> str:
        key = str(self.request.headers.get("Idempotency-Key", ""))
        if len(key) > MAX_KEY_LENGTH or not (key.isascii() and key.isprintable()):
            raise Problem(
                status=400,
                code="invalid_idempotency_key",
                field="Idempotency-Key",
                detail=_("Idempotency-Key must be 1 to {most} printable ASCII characters.").format(
                    most=MAX_KEY_LENGTH
                ),
            )
        return key


class UploadEndpoint(Endpoint):
    """Base of views that take a file as `multipart/form-data`."""

    parser_classes = [MultiPartParser]
    largest_bytes: ClassVar[int]
    # What was read of it once is not there a second time.
    reads_a_file: ClassVar[bool] = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a body that is too large before it is read."""
        super().initial(request, *args, **kwargs)
        announced = str(request.META.get("CONTENT_LENGTH") or "0")
        if announced.isdigit() and int(announced) > self.largest_bytes + FORM_OVERHEAD_BYTES:
            raise Problem(
                status=413,
                code="file_too_large",
                field="file",
                detail=_("The file is larger than {most} MB.").format(
                    most=self.largest_bytes // 1024 // 1024
                ),
            )

    def identity(self, upload: UploadedFile[Any], *said: str) -> bytes:
        """Return what makes an upload the same request again: its bytes and its other fields.

        The body itself will not do, because clients draw a new boundary for each attempt.
        """
        digest = hashlib.sha256()
        for chunk in upload.chunks():
            digest.update(chunk)
        upload.seek(0)
        return "\0".join([digest.hexdigest(), upload.name or "", *said]).encode()


@permission(PUBLIC)
class NoSuchRoute(Endpoint):
    """Answers unknown addresses of the API with a problem document."""

    authentication_classes = []
    schema = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        """Answer every method alike."""
        return super().dispatch(request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Refuse before anything is read."""
        raise Problem(
            status=404,
            code="no_such_route",
            detail=_("This address is not part of the API. See /api/reference/."),
        )
