"""Who a buyer is recognised as, and what an e-mail address looks like."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orders.rules.blocks import block_digest, blocked_by, buyer_digests, typed_digest
from orders.rules.email import is_address
from orders.rules.facts import AddressFacts, OrderFacts

KEY = b"k"
ORDER = OrderFacts(
    "1", AddressFacts("Erika", "", ("Heidestr. 17",), "Köln", "", "51147", "DE"),
    "+49 30 123456-78", "Erika.Muster@Gmail.com", "", "EUR", None, (),
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("email", "erikamuster+shop@googlemail.com"), ("phone", "030 12345678")],
)
def test_other_spellings_are_the_same_buyer(kind: str, typed: str) -> None:
    digest = typed_digest(kind, typed, country="DE", key=KEY)
    assert digest in buyer_digests(ORDER, key=KEY)
    assert blocked_by(buyer_digests(ORDER, key=KEY), {digest: kind}) == (kind,)
    assert typed_digest(kind, typed, country="DE", key=b"other") != digest


def test_an_address_is_one_however_it_is_written_and_whoever_lives_there() -> None:
    other = replace(
        ORDER, address=AddressFacts("Max", "X", ("HEIDESTR 17",), "koln", "", "51147", "DE")
    )
    assert block_digest("address", other, key=KEY) == block_digest("address", ORDER, key=KEY)
    next_door = replace(ORDER, address=replace(ORDER.address, street_lines=("Heidestr. 18",)))
    assert block_digest("address", next_door, key=KEY) != block_digest("address", ORDER, key=KEY)


def test_nothing_is_recognised_by_nothing() -> None:
    empty = OrderFacts("1", AddressFacts("", "", (), "", "", "", "DE"), "", "", "", "", None, ())
    assert buyer_digests(empty, key=KEY) == ()
    assert typed_digest("email", "not an address", country="", key=KEY) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a@b.de", True), ("a.b+c@sub.example.com", True), ("用户@例子.公司", True),
     ("a@b", False), ("a b@c.de", False), ("a@b..de", False), ("@b.de", False),
     (".a@b.de", False), ("a@-b.de", False), ("a@b.1", False), ("a" * 65 + "@b.de", False)],
)  # fmt: skip
def test_form_of_an_address(text: str, expected: bool) -> None:
    assert is_address(text) is expected
