"""Listings: the codes of the channels, mapped to products one by one or many at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.readings.listings import listing_rows, listings_matching, read_listing
from dashboard.readings.paging import ordering, read_page
from dashboard.screens.common import BulkAction, Filter, Tab
from dashboard.screens.listings import ListingsPage
from dashboard.views.parts import BadPart, parts_of, typed_parts
from dashboard.views.screens import asked, show, with_query
from flows.listings import leave_out_listing, resolve_listing, unmap_listing
from orders.models import ChannelListing, ListingStatus
from orders.services import BadParts, PartOf
from orders.suggestions import suggestions_for

MOST_AT_ONCE = 200
SURE_ENOUGH = 60
"""A suggestion from this score on is taken over by the bulk button; others want a look each."""


@member_view("products.view")
@require_safe
def listing_list(request: MemberRequest) -> HttpResponse:
    """The codes, those to be mapped first shown unless another tab is chosen."""
    status = asked(request, "status", (*ListingStatus.values, "all")) or ListingStatus.UNMAPPED
    query = asked(request, "q")
    order = ordering(asked(request, "sort"), {})
    with merchant(request.caller.merchant_id):
        rows = listings_matching(status="" if status == "all" else status, query=query)
        found = read_page(rows, order=order, cursor=request.GET.get("cursor", ""))
        shown = listing_rows(found.rows)
    may_map = request.caller.may("products.edit")
    page = ListingsPage(
        tabs=_tabs(status),
        filters=(
            Filter(
                name="q",
                label=_("Search"),
                kind="search",
                value=query,
                placeholder=_("Beginning of a code"),
            ),
        ),
        rows=shown,
        pager=found.pager,
        sort=order.word,
        is_filtered=bool(query),
        clear_url=reverse("dashboard:listings"),
        may_map=may_map,
        bulk_url=with_query(request, "dashboard:listings_bulk"),
        bulk_actions=(
            BulkAction(value="accept", label=_("Take their suggestions")),
            BulkAction(value="ignore", label=_("Not shipped by us")),
        )
        if may_map
        else (),
    )
    return show(request, "dashboard/products/listings.html", page, current="products")


def _tabs(status: str) -> tuple[Tab, ...]:
    here = reverse("dashboard:listings")
    return (
        Tab(label=_("Products & stock"), url=reverse("dashboard:products")),
        *(
            Tab(label=str(each.label), url=f"{here}?status={each}", current=status == each)
            for each in ListingStatus
        ),
        Tab(label=_("All listings"), url=f"{here}?status=all", current=status == "all"),
    )


@member_view("products.view")
@require_safe
def listing_detail(request: MemberRequest, listing_id: int) -> HttpResponse:
    """One code with its suggestions and the form that maps it."""
    with merchant(request.caller.merchant_id):
        page = read_listing(_find(listing_id), may_map=request.caller.may("products.edit"))
    return show(request, "dashboard/products/listing.html", page, current="products")


@member_view("products.edit")
@require_POST
def listing_map(request: MemberRequest, listing_id: int) -> HttpResponse:
    """Map a code, say that it is not ours to ship, or take the mapping back."""
    caller, now = request.caller, timezone.now()
    action = request.POST.get("action", "map")
    with merchant(caller.merchant_id):
        listing = _find(listing_id)
        if action == "ignore":
            leave_out_listing(listing_id=listing.pk, actor=caller.actor, now=now)
        elif action == "unmap":
            unmap_listing(listing_id=listing.pk, actor=caller.actor, now=now)
        else:
            fault = _map(request, listing)
            if fault:
                page = read_listing(listing, may_map=True, fault=fault, typed=typed_parts(request))
                template = "dashboard/products/listing.html"
                return show(request, template, page, current="products", status=400)
    messages.success(request, _("Saved. The orders of this code are checked now."))
    return HttpResponseRedirect(reverse("dashboard:listing", args=[listing_id]))


def _map(request: MemberRequest, listing: ChannelListing) -> str:
    """Map a listing as the form says; return what is wrong with it, empty when it is done."""
    try:
        resolve_listing(
            listing_id=listing.pk,
            parts=parts_of(typed_parts(request)),
            actor=request.caller.actor,
            now=timezone.now(),
        )
    except BadPart as error:
        return str(error)
    except BadParts:
        return _("Name at least one product, each once, with 1 to 1,000 pieces.")
    return ""


@member_view("products.edit")
@require_POST
def listings_bulk(request: MemberRequest) -> HttpResponse:
    """Take over the suggestions of the chosen codes, or leave them out of the orders."""
    back = with_query(request, "dashboard:listings")
    chosen = [int(text) for text in request.POST.getlist("selected") if _is_id(text)]
    action = request.POST.get("action", "")
    if action not in ("accept", "ignore") or not chosen:
        messages.warning(request, _("Choose codes first, then what to do with them."))
        return HttpResponseRedirect(back)
    caller, now, done, left = request.caller, timezone.now(), 0, 0
    with merchant(caller.merchant_id):
        rows = ChannelListing.objects.filter(
            pk__in=chosen[:MOST_AT_ONCE], status=ListingStatus.UNMAPPED
        )
        listings = list(rows.order_by("pk"))
        found = suggestions_for(listings) if action == "accept" else {}
        for listing in listings:
            best = found.get(listing.pk, ())[:1]
            if action == "ignore":
                leave_out_listing(listing_id=listing.pk, actor=caller.actor, now=now)
                done += 1
            elif best and best[0].score >= SURE_ENOUGH:
                parts = [PartOf(best[0].product.pk, 1)]
                resolve_listing(listing_id=listing.pk, parts=parts, actor=caller.actor, now=now)
                done += 1
            else:
                left += 1
    if done:
        words = ngettext("%(count)s code saved.", "%(count)s codes saved.", done)
        messages.success(request, words % {"count": done})
    if left:
        words = ngettext(
            "%(count)s code has no sure suggestion: look at it.",
            "%(count)s codes have no sure suggestion: look at each.",
            left,
        )
        messages.warning(request, words % {"count": left})
    return HttpResponseRedirect(back)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _find(listing_id: int) -> ChannelListing:
    rows = ChannelListing.objects.select_related("channel").prefetch_related("parts__product")
    listing = rows.filter(pk=listing_id).first()
    if listing is None:
        raise Http404
    return listing
