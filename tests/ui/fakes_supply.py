"""Contexts of allocation rules, their trials, and suppliers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from core.money import Money
from dashboard.forms_allocation import RulesForm, SupplierForm, SupplierProductForm
from dashboard.screens.allocation import (
    AllocationPage,
    Compared,
    CostCompared,
    Rules,
    SimulationLine,
    SimulationPage,
    SimulationRow,
)
from dashboard.screens.common import Badge, Destructive, Filter, HistoryEntry, Option, Pager, Tab
from dashboard.screens.supply import (
    OfferRow,
    RequestLine,
    RequestPage,
    RequestRow,
    RequestsPage,
    SupplierPage,
    SupplierRow,
    SuppliersPage,
)
from tests.ui.fakes import NOW
from warehouse.models import Warehouse

STEPS = frozenset({"send", "accept", "refuse", "ship", "receive", "withdraw", "arrived"})
TABS = (
    Tab(label="Products & stock", url="/products/"),
    Tab(label="Suppliers", url="/suppliers/", current=True),
)
SETTINGS = (Tab(label="Allocation", url="/settings/allocation/", current=True),)
RULES = Rules(
    version=3,
    strategy="Cheapest to ship from",
    warehouses="szx1, lej1",
    splitting="may be split over two warehouses",
    begins_at=NOW - timedelta(days=3),
    made_by="王小明",
    is_in_force=True,
)
PRICE = Money(Decimal("3.20"), "EUR")


def rules_page(*, may_edit: bool = True) -> AllocationPage:
    """The rules with a draft's form, or as who only reads sees them before any version."""
    houses = [Warehouse(pk=1, code="szx1", name="Shenzhen"), Warehouse(pk=2, code="lej1", name="L")]
    default = Rules(
        version=0, strategy="Nearest to the buyer", warehouses="all", splitting="are never split",
        begins_at=None, made_by="", is_in_force=True,
    )  # fmt: skip
    line = SimulationLine(
        url="/settings/allocation/tried/1/", strategy="Oldest stock first",
        first_day=date(2026, 9, 1), last_day=date(2026, 9, 30),
        badge=Badge(label="Done", tone="good"), made_at=NOW,
    )  # fmt: skip
    return AllocationPage(
        tabs=SETTINGS,
        current=RULES if may_edit else default,
        versions=(RULES,) if may_edit else (),
        simulations=(line,) if may_edit else (),
        form=RulesForm({"strategy": "guess"}, houses=houses) if may_edit else None,
        publish_url="/settings/allocation/publish/",
        simulate_url="/settings/allocation/try/",
    )


def simulation_page(*, running: bool = False) -> SimulationPage:
    """A trial under way, or what it found."""
    row = SimulationRow(
        reference="WB7Q2M8XK4A", url="/orders/WB7Q2M8XK4A/", was="szx1", would_be="",
        why="No warehouse holds every line; szx1 lacks the least: 2 × CAP.",
        cost_was=PRICE, cost_would_be=None,
    )  # fmt: skip
    done = not running
    return SimulationPage(
        tabs=SETTINGS,
        list_url="/settings/allocation/",
        draft=RULES,
        first_day=date(2026, 9, 1),
        last_day=date(2026, 9, 30),
        is_running=running,
        is_done=done,
        orders_done=250 if running else 1200,
        orders_total=1200,
        progress_url="/settings/allocation/tried/1/progress/",
        houses=(Compared(label="szx1", was=800, would_be=650),) if done else (),
        totals=(Compared(label="Split orders", was=0, would_be=12),) if done else (),
        costs=(CostCompared(was=PRICE, would_be=PRICE, difference=PRICE),) if done else (),
        priced=1188,
        changed=150,
        rows=(row,) if done else (),
        pager=Pager(next_cursor="n"),
        export_url="/settings/allocation/tried/1/export.csv" if done else "",
        publish_url="/settings/allocation/tried/1/publish/" if done else "",
    )


