"""The vendor's two published signatures, and what must not change one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from integrations.channels.aliexpress_signing import signature

SYSTEM = {
    "app_key": "12345678",
    "code": "3_500102_JxZ05Ux3cnnSSUm6dCxYg6Q26",
    "sign_method": "sha256",
    "timestamp": "1517820392000",
}
BUSINESS = {
    "method": "aliexpress.logistics.redefining.getonlinelogisticsinfo",
    "access_token": "test",
    "aliexpress_category_id": "200135143",
    "app_key": "123456",
    "sign_method": "sha256",
    "timestamp": "1517820392000",
}


def test_the_vendors_example_of_a_system_call() -> None:
    found = signature("helloworld", SYSTEM, api_path="/auth/token/create")
    assert found == "35607762342831B6A417A0DED84B79C05FEFBF116969C48AD6DC00279A9F4D81"


def test_the_vendors_example_of_a_business_call() -> None:
    found = signature("helloworld", BUSINESS)
    assert found == "F7F7926B67316C9D1E8E15F7E66940ED3059B1638C497D77973F30046EFB5BBB"


NAMES = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCXYZ_0123456789", min_size=1, max_size=8)
VALUES = st.text(max_size=12)


@given(st.dictionaries(NAMES, VALUES, max_size=8), st.randoms(use_true_random=False))
def test_order_empty_values_and_an_old_signature_change_nothing(
    parameters: dict[str, str], random: object
) -> None:
    pairs = list(parameters.items())
    getattr(random, "shuffle")(pairs)  # noqa: B009 (hypothesis types it as object)
    wanted = signature("s", parameters)
    assert signature("s", dict(pairs)) == wanted
    assert signature("s", {**parameters, "sign": "ABC"}) == signature(
        "s", {name: value for name, value in parameters.items() if name != "sign"}
    )
    assert signature("s", {**parameters, "zz_not_there_before": ""}) == wanted


@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=8), st.data())
def test_any_other_value_or_secret_changes_it(
    parameters: dict[str, str], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(parameters)))
    changed = {**parameters, name: parameters[name] + "x"}
    is_signed = name != "sign"
    assert (signature("s", changed) != signature("s", parameters)) == is_signed
    assert signature("t", parameters) != signature("s", parameters)
