"""Today, claims, products, customs, billing and settings with realistic content."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from accounts.models import Invitation
from core.models import Merchant
from dashboard.forms import NewPersonForm
from dashboard.forms_cartons import CartonForm
from dashboard.forms_extras import ExtraForm
from dashboard.forms_products import ProductForm
from dashboard.screens.billing import BillingPage, ChargeRow
from dashboard.screens.cartons import CartonRow, CartonsPage
from dashboard.screens.claims import ClaimDecision, ClaimPage, ClaimRow, ClaimsPage, NewClaimPage
from dashboard.screens.common import Badge, Destructive, HistoryEntry, Option, Pager, Tab
from dashboard.screens.customs import CustomsPage, DeclarationListRow, MissingData
from dashboard.screens.extras import ExtraRow, ExtrasPage
from dashboard.screens.picking import PickingPage
from dashboard.screens.products import ProductPage, ProductRemark, ProductRow, ProductsPage
from dashboard.screens.settings import ApiKeyRow, ApiKeysPage, InvitationRow, MemberRow, TeamPage
from dashboard.screens.today import (
    Attention,
    FirstStep,
    MoneyFigure,
    Movement,
    StageCount,
    TodayPage,
)
from tests.ui.fakes import (
    DOCUMENTS,
    FILTERS,
    HISTORY,
    MUG_HS,
    NOW,
    PAGER,
    PHONE_HS,
    STAGES,
    TABS,
    ago,
    eur,
    line,
)
from warehouse.rules.cartons import cartons_on


class ClaimForm(forms.Form):
    kind = forms.ChoiceField(
        label="What happened",
        choices=[("loss", "Lost"), ("damage", "Damaged")],
        widget=forms.RadioSelect,
    )
    amount = forms.DecimalField(label="Amount asked", help_text="In EUR, at most the goods' value.")
    description = forms.CharField(label="Description", widget=forms.Textarea, required=False)
    photo = forms.FileField(label="Photo of the damage", required=False)
    told = forms.BooleanField(label="The buyer has been told")


class NameForm(forms.Form):
    name = forms.CharField(label="Name", help_text="Where it is used, such as: ERP of Hangzhou.")
    role = forms.ChoiceField(label="May", choices=[("write", "Send orders, read everything")])


def today_page(*, empty: bool = False) -> TodayPage:
    counts = (84, 212, 61, 9, 1_204, 88, 143, 0)
    troubled = (6, 0, 0, 0, 3, 2, 1, 0)
    attention = (
        Attention(
            count=6,
            label="orders are held",
            remedy="Most for an address: correct it, then release.",
            url="/orders/?status=held",
            action="See holds",
            oldest_at=ago(days=1, hours=4),
        ),
        Attention(
            count=3,
            label="parcels have a problem on the way",
            remedy="2 without a scan for more than 7 days, 1 refused by customs.",
            url="/shipments/?problem=1",
            action="See parcels",
            oldest_at=ago(days=9),
            tone="bad",
        ),
        Attention(
            count=1,
            label="claim waits for your answer",
            remedy="A photo of the damage is missing.",
            url="/claims/1/",
            action="Answer",
            oldest_at=ago(hours=20),
        ),
        Attention(
            count=4,
            label="products run out within 7 days",
            remedy="Announce new stock.",
            url="/products/?low=1",
            action="See stock",
            tone="neutral",
        ),
    )
    steps = (
        FirstStep(
            label="Upload your products",
            note="Weight, size, HS code, origin, stock.",
            url="/products/upload/",
            done=True,
        ),
        FirstStep(
            label="Upload your first orders",
            note="The Amazon report or our template.",
            url="/orders/upload/",
            done=False,
        ),
    )
    moved = (
        (5, "BT", "Left Shenzhen by air"),
        (7, "DE", "With the courier"),
        (8, "SG", "Delivered"),
    )
    return TodayPage(
        attention=() if empty else attention,
        stages=tuple(
            StageCount(
                label=label,
                count=0 if empty else counts[index],
                troubled=0 if empty else troubled[index],
                url=f"/orders/?stage={code}",
            )
            for index, (code, label) in enumerate(STAGES)
        ),
        movements=()
        if empty
        else tuple(
            Movement(
                reference=f"WB-{10_421 + index}",
                url="/shipments/1/",
                country=country,
                words=words,
                at=ago(hours=1 + 3 * index),
                line=line(reached),
            )
            for index, (reached, country, words) in enumerate(moved)
        ),
        money=(
            MoneyFigure(label="Charged this month", money=eur("18431.20", "CNY"), url="/billing/"),
            MoneyFigure(label="Claims paid this month", money=eur("214.00"), note="3 claims"),
        ),
        first_steps=steps if empty else (),
        upload_url="/orders/upload/",
    )


def claims_page(*, rows: bool = True) -> ClaimsPage:
    made = (
        ClaimRow(
            number="CLM-2026-0031",
            url="/claims/1/",
            kind="Damage",
            tracking_number="EL482910377CN",
            shipment_url="/shipments/1/",
            opened_at=ago(days=2),
            asked=eur("84.80"),
            paid=None,
            badge=Badge(label="Waits for you", tone="act"),
            waits_for="A photo of the damage",
        ),
        ClaimRow(
            number="CLM-2026-0030",
            url="/claims/2/",
            kind="Loss",
            tracking_number="LX102938475CN",
            shipment_url="/shipments/2/",
            opened_at=ago(days=12),
            asked=eur("120.00"),
            paid=eur("73.40"),
            badge=Badge(label="Paid", tone="good"),
        ),
    )
    return ClaimsPage(
        tabs=TABS[:1],
        filters=FILTERS[:1],
        rows=made if rows else (),
        pager=PAGER if rows else Pager(),
        sort="-opened_at",
        is_filtered=False,
        clear_url="?",
        export_url="?format=csv",
        new_url="/claims/new/",
    )


def claim_page() -> ClaimPage:
    return ClaimPage(
        number="CLM-2026-0030",
        kind="Loss",
        badge=Badge(label="Paid", tone="good"),
        tracking_number="LX102938475CN",
        shipment_url="/shipments/2/",
        line=line(5, problem="No scan for 21 days; the carrier calls it lost"),
        opened_at=ago(days=12),
        opened_by="Opened by Waybridge",
        description="Last scan in Shenzhen on 2 October.\nThe buyer has received nothing.",
        asked=eur("120.00"),
        asked_words="Goods 84.80 EUR and carriage 35.20 EUR.",
        evidence=DOCUMENTS[1:],
        decision=ClaimDecision(
            words="Accepted up to the limit of the service.",
            decided_at=ago(days=3),
            decided_by="Wang Fang (support)",
            steps=(
                "Asked: 120.00 EUR.",
                "Limit: 30 SDR for the item and 4.50 SDR a kilogram, 0.42 kg: 31.89 SDR.",
                "Paid: 73.40 EUR.",
            ),
            limit_source="UPU Convention Regulations 2026, small packets",
            paid=eur("73.40"),
        ),
        payout=DOCUMENTS[:1],
        history=HISTORY,
        list_url="/claims/",
        waits_for="The payout is on its way to your account; nothing to do.",
        evidence_form=ClaimForm(auto_id="evidence_%s"),
        evidence_url="/claims/2/evidence/",
        withdraw=Destructive(
            label="Withdraw this claim…",
            undoes="The claim is closed without payment and cannot be opened again.",
            url="/claims/2/withdraw/",
            confirm_label="Withdraw the claim",
        ),
    )


def new_claim_page() -> NewClaimPage:
    return NewClaimPage(
        form=ClaimForm({"kind": "damage", "amount": "a lot"}),
        post_url="/claims/new/",
        list_url="/claims/",
        shipment_words="for EL482910377CN, Madrid",
        limit_words="EastLine Air pays at most 100 EUR a parcel (terms of 1 July 2026).",
    )


def product_page() -> ProductPage:
    return ProductPage(
        sku="BT-SPK-02",
        title="Altavoz inalámbrico / 无线蓝牙音箱",
        list_url="/products/",
        on_hand=1_240,
        reserved=12,
        stock_url="/products/1/stock/",
        available=1_228,
        remarks=(
            ProductRemark(
                reason="BT-SPK-02 has no HS code.",
                remedy="Enter six to ten digits of the Harmonised System.",
            ),
        ),
        orders_held=3,
        is_more=False,
        orders_url="/orders/?status=held",
        fault="",
        form=ProductForm(initial={"title": "Altavoz inalámbrico", "weight_g": 540}),
        facts=(),
        post_url="/products/1/",
        history=(
            HistoryEntry(
                at=NOW, actor="ana@brightpeak.example", words="Changed",
                detail="Weight of one piece, g: 520 → 540",
            ),
        ),
    )  # fmt: skip


def products_page(*, rows: bool = True) -> ProductsPage:
    made = (
        ProductRow(
            sku="BT-SPK-02",
            url="/products/1/",
            title="Altavoz inalámbrico / 无线蓝牙音箱",
            hs=PHONE_HS,
            origin_country="CN",
            weight_g=540,
            length_mm=180,
            width_mm=95,
            height_mm=92,
            on_hand=1_240,
            reserved=212,
            available=1_028,
        ),
        ProductRow(
            sku="MUG-BLUE-350",
            url="/products/2/",
            title="Stoneware mug, blue, 350 ml",
            hs=None,
            origin_country="CN",
            weight_g=None,
            length_mm=None,
            width_mm=None,
            height_mm=None,
            on_hand=14,
            reserved=13,
            available=1,
            missing=("HS code", "weight"),
            low="2 days of cover",
        ),
        ProductRow(
            sku="MUG-RED-350",
            url="/products/3/",
            title="Stoneware mug, red, 350 ml",
            hs=MUG_HS,
            origin_country="CN",
            weight_g=1_310,
            length_mm=120,
            width_mm=95,
            height_mm=100,
            on_hand=800,
            reserved=0,
            available=800,
        ),
    )
    return ProductsPage(
        tabs=TABS[:2],
        filters=FILTERS[:1],
        rows=made if rows else (),
        pager=Pager(),
        sort="sku",
        is_filtered=False,
        clear_url="?",
        export_url="?format=csv",
        upload_url="/orders/upload/?kind=products",
    )


def customs_page() -> CustomsPage:
    return CustomsPage(
        missing=(
            MissingData(
                subject="MUG-BLUE-350",
                subject_url="/products/2/",
                field="HS code",
                remedy="Six digits or more; for ceramic mugs most likely 6912.00.",
                waiting=9,
                oldest_at=ago(days=2),
            ),
            MissingData(
                subject="WB-10433",
                subject_url="/orders/13/",
                field="Recipient ID",
                remedy="Brazil asks for the buyer's CPF, 11 digits.",
                waiting=1,
                oldest_at=ago(hours=7),
            ),
        ),
        tabs=(),
        filters=FILTERS[:2],
        rows=(
            DeclarationListRow(
                local_reference="WBX26CN0004211",
                movement_reference="531620260160042117",
                direction="Export",
                country="CN",
                tracking_number="EL482910377CN",
                shipment_url="/shipments/1/",
                badge=Badge(label="Released", tone="good"),
                changed_at=ago(days=2),
            ),
            DeclarationListRow(
                local_reference="WBI26ES0004211",
                movement_reference="",
                direction="Import",
                country="ES",
                tracking_number="EL482910377CN",
                shipment_url="/shipments/1/",
                badge=Badge(label="Held", tone="act"),
                changed_at=ago(hours=2),
                reason="Invoice asked for",
            ),
        ),
        pager=PAGER,
        sort="-changed_at",
        is_filtered=False,
        clear_url="?",
        export_url="?format=csv",
    )


def billing_page() -> BillingPage:
    return BillingPage(
        figures=today_page().money,
        tabs=(),
        filters=FILTERS[2:],
        rows=tuple(
            ChargeRow(
                number=f"CHG-2026-{4211 + index:06d}",
                kind="Carriage",
                sentence="0.42 kg in zone 3: 18.40 CNY per started 0.5 kg, and 7 CNY handling.",
                tracking_number=f"EL4829103{77 + index}CN",
                shipment_url="/shipments/1/",
                charged_at=ago(hours=3 + index * 9),
                amount=eur(f"{25 + index * 9}.40", "CNY"),
            )
            for index in range(4)
        ),
        pager=Pager(),
        sort="-charged_at",
        is_filtered=False,
        clear_url="?",
        export_url="?format=csv",
    )


SETTINGS_TABS = (
    Tab(label="Team", url="/settings/team/", current=True),
    Tab(label="API keys", url="/settings/keys/"),
)
ROLES = (
    Option(value="owner", label="Owner"),
    Option(value="operations", label="Operations", selected=True),
)


def team_page(*, new_link: str = "") -> TeamPage:
    remove = Destructive(
        label="Remove…",
        undoes="María can no longer sign in here. What she did stays in the history.",
        url="/settings/team/2/remove/",
        confirm_label="Remove María",
    )
    return TeamPage(
        tabs=SETTINGS_TABS,
        members=(
            MemberRow(
                name="陈美玲 Chen Meiling",
                email="meiling@lantern.example",
                roles=(),
                role_label="Owner",
                role_url="",
                has_second_factor=True,
                last_seen_at=ago(minutes=2),
            ),
            MemberRow(
                name="María José Núñez",
                email="mj@lantern.example",
                roles=ROLES,
                role_label="Operations",
                role_url="/settings/team/2/role/",
                has_second_factor=False,
                last_seen_at=None,
                remove=remove,
            ),
        ),
        role_notes=(
            ("Owner", "Everything, and who else may do what."),
            ("Operations", "Orders, products, holds, claims."),
            ("Finance", "Billing and claims, reads the rest."),
            ("Read-only", "Sees everything, changes nothing."),
        ),
        invite_form=NameForm(),
        invite_url="/settings/team/invite/",
        invitations=(
            InvitationRow(
                email="nuevo@lantern.example",
                role="Finance",
                badge=Badge(label="Waiting"),
                sent_at=ago(hours=3),
                expires_at=NOW + timedelta(days=7),
                invited_by="陈美玲",
                resend_url="/settings/team/invitations/1/resend/",
                revoke=Destructive(
                    label="Withdraw…",
                    undoes="The link in the letter stops working at once.",
                    url="/settings/team/invitations/1/revoke/",
                    confirm_label="Withdraw the invitation",
                ),
            ),
        ),
        new_link=new_link,
        invited="nuevo@lantern.example" if new_link else "",
    )


def invitation(*, is_theirs: bool = False) -> dict[str, Any]:
    """The context of an invitation's page."""
    waiting = Invitation(
        email="mj@lantern.example", role="finance", expires_at=NOW + timedelta(days=7)
    )
    waiting.merchant = Merchant(name="Hangzhou Lantern Trading")
    return {
        "invitation": waiting,
        "is_theirs": is_theirs,
        "form": NewPersonForm(email=waiting.email),
        "sign_in_url": "/accounts/login/?next=/invitations/x/",
    }


