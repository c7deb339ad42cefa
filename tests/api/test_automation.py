"""Rules and their dry runs over the API."""

from __future__ import annotations

from typing import Any

import pytest

from core.models import Merchant
from core.tenancy import merchant
from flows.rule_trials import run_trial
from orders.models import AutomationRule
from tests.api.conftest import Api
from tests.factories import order_body

pytestmark = pytest.mark.django_db
SINCE, UNTIL = "2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z"


def body(**other: Any) -> dict[str, Any]:
    return {
        "name": "Germans",
        "is_active": True,
        "groups": [
            {
                "match": "all",
                "conditions": [{"field": "country", "operator": "is", "values": ["de"]}],
            }
        ],
        "actions": [{"kind": "tag", "values": ["german"]}, {"kind": "priority", "values": ["3"]}],
        **other,
    }


def test_a_rule_is_made_read_changed_moved_and_removed(api: Api) -> None:
    made = api.post("/automation-rules", body())
    assert made.status_code == 201
    rule = made.json()
    assert (rule["position"], rule["version"], rule["broken"]) == (1, 1, [])
    assert rule["groups"][0]["conditions"][0]["values"] == ["DE"]
    second = api.post("/automation-rules", body(name="Second")).json()
    changed = api.put(f"/automation-rules/{rule['id']}", body(stops=True, version=1))
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    late = api.put(f"/automation-rules/{rule['id']}", body(version=1))
    assert (late.status_code, late.json()["code"]) == (409, "rule_changed")
    moved = api.post(f"/automation-rules/{second['id']}/move", {"position": 1})
    assert [each["name"] for each in moved.json()["results"]] == ["Second", "Germans"]
    left = api.call("DELETE", f"/automation-rules/{rule['id']}")
    assert [each["name"] for each in left.json()["results"]] == ["Second"]
    assert api.get(f"/automation-rules/{rule['id']}").status_code == 404


def test_a_change_made_between_reading_and_writing_is_not_lost(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = api.post("/automation-rules", body()).json()

    def meanwhile(_: object) -> None:
        AutomationRule.objects.filter(pk=rule["id"]).update(version=2, name="Theirs")

    monkeypatch.setattr("orders.api.automation.refuse_gone", meanwhile)
    late = api.put(f"/automation-rules/{rule['id']}", body(name="Ours", version=1))
    assert (late.status_code, late.json()["code"]) == (409, "rule_changed")


def test_what_is_wrong_with_a_rule_is_named_by_its_field(api: Api) -> None:
    bad = body(
        groups=[{"conditions": [{"field": "value", "operator": "contains", "values": ["x"]}]}]
    )
    answer = api.post("/automation-rules", bad)
    assert answer.status_code == 400
    (fault,) = answer.json()["errors"]
    assert fault["field"] == "groups[0].conditions[0].operator"
    assert "is between" in fault["message"]


@pytest.mark.parametrize(
    "action",
    [
        {"kind": "service", "values": ["NO_SUCH"]},
        {"kind": "warehouse", "values": ["nowhere"]},
        {"kind": "notify", "values": ["member:1"]},
    ],
)
def test_a_rule_may_not_name_what_is_not_there(api: Api, action: dict[str, Any]) -> None:
    answer = api.post("/automation-rules", body(actions=[action]))
    assert (answer.status_code, answer.json()["code"]) == (400, "not_there")


def test_a_rule_that_broke_says_so(api: Api, acme: Merchant) -> None:
    rule = api.post("/automation-rules", body()).json()
    with merchant(acme):
        AutomationRule.objects.filter(pk=rule["id"]).update(
            definition={
                "match": "all", "groups": [],
                "actions": [{"kind": "service", "values": ["OLD_SERVICE"]}],
            }
        )  # fmt: skip
    (broken,) = api.get(f"/automation-rules/{rule['id']}").json()["broken"]
    assert "OLD_SERVICE" in broken


def test_orders_carry_what_rules_set_and_are_found_by_their_tag(api: Api) -> None:
    api.post("/automation-rules", body())
    made = api.post("/orders", order_body()).json()
    assert (made["tags"], made["priority"]) == (["german"], 3)
    found = api.get("/orders?tag=german").json()["results"]
    assert [each["reference"] for each in found] == [made["reference"]]
    assert api.get("/orders?tag=german2").json()["results"] == []


def test_rules_are_tried_on_past_orders(api: Api, acme: Merchant) -> None:
    order = api.post("/orders", order_body()).json()
    rule = api.post("/automation-rules", body(is_active=False)).json()
    asked = {"rules": [rule["id"]], "since": SINCE, "until": UNTIL}
    begun = api.post("/automation-trials", asked)
    assert (begun.status_code, begun.json()["status"]) == (202, "waiting")
    run_trial(acme.pk, {"trial_id": begun.json()["id"]})
    done = api.get(f"/automation-trials/{begun.json()['id']}").json()
    assert (done["status"], done["rules"][0]["orders"]) == ("done", 1)
    (found,) = api.get(f"/automation-trials/{done['id']}/orders").json()["results"]
    assert found["reference"] == order["reference"]
    assert found["changes"][0] == {"field": "tags", "now": [], "then": ["german"]}
    assert api.get(f"/orders/{order['reference']}").json()["tags"] == []
    nobody = api.post("/automation-trials", {**asked, "rules": [999999]})
    assert (nobody.status_code, nobody.json()["code"]) == (400, "no_rules")
    backwards = api.post("/automation-trials", {**asked, "since": UNTIL, "until": SINCE})
    assert (backwards.status_code, backwards.json()["code"]) == (400, "no_period")


def test_a_key_that_only_reads_changes_no_rule(api: Api, read_only_api: Api) -> None:
    rule = api.post("/automation-rules", body()).json()
    assert read_only_api.get("/automation-rules").status_code == 200
    assert read_only_api.post("/automation-rules", body()).status_code == 403
    path = f"/automation-rules/{rule['id']}"
    assert read_only_api.put(path, body(name="x")).status_code == 403
    assert read_only_api.call("DELETE", path).status_code == 403
