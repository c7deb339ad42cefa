"""The records pages: every table, read-only, for staff who look something up.

Each page runs as a whole, rendering included, in one transaction across merchants. Nothing here
writes: changes are made on the stations and screens, through services.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import ShowFacets
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite
from unfold.views import ChangeList

from core.second_factor import missing_step
from core.tenancy import across_merchants

ROLES = frozenset({"admin", "support", "customs"})
PER_PAGE = 50
REASON = "Records pages show staff every merchant's rows"
View = Callable[..., HttpResponseBase]


class RecordsSite(UnfoldAdminSite):  # type: ignore[misc]
    """The only admin site of the product; it has no login of its own."""

    site_title = site_header = "Waybridge"
    index_title = _("Records")
    enable_nav_sidebar = True
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in active staff whose role looks things up; floor staff have the stations."""
        known = getattr(request, "waybridge_records", None)
        if known is None:
            staff = getattr(request.user, "staff", None) if request.user.is_active else None
            known = staff is not None and staff.is_active and staff.role in ROLES
            request.waybridge_records = known  # type: ignore[attr-defined]
        return bool(known)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Guard a page, then run it across merchants until its last byte is rendered."""
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise PermissionDenied("Your role does not allow this. Ask an administrator.")
            step = missing_step(request)
            if step:
                return redirect(step)
            with across_merchants(REASON):
                response: HttpResponseBase = inner(request, *args, **kwargs)
                if isinstance(response, TemplateResponse):
                    response.render()
            return response

        return guarded

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """List the tables under the names people use for them."""
        apps: list[Any] = super().get_app_list(request, app_label)
        for app in apps:
            for table in app["models"]:
                table["name"] = self._registry[table["model"]].plural or table["name"]
        return apps

    def login(
        self,
        request: HttpRequest,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """Send to the product's own login, with its second factor."""
        return redirect_to_login(request.GET.get("next", "/records/"))

    def logout(
        self,
        request: HttpRequest,  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """Send to the product's own page for it."""
        return redirect("account_logout")

    def password_change(
        self,
        request: HttpRequest,  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """Send to the product's own page for it."""
        return redirect("account_change_password")


records = RecordsSite(name="admin")


class NewestRows(ChangeList):  # type: ignore[misc]
    """The newest rows of a list, never counted; older ones begin below the last id (`id__lt`)."""

    has_older = False
    last_id = 0

    def get_results(self, request: HttpRequest) -> None:
        """Read one page and one row more."""
        found = list(self.queryset[: self.list_per_page + 1])
        rows = found[: self.list_per_page]
        self.paginator = Paginator(rows, self.list_per_page)
        self.result_list = rows
        self.result_count = len(rows)
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = self.can_show_all = self.multi_page = False
        self.has_older = len(found) > len(rows)
        self.last_id = rows[-1].pk if rows else 0
        del request


class RecordAdmin(ModelAdmin):  # type: ignore[misc]
    """A table that is looked at. Search is by exact values, which the indexes answer."""

    list_per_page = PER_PAGE
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    sortable_by = ()
    ordering = ("-pk",)
    actions = None
    change_list_template = "records/change_list.html"
    compressed_fields = True
    list_fullwidth = True
    list_filter_submit = False
    hidden_fields: tuple[str, ...] = ()
    plural: Any = ""
    """What several rows are called: every table has its own words, in every language."""

    def __init__(self, model: type[Model], admin_site: RecordsSite) -> None:
        super().__init__(model, admin_site)
        # Breadcrumbs and titles ask the model; only here do its rows have a name for people.
        model._meta.verbose_name_plural = self.plural

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[NewestRows]:
        """Return the list that is never counted."""
        del request, kwargs
        return NewestRows

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let everybody look who may open the site."""
        del obj
        return records.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the section to everybody who may open the site."""
        return records.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nothing is added here."""
        return False

    def has_change_permission(
        self,
        request: HttpRequest,  # noqa: ARG002
        obj: Model | None = None,  # noqa: ARG002
    ) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002
        obj: Model | None = None,  # noqa: ARG002
    ) -> bool:
        """Nothing is deleted here."""
        return False

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Leave out secrets."""
        del request, obj
        return self.hidden_fields

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Filter by no hidden column: `password__startswith` would spell it out, sign by sign.

        Nor by what Postgres cannot read: a pattern of the reader's own, a NUL.
        """
        words = lookup.split("__")
        if words[0] in self.hidden_fields or words[-1] in ("regex", "iregex"):
            return False
        if any("\x00" in str(each) for each in (value if isinstance(value, list) else [value])):
            return False
        return bool(super().lookup_allowed(lookup, value, request))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Load what the columns name in the same statement."""
        rows: QuerySet[Any] = super().get_queryset(request)
        related = [name for name in self.list_display if _is_key(self.model, name)]
        return rows.select_related(*related) if related else rows


def _is_key(model: type[Model], name: str) -> bool:
    names = {field.name for field in model._meta.get_fields() if isinstance(field, Field)}
    return name in names and model._meta.get_field(name).is_relation
