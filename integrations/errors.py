"""What may go wrong when we ask something of a partner.

The class says what the caller may do next, so that no caller has to read HTTP statuses:

==================  ===========================================================
`Refused`           permanent: the partner understood and said no. Show it to a person.
`NotAuthorised`     permanent until someone changes the credentials.
`Stopped`           the same, known from before: nothing was sent.
`RateLimited`       retry after `retry_after_s`; nothing happened.
`Unavailable`       retry with backoff; nothing happened, or repeating is harmless.
`AnswerLost`        it may have happened: look the reference up before any retry.
==================  ===========================================================
"""

from __future__ import annotations

from collections.abc import Mapping


class PartnerError(Exception):
    """Base of everything a partner call raises; `partner` and `operation` name the call."""

    retryable = False

    def __init__(self, message: str = "", *, partner: str = "", operation: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.partner = partner
        self.operation = operation

    def __str__(self) -> str:
        where = " ".join(part for part in (self.partner, self.operation) if part)
        return f"{where}: {self.message}" if where else self.message


class Refused(PartnerError):
    """The partner (or its contract) will not accept this request, now or later.

    `field` is the partner's path of the offending field ("" where it named none), `code` its error
    code, `status` the HTTP status (0 when our own check refused before anything was sent).
    `params` are the values of a finding of our own, by which it can be told in other languages.
    `faults` are all (field, code, message) where the partner told several apart.
    """

    def __init__(
        self,
        field: str,
        code: str,
        message: str,
        *,
        status: int = 0,
        partner: str = "",
        operation: str = "",
        params: Mapping[str, str] | None = None,
        faults: tuple[tuple[str, str, str], ...] = (),
    ) -> None:
        super().__init__(message, partner=partner, operation=operation)
        self.faults = faults or ((field, code, message),)
        self.field = field
        self.code = code
        self.status = status
        self.params = dict(params or {})


class NotAuthorised(PartnerError):
    """401 or 403: the account's credentials are wrong, expired or not allowed to do this."""


class Stopped(NotAuthorised):
    """Not sent: the account refused our credentials before, and nobody has mended it yet.

    Nothing happened. One call is let through after `retry_after_s`, to see whether it is mended.
    """

    def __init__(
        self, retry_after_s: float, message: str, *, partner: str = "", operation: str = ""
    ) -> None:
        super().__init__(message, partner=partner, operation=operation)
        self.retry_after_s = retry_after_s


class RateLimited(PartnerError):
    """Too many calls; nothing happened. Try again after `retry_after_s` seconds."""

    retryable = True

    def __init__(
        self,
        retry_after_s: float,
        message: str = "too many calls",
        *,
        partner: str = "",
        operation: str = "",
    ) -> None:
        super().__init__(message, partner=partner, operation=operation)
        self.retry_after_s = retry_after_s


class Unavailable(PartnerError):
    """No usable answer, and either nothing happened for sure or asking again is harmless."""

    retryable = True


class AnswerLost(PartnerError):
    """The request went out and its answer did not come back whole: it may have happened.

    Not `retryable`: look our reference up at the partner first; when that does not settle it,
    a person decides.
    """
