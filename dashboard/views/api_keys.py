"""Settings, API keys: made once, shown once, ended at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, member_view
from accounts.models import ApiKey
from accounts.services import KeyAlreadyRevoked, create_api_key, revoke_api_key
from core.tenancy import merchant
from dashboard.forms import ApiKeyForm
from dashboard.readings.team import read_api_keys
from dashboard.views.screens import show


@member_view("team.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def api_keys(request: MemberRequest) -> HttpResponse:
    """The keys; a POST makes one and its answer is the only page that shows the whole key."""
    form = ApiKeyForm(request.POST if request.method == "POST" else None)
    caller, new_key = request.caller, ""
    with merchant(caller.merchant_id):
        if form.is_valid():
            made = create_api_key(
                name=form.cleaned_data["name"],
                role=form.cleaned_data["role"],
                actor=caller.actor,
                now=timezone.now(),
            )
            form, new_key = ApiKeyForm(), made.secret
        page = read_api_keys(caller=caller, form=form, new_key=new_key)
    status = 400 if form.is_bound else 200
    response = show(
        request, "dashboard/settings/api_keys.html", page, current="settings", status=status
    )
    response["Cache-Control"] = "private, no-store"
    return response


@member_view("team.edit")
@require_POST
def api_key_revoke(request: MemberRequest, key_id: int) -> HttpResponse:
    """End a key."""
    with merchant(request.caller.merchant_id):
        try:
            revoke_api_key(key_id=key_id, actor=request.caller.actor, now=timezone.now())
        except ApiKey.DoesNotExist as missing:
            raise Http404 from missing
        except KeyAlreadyRevoked:
            messages.info(request, _("This key was revoked before."))
        else:
            messages.success(request, _("The key is revoked; it stops working at once."))
    return HttpResponseRedirect(reverse("dashboard:api_keys"))