def picking_page() -> PickingPage:
    return PickingPage(
        tabs=(Tab(label="Picking", url="/settings/picking/", current=True),),
        choices=(
            Option(value="backorder", label="Let the order wait for stock"),
            Option(value="hold", label="Hold the order for me to decide"),
        ),
        chosen="hold",
        post_url="/settings/picking/",
    )


def cartons_page() -> CartonsPage:
    """The operator's list, before the merchant has one."""
    return CartonsPage(
        tabs=(Tab(label="Cartons", url="/settings/cartons/", current=True),),
        rows=tuple(
            CartonRow(
                code=each.code,
                name=each.name,
                material="Corrugated carton",
                inner=" × ".join(map(str, each.inner)),
                outer=" × ".join(map(str, each.outer)),
                tare_g=each.tare_g,
                max_gross_g=each.max_gross_g,
                retire=Destructive(
                    label="Take off…", undoes="Parcels planned before keep it.", url="#",
                    confirm_label="Take it off the list",
                ),
            )
            for each in cartons_on(date(2026, 11, 1))
        ),
        is_own=False,
        form=CartonForm(),
        post_url="/settings/cartons/",
        copy_url="/settings/cartons/copy/",
    )  # fmt: skip


def extras_page() -> ExtrasPage:
    """A card for everybody, tissue paper for the mugs."""
    retire = Destructive(
        label="Take off…", undoes="Parcels that are packed from now on go without it.", url="#",
        confirm_label="Take it off the list",
    )  # fmt: skip
    return ExtrasPage(
        tabs=(Tab(label="Inserts", url="/settings/inserts/", current=True),),
        rows=(
            ExtraRow(kind="Insert", name="Thank-you card", code="CARD-2026", applies="Every parcel",
                     weight_g=6, retire=retire),
            ExtraRow(kind="Special packaging", name="Tissue paper", code="",
                     applies="Parcels with MUG-BLUE-350", weight_g=12, retire=retire),
        ),
        form=ExtraForm(),
        post_url="/settings/inserts/",
    )  # fmt: skip


def api_keys_page(*, new_key: str = "") -> ApiKeysPage:
    return ApiKeysPage(
        tabs=SETTINGS_TABS,
        keys=(
            ApiKeyRow(
                name="ERP of Hangzhou",
                prefix="wb_live_7Hq2",
                scope="Send orders, read everything",
                made_at=ago(days=40),
                made_by="陈美玲",
                last_used_at=ago(minutes=3),
                badge=Badge(label="Active", tone="good"),
                revoke=Destructive(
                    label="Revoke…",
                    undoes="Every program that uses this key stops working at once.",
                    url="/settings/keys/1/revoke/",
                    confirm_label="Revoke the key",
                ),
            ),
        ),
        form=NameForm(),
        post_url="/settings/keys/",
        reference_url="/api/docs/",
        example="curl -H 'Authorization: Bearer wb_live_…' https://waybridge.example/api/v1/orders",
        new_key=new_key,
    )