def suppliers_page(*, rows: bool = True) -> SuppliersPage:
    """Suppliers in several scripts, or none yet."""
    names = ("义乌晨光饰品有限公司", "Müller & Söhne Stanzteile GmbH") if rows else ()
    return SuppliersPage(
        tabs=TABS,
        rows=tuple(
            SupplierRow(
                name=name, url=f"/suppliers/{place}/", email="orders@supplier.example",
                products=12, open_requests=3, is_active=place == 0,
            )
            for place, name in enumerate(names)
        ),
        pager=Pager(),
        form=SupplierForm(),
        post_url="/suppliers/new/",
    )  # fmt: skip


def supplier_page() -> SupplierPage:
    """One supplier with a product, and a form that was filled in wrongly."""
    offer = OfferRow(
        sku="CAP-RED", title="Cap, red", code="M-7", lead_days=5, unit_cost=PRICE, min_quantity=10,
        is_drop_ship=True,
        remove=Destructive(
            label="Remove…", undoes="It is no longer asked.", confirm_label="Remove CAP-RED",
            url="/suppliers/1/products/1/remove/",
        ),
    )  # fmt: skip
    return SupplierPage(
        tabs=TABS,
        name="义乌晨光饰品有限公司",
        list_url="/suppliers/",
        form=SupplierForm({"name": "", "email": "nobody"}, auto_id="who_%s"),
        save_url="/suppliers/1/save/",
        offers=(offer,),
        offer_form=SupplierProductForm({"sku": "", "lead_days": "-1"}),
        offer_url="/suppliers/1/products/",
    )


def requests_page(*, rows: bool = True, is_filtered: bool = False) -> RequestsPage:
    """Requests, none, or none of that status."""
    row = RequestRow(
        number="SR00012", url="/suppliers/requests/SR00012/", supplier="义乌晨光饰品有限公司",
        kind="Drop shipment", goes_to="WB7Q2M8XK4A", badge=Badge(label="Draft", tone="act"),
        pieces=30, made_at=NOW - timedelta(days=2), late="Nobody has sent it yet.",
    )  # fmt: skip
    status = Filter(
        name="status", label="Status", value="", options=(Option(value="", label="All"),)
    )
    return RequestsPage(
        tabs=TABS,
        filters=(status,),
        rows=(row,) if rows else (),
        pager=Pager(),
        is_filtered=is_filtered,
        clear_url="/suppliers/requests/",
    )


def request_page(*, is_drop_ship: bool = False) -> RequestPage:
    """A request with every step offered, or a drop shipment on its way."""
    line = RequestLine(
        sku="CAP-RED", title="Cap, red", needed=4, quantity=10, received=None, unit_cost=PRICE,
        total=PRICE, field="received_1",
    )  # fmt: skip
    return RequestPage(
        tabs=TABS,
        number="SR00012",
        list_url="/suppliers/requests/",
        supplier="Müller & Söhne Stanzteile GmbH",
        supplier_url="/suppliers/1/",
        email="orders@supplier.example",
        kind="Drop shipment" if is_drop_ship else "Purchase",
        is_drop_ship=is_drop_ship,
        badge=Badge(label="Sent to the supplier", tone="progress"),
        late="The supplier has not answered.",
        goes_to=("Erika Mustermann", "Heidestraße 17", "10557 Berlin", "DE"),
        order="WB7Q2M8XK4A" if is_drop_ship else "",
        order_url="/orders/WB7Q2M8XK4A/" if is_drop_ship else "",
        expected_on=date(2026, 10, 20),
        emailed_at=NOW if is_drop_ship else None,
        is_being_written=not is_drop_ship,
        why="",
        carrier="SF Express" if is_drop_ship else "",
        tracking_number="SF1234567890" if is_drop_ship else "",
        lines=(line,),
        totals=(PRICE,),
        documents=(),
        history=(HistoryEntry(at=NOW, actor="王小明", words="Drafted"),),
        may=frozenset({"arrived"}) if is_drop_ship else STEPS,
        act_url="/suppliers/requests/SR00012/act/",
    )
