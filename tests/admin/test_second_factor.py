"""The staff's second factor: demanded where the settings say so, set up at the door itself."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from accounts.models import Staff
from accounts.services import create_user
from core.second_factor import missing_step
from tests.floor import a_staff_member
from warehouse.models import Warehouse

WORDS = "a long and unusual sentence"
PATHS = ("/staff/", "/staff/merchants/", "/stations/", "/records/")


@pytest.fixture(autouse=True)
def demanded(services: object, settings: Any) -> None:
    from django.core.cache import cache

    cache.clear()
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture
def admin(house: Warehouse) -> Staff:
    staff = a_staff_member("admin", house)
    staff.user.set_password(WORDS)
    staff.user.save(update_fields=["password"])
    return staff


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": staff.user.email, "password": WORDS})
    return client


def code_for(secret: str, *, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def test_staff_without_one_are_sent_to_set_it_up_and_come_in_then(admin: Staff) -> None:
    client = signed_in(admin)
    for path in PATHS:
        assert client.get(path)["Location"] == "/accounts/2fa/totp/activate/", path
    asked = client.get("/accounts/2fa/totp/activate/")["Location"]
    assert asked.startswith("/accounts/reauthenticate/")
    page = client.post(asked, {"password": WORDS}, follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/2fa/totp/activate/"
    secret = client.session["mfa.totp.secret"]
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert client.get("/staff/").status_code == 302
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    assert done["Location"] == "/accounts/2fa/recovery-codes/"
    assert client.get(done["Location"]).status_code == 200
    assert client.get("/staff/merchants/").status_code == 200
    assert client.get("/records/").status_code == 200


def test_a_sign_in_asks_for_the_code_and_a_password_alone_is_outside(admin: Staff) -> None:
    TOTP.activate(admin.user, "JBSWY3DPEHPK3PXP")
    client = signed_in(admin)
    assert client.get("/staff/merchants/")["Location"].startswith("/accounts/login/")
    client.post("/accounts/2fa/authenticate/", {"code": code_for("JBSWY3DPEHPK3PXP")})
    assert client.get("/staff/merchants/").status_code == 200


def test_a_session_from_before_the_enrolment_proves_it(admin: Staff) -> None:
    client = signed_in(admin)
    TOTP.activate(admin.user, "JBSWY3DPEHPK3PXP")
    where = client.get("/staff/merchants/")["Location"]
    assert where == "/accounts/2fa/reauthenticate/?next=%2Fstaff%2Fmerchants%2F"
    answer = client.post(where, {"code": code_for("JBSWY3DPEHPK3PXP"),
                                 "next": "/staff/merchants/"})  # fmt: skip
    assert answer["Location"] == "/staff/merchants/"
    assert client.get("/staff/merchants/").status_code == 200


def test_whoever_takes_it_off_is_asked_anew(admin: Staff) -> None:
    TOTP.activate(admin.user, "JBSWY3DPEHPK3PXP")
    client = signed_in(admin)
    client.post("/accounts/2fa/authenticate/", {"code": code_for("JBSWY3DPEHPK3PXP")})
    Authenticator.objects.all().delete()
    assert client.get("/staff/")["Location"] == "/accounts/2fa/totp/activate/"


def test_people_who_are_not_staff_are_refused_not_enrolled(db: None) -> None:
    client = Client()
    client.force_login(create_user(email="x@y.example", password=WORDS, full_name=""))
    for path in PATHS:
        assert client.get(path).status_code == 403, path


def test_the_demonstration_does_not_demand_it(admin: Staff, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    assert signed_in(admin).get("/staff/merchants/").status_code == 200


def test_production_demands_it_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    from config import env
    from config.embedded.environment import DEMONSTRATION

    monkeypatch.delenv("STAFF_SECOND_FACTOR", raising=False)
    assert env.flag("STAFF_SECOND_FACTOR", default=True)
    assert DEMONSTRATION == {"STAFF_SECOND_FACTOR": "0"}
    assert callable(missing_step)
