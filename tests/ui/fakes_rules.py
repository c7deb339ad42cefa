"""Rules and dry runs as the templates are shown them."""

from __future__ import annotations

from datetime import timedelta

from dashboard.screens.common import Badge, Destructive, Option, Tab
from dashboard.screens.rules import (
    ConditionRow,
    GroupBox,
    RulePage,
    RuleRow,
    RulesPage,
    TrialOrder,
    TrialPage,
    TrialRow,
    TrialRule,
    TrialsPage,
)
from tests.ui.fakes import NOW

TABS = (Tab(label="Rules", url="/settings/rules/", current=True),)
MATCH = (Option(value="all", label="all hold", selected=True), Option(value="any", label="any"))


def rule_row(number: int, *, broken: bool = False) -> RuleRow:
    return RuleRow(
        name=f"Costly to Brazil / 巴西高货值 {number}",
        version=3,
        joint=" and ",
        conditions=("Country is BR and Value of goods is more than 200 EUR", "Tag is new"),
        actions=("Set the service: DHL Express Worldwide", "Tag it: costly"),
        stops=number == 1,
        badge=Badge(label="Broken" if broken else "On", tone="bad" if broken else "good"),
        broken=("The service OLD is not offered any more.",) if broken else (),
        edit_url=f"/settings/rules/{number}/",
        move_url=f"/settings/rules/{number}/move/",
        is_first=number == 1,
        is_last=number == 3,
        switch_url=f"/settings/rules/{number}/switch/",
        is_active=True,
        waiting=4 if number == 2 else 0,
        waiting_url=f"/orders/?rule={number}",
        seen_url=f"/settings/rules/{number}/seen/" if number == 2 else "",
        updated_at=NOW - timedelta(days=2),
        updated_by="ops@lantern.example",
        remove=Destructive(
            label="Remove…", undoes="It is asked no more.", url="/remove/", confirm_label="Remove"
        ),
    )


def rules_page(*, rows: int = 3) -> RulesPage:
    return RulesPage(
        tabs=TABS,
        rows=tuple(rule_row(number, broken=number == 3) for number in range(1, rows + 1)),
        may_edit=True,
        new_url="/settings/rules/new/",
        trials_url="/settings/rules/trials/",
        most=50,
    )


def condition(start: str, *, fault: str = "") -> ConditionRow:
    return ConditionRow(
        id=start,
        fields=(Option(value="country", label="Country", selected=True),),
        operators=(Option(value="in", label="is one of", selected=True),),
        values="BR, CN",
        currency="",
        faults=(fault,) if fault else (),
    )


def rule_page(*, fault: str = "") -> RulePage:
    return RulePage(
        tabs=TABS,
        title="New rule",
        back_url="/settings/rules/",
        post_url="/settings/rules/new/",
        version=0,
        name="Costly to Brazil",
        is_active=False,
        stops=True,
        match=MATCH,
        groups=tuple(
            GroupBox(
                id=f"g{place}",
                number=place + 1,
                match=MATCH,
                rows=(condition(f"g{place}-c0", fault=fault), condition(f"g{place}-c1")),
                faults=(),
            )
            for place in range(2)
        ),
        holds=True,
        hold_note="Call the buyer",
        tag_text="costly",
        services=(Option(value="", label="leave it"),),
        warehouses=(Option(value="", label="leave it"),),
        priority="5",
        tells_today=True,
        members=(Option(value="member:1", label="ops@lantern.example", selected=True),),
        faults=(fault,) if fault else (),
        action_faults=(fault,) if fault else (),
        choices=(("Battery", "none (No battery), alone (Battery alone)"),),
        may_add_group=True,
    )


def trials_page(*, error: str = "") -> TrialsPage:
    return TrialsPage(
        tabs=TABS,
        rules=(Option(value="1", label="Costly to Brazil", selected=True),),
        since="2026-10-01",
        until="2026-10-31",
        post_url="/settings/rules/trials/",
        rules_url="/settings/rules/",
        trials=(
            TrialRow(
                url="/settings/rules/trials/1/",
                rules="Costly to Brazil",
                since=NOW - timedelta(days=30),
                until=NOW,
                badge=Badge(label="Done", tone="good"),
                seen=1200,
                total=1200,
                made_at=NOW,
                made_by="ops@lantern.example",
            ),
        ),
        may_edit=True,
        error=error,
    )


def trial_page(*, running: bool = False) -> TrialPage:
    return TrialPage(
        tabs=TABS,
        is_running=running,
        is_waiting=False,
        is_cut=not running,
        first_day=NOW.date() - timedelta(days=30),
        last_day=NOW.date(),
        seen=400 if running else 1200,
        total=1200,
        changed=37,
        rules=(TrialRule(name="Costly to Brazil", version=3, orders=37),),
        orders=(
            TrialOrder(
                reference="WB234567892",
                url="/orders/WB234567892/",
                ruled=("Costly to Brazil (version 3): Tag it: costly",),
                changes=("Tags: – → costly",),
            ),
        ),
        is_more=True,
        progress_url="/settings/rules/trials/1/progress/",
        export_url="/settings/rules/trials/1/export.csv",
        trials_url="/settings/rules/trials/",
    )
