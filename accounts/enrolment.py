"""Setting up a second factor."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.totp.forms import ActivateTOTPForm


class EnrolmentForm(ActivateTOTPForm):  # type: ignore[misc]
    """The library's form; a right code also counts as this session's second factor.

    Otherwise a person of the staff would be asked for the same code again right after, and a code
    works only once.
    """

    def clean_code(self) -> str:
        """Check the code and remember that it was right."""
        code: str = super().clean_code()
        record_authentication(context.request, self.user, method="mfa", type="totp")
        return code
