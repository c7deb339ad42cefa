"""The page behind an invitation's link: who asks, into which role, and the button that accepts.

Opening it changes nothing, so that a mail scanner that follows links accepts nothing.
"""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import choose_merchant
from accounts.models import Invitation, User
from accounts.services import (
    InvitationOver,
    NotTheirs,
    accept_invitation,
    create_user,
    find_invitation,
    open_invitation,
)
from core.routes import PUBLIC, permission
from core.tenancy import merchant
from dashboard.forms import NewPersonForm


@permission(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation; a POST accepts it, as the person signed in or as a new one."""
    found = find_invitation(token)
    waiting = None
    if found is not None:
        with merchant(found.merchant_id):
            waiting = open_invitation(found.invitation_id, now=timezone.now())
    if waiting is None:
        return _private(render(request, "account/invitation_over.html", status=404))
    is_post = request.method == "POST"
    form = NewPersonForm(request.POST if is_post else None, email=waiting.email)
    if request.user.is_authenticated:
        answer = _accept(request, waiting) if is_post else None
    else:
        answer = _join(request, waiting, form) if is_post and form.is_valid() else None
    return answer or _page(request, waiting, form)


def _accept(request: HttpRequest, waiting: Invitation) -> HttpResponse | None:
    """Accept as the person signed in; None when the invitation is another person's."""
    try:
        with merchant(waiting.merchant_id):
            accept_invitation(
                invitation_id=waiting.pk, user=cast("User", request.user), now=timezone.now()
            )
    except NotTheirs:
        return None
    except InvitationOver:
        return _private(render(request, "account/invitation_over.html", status=404))
    return _inside(request, waiting)


def _join(request: HttpRequest, waiting: Invitation, form: NewPersonForm) -> HttpResponse | None:
    """Make the person and accept, both or neither; None when the address has an account."""
    said = form.cleaned_data
    try:
        with merchant(waiting.merchant_id), transaction.atomic():
            person = create_user(
                email=waiting.email, password=said["password"], full_name=said["full_name"]
            )
            accept_invitation(invitation_id=waiting.pk, user=person, now=timezone.now())
    except IntegrityError:
        form.add_error(None, _("Sign in above with the account you have, then accept."))
        return None
    except InvitationOver:
        return _private(render(request, "account/invitation_over.html", status=404))
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return _inside(request, waiting)


def _inside(request: HttpRequest, waiting: Invitation) -> HttpResponse:
    name = choose_merchant(request, waiting.merchant_id)
    messages.success(request, _("You are in the team of %(name)s.") % {"name": name})
    return HttpResponseRedirect(reverse("dashboard:today"))


def _page(request: HttpRequest, waiting: Invitation, form: NewPersonForm) -> HttpResponse:
    user: Any = request.user
    is_theirs = user.is_authenticated and user.email == waiting.email
    context = {
        "invitation": waiting,
        "form": form,
        "is_theirs": is_theirs,
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': request.path})}",
        "now": timezone.now(),
    }
    status = 200
    if request.method == "POST":
        status = 403 if user.is_authenticated else 400
    return _private(render(request, "account/invitation.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """The address is a secret: no copy, no trace of it at the next site, no search engine.

    Not `no-referrer`: the browser then names no origin with the form, which is refused for that.
    """
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
