"""What several MyDHL bodies share: addresses, contacts, accounts, packages, amounts."""

from __future__ import annotations

from decimal import Decimal

from sandbox.validation import Number, Rule, Shape, Text, choice

AMOUNT = Number(least=0, most=999_999_999_999_999, decimals=3)
WHOLE_AMOUNT = Number(least=0, most=999_999_999_999_999)
WEIGHT = Number(least=Decimal("0.001"), most=999_999_999_999, decimals=3)
LINE_WEIGHT = Number(least=0, most=999_999_999_999, decimals=3)
LENGTH = Number(least=Decimal("0.001"), most=9_999_999, decimals=3)
COUNTRY = Text(2, 2)
CURRENCY = Text(3, 3)
ANY = Text()
CLOCK = Text(most=5, pattern=r"([0-1][0-9]|2[0-3]):([0-5][0-9])")

CONTACT = Shape(
    needs={"phone": Text(1, 70), "companyName": Text(1, 100), "fullName": Text(1, 255)},
    may={"email": Text(1, 70), "mobilePhone": Text(1, 70)},
)


def address(**more: Rule) -> Shape:
    """Return the rule of a postal address, with the keys one call allows on top."""
    return Shape(
        needs={
            "postalCode": Text(0, 12),
            "cityName": Text(1, 45),
            "countryCode": COUNTRY,
            "addressLine1": Text(1, 45),
        },
        may={
            "provinceCode": Text(2, 35),
            "addressLine2": Text(1, 45),
            "addressLine3": Text(1, 45),
            "countyName": Text(1, 45),
            **more,
        },
    )


ACCOUNT = Shape(
    needs={"typeCode": choice("shipper payer duties-taxes"), "number": Text(1, 12)}, least=1
)
INSTRUCTION = Shape(needs={"value": Text(most=80)}, may={"typeCode": Text(2, 3)}, least=1, most=4)
PACKAGE_TYPES = choice("1CE 2BC 2BP 2BX 3BX 4BX 5BX 6BX 7BX 8BX CE1 TBL TBS WB1 WB2 WB3 WB6 XPD")
DIMENSIONS = Shape(needs={"length": LENGTH, "width": LENGTH, "height": LENGTH})
