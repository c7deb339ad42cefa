"""Every reason an order can be held for: the sentence, the remedy and who may release it.

``_`` only marks sentences for translation; doorways translate ``template`` and ``remedy`` and
fill both with the finding's ``params``. ``released_by`` is ``member:ROLE`` (the merchant's team)
or ``staff:ROLE`` (the operator's); an owner or an admin may always release.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.sentences import Told
from core.sentences import gettext_noop as _

OPERATIONS = "member:operations"
FINANCE = "member:finance"
CUSTOMS = "staff:customs"
SENTENCES = "_sentences"
"""What a value's name ends with where its sentences are kept beside its English text."""


@dataclass(frozen=True, slots=True)
class Reason:
    """``code`` is the hold code, one of sixteen; ``field`` what the finding points at.

    ``is_checked``: every check finds it anew, so that it goes when it no longer applies.
    """

    code: str
    field: str
    template: str
    remedy: str
    released_by: str
    is_checked: bool = True


REASONS: Mapping[str, Reason] = {
    "commodity_code_short": Reason(
        "customs_data",
        "hs_code",
        _("%(country)s wants a commodity code of ten digits for an order of this value."),
        _("Enter the ten-digit code of product %(sku)s; customs of %(country)s publishes them."),
        CUSTOMS,
    ),
    "no_service_battery": Reason(
        "battery",
        "service",
        _("No service on offer takes this order: %(why)s"),
        _("Change the products, the address or the phone, or ask the operator for a service."),
        OPERATIONS,
    ),
    "no_service_phone": Reason(
        "phone",
        "service",
        _("No service on offer takes this order: %(why)s"),
        _("Change the products, the address or the phone, or ask the operator for a service."),
        OPERATIONS,
    ),
    "no_service_value": Reason(
        "value",
        "service",
        _("No service on offer takes this order: %(why)s"),
        _("Change the products, the address or the phone, or ask the operator for a service."),
        OPERATIONS,
    ),
    "no_service_restricted": Reason(
        "restricted",
        "service",
        _("No service on offer takes this order: %(why)s"),
        _("Change the products, the address or the phone, or ask the operator for a service."),
        OPERATIONS,
    ),
    "rule_holds": Reason(
        "rule",
        "rule",
        _("Your rule “%(rule)s” holds this order."),
        _("Release the order when it may go on, or change the rule under Settings, Rules."),
        OPERATIONS,
    ),
    "rule_holds_noted": Reason(
        "rule",
        "rule",
        _("Your rule “%(rule)s” holds this order: %(note)s"),
        _("Release the order when it may go on, or change the rule under Settings, Rules."),
        OPERATIONS,
    ),
    "not_paid": Reason(
        "payment",
        "paid_at",
        _("The order is not marked as paid."),
        _("Wait for the channel to confirm the payment; or release it and say how it was paid."),
        FINANCE,
    ),
    "country_unknown": Reason(
        "address",
        "country",
        _("“%(value)s” is not a country."),
        _("Enter the two letters of the country, for example DE."),
        OPERATIONS,
    ),
    "recipient_absent": Reason(
        "address",
        "address",
        _("The order came without the recipient's name and street."),
        _("Send it again with them: Amazon's unshipped orders report has the recipient."),
        OPERATIONS,
    ),
    "address_field_missing": Reason(
        "address",
        "address",
        _("The address has no %(part)s, which %(country)s needs."),
        _("Ask the buyer for the %(part)s and enter it."),
        OPERATIONS,
    ),
    "address_too_long": Reason(
        "address",
        "address",
        _("The address has more text than fits on a label: %(part)s is too long."),
        _("Shorten the %(part)s to %(limit)s characters."),
        OPERATIONS,
    ),
    "characters_lost": Reason(
        "address",
        "address",
        _("Letters of the address were lost before the order reached us: “%(value)s”."),
        _("Correct the address from the channel's own page."),
        OPERATIONS,
    ),
    "postal_code_format": Reason(
        "address",
        "postal_code",
        _("“%(value)s” is not a postal code of %(country)s; they look like %(example)s."),
        _("Correct the postal code."),
        OPERATIONS,
    ),
    "postal_code_format_suggested": Reason(
        "address",
        "postal_code",
        _("“%(value)s” is not a postal code of %(country)s; it probably means %(likely)s."),
        _("Accept the suggestion or correct the postal code."),
        OPERATIONS,
    ),
    "postal_code_elsewhere": Reason(
        "address",
        "postal_code",
        _("The postal code %(value)s is not in %(region)s."),
        _("Correct the postal code or the region."),
        OPERATIONS,
    ),
    "region_unknown": Reason(
        "address",
        "region",
        _("“%(value)s” is not a region of %(country)s."),
        _("Correct the region."),
        OPERATIONS,
    ),
    "region_unknown_suggested": Reason(
        "address",
        "region",
        _("“%(value)s” is not a region of %(country)s; it probably means %(likely)s."),
        _("Accept the suggestion or correct the region."),
        OPERATIONS,
    ),
    "city_unknown": Reason(
        "address",
        "city",
        _("“%(value)s” is not a place in %(region)s."),
        _("Correct the city or the region."),
        OPERATIONS,
    ),
    "city_unknown_suggested": Reason(
        "address",
        "city",
        _("“%(value)s” is not a place in %(region)s; it probably means %(likely)s."),
        _("Accept the suggestion or correct the city."),
        OPERATIONS,
    ),
    "phone_missing": Reason(
        "phone",
        "phone",
        _("The order has no phone number, and carriers to %(country)s ask for one."),
        _("Ask the buyer for a phone number and enter it."),
        OPERATIONS,
    ),
    "phone_unreadable": Reason(
        "phone",
        "phone",
        _("“%(value)s” is not a phone number."),
        _("Enter the number with its country code, for example %(example)s."),
        OPERATIONS,
    ),
    "phone_invalid": Reason(
        "phone",
        "phone",
        _("“%(value)s” is not a number in use in %(country)s."),
        _("Enter the number with its country code, for example %(example)s."),
        OPERATIONS,
    ),
    "product_unknown": Reason(
        "unknown_product",
        "sku",
        _("The SKU %(sku)s is not in your product list."),
        _("Add the product, or map the SKU to one of yours on the page Listings."),
        OPERATIONS,
    ),
    "no_lines": Reason(
        "unknown_product",
        "lines",
        _("The order has no line that could be read."),
        _("Correct the rejected rows and upload them again."),
        OPERATIONS,
    ),
    "value_missing": Reason(
        "value",
        "unit_price",
        _("There is no value above zero for %(sku)s, neither in the order nor in the product."),
        _("Enter the unit value of the product; a gift too is declared at its true value."),
        OPERATIONS,
    ),
    "value_too_low": Reason(
        "value",
        "unit_price",
        _("%(sku)s is sold for %(price)s %(currency)s, far below its value of %(value)s."),
        _("Confirm the price, or correct the unit value of the product."),
        OPERATIONS,
    ),
    "no_exchange_rate": Reason(
        "value",
        "currency",
        _("There is no exchange rate for %(currency)s, so the goods cannot be valued."),
        _("Enter the prices or the product's value in another currency, or ask the operator."),
        OPERATIONS,
    ),
    "order_too_large": Reason(
        "value",
        "lines",
        _("The order is worth %(value)s %(currency)s and weighs %(weight)s g: more than one can."),
        _("Correct the quantities and prices, or split the order."),
        OPERATIONS,
    ),
    "value_too_high": Reason(
        "value",
        "unit_price",
        _("%(sku)s is sold for %(price)s %(currency)s, far above its value of %(value)s."),
        _("Confirm the price, or correct the unit value of the product."),
        OPERATIONS,
    ),
    "short_picked": Reason(
        "stock",
        "lines",
        _("The picker found %(found)s of %(expected)s %(sku)s; no other place has the rest."),
        _("Release the order to let it wait for stock, or cancel it."),
        OPERATIONS,
        is_checked=False,
    ),
    "line_missing": Reason(
        "value",
        "lines",
        _("Row %(rows)s of this order could not be read, so a part of it would be missing."),
        _("Correct the rejected row and upload it again, or release the order without it."),
        OPERATIONS,
        is_checked=False,
    ),
    "nothing_to_ship": Reason(
        "unknown_product",
        "lines",
        _("Every line of the order is something that is not shipped by us."),
        _("Cancel the order, or map its codes to products on the page Listings."),
        OPERATIONS,
    ),
    "email_invalid": Reason(
        "email",
        "email",
        _("“%(value)s” is not an e-mail address."),
        _("Correct the e-mail address, or remove it."),
        OPERATIONS,
    ),
    "destination_closed": Reason(
        "destination",
        "country",
        _("The operator does not ship to %(country)s: %(why)s"),
        _("Cancel the order, or ask the operator."),
        CUSTOMS,
    ),
    "buyer_blocked": Reason(
        "blocked_buyer",
        "buyer",
        _("The buyer is on your block list, by %(kinds)s."),
        _("Release the order if you want to ship it all the same, or cancel it."),
        OPERATIONS,
    ),
    "battery_alone": Reason(
        "battery",
        "battery",
        _("%(sku)s is a lithium battery shipped alone, which no service here carries."),
        _("Remove the line, or ship it by a carrier with a dangerous goods contract."),
        CUSTOMS,
    ),
    "battery_unknown": Reason(
        "battery",
        "battery",
        _("The battery kind “%(value)s” of %(sku)s is not known."),
        _("Set it to none, contained, packed or alone."),
        OPERATIONS,
    ),
    "battery_refused": Reason(
        "battery",
        "battery",
        _("%(sku)s with its battery cannot go to %(country)s: %(why)s"),
        _("Choose another product or have customs staff release it."),
        CUSTOMS,
    ),
    "restricted_goods": Reason(
        "restricted",
        "sku",
        _("%(sku)s may not be sent to %(country)s: %(why)s"),
        _("Cancel the line, or show customs staff the permit."),
        CUSTOMS,
    ),
    "recipient_id_missing": Reason(
        "recipient_id",
        "recipient_id",
        _("%(country)s asks for the recipient's %(identifier)s, and the order has none."),
        _("Ask the buyer for the %(identifier)s and enter it."),
        OPERATIONS,
    ),
    "recipient_id_invalid": Reason(
        "recipient_id",
        "recipient_id",
        _("The recipient's %(identifier)s is not valid: %(why)s"),
        _("Ask the buyer for the correct %(identifier)s."),
        OPERATIONS,
    ),
    "hs_code_missing": Reason(
        "customs_data",
        "hs_code",
        _("%(sku)s has no tariff code."),
        _("Enter the 6 to 10 digits of its tariff code in the product."),
        OPERATIONS,
    ),
    "origin_missing": Reason(
        "customs_data",
        "origin_country",
        _("%(sku)s has no country of origin."),
        _("Enter the country where the product was made."),
        OPERATIONS,
    ),
    "description_missing": Reason(
        "customs_data",
        "customs_description",
        _("%(sku)s has no customs description."),
        _("Say what it is, of what and for what: “women's blouse, woven cotton”."),
        OPERATIONS,
    ),
    "description_vague": Reason(
        "customs_data",
        "customs_description",
        _("The customs description “%(value)s” of %(sku)s will not do: %(why)s"),
        _("Say what it is, of what and for what: “women's blouse, woven cotton”."),
        OPERATIONS,
    ),
    "weight_missing": Reason(
        "customs_data",
        "weight_g",
        _("%(sku)s has no weight."),
        _("Enter the weight of one piece in grams."),
        OPERATIONS,
    ),
    "bought_twice": Reason(
        "duplicate",
        "external_order",
        _("The same buyer ordered the same goods shortly before, in order %(other)s."),
        _("Ask the buyer whether both are meant, then release or cancel this one."),
        OPERATIONS,
    ),
    "party_listed": Reason(
        "party",
        "recipient_name",
        _("The recipient resembles “%(entry)s” on the list %(list)s of denied parties."),
        _("Customs staff compare the two and decide."),
        CUSTOMS,
    ),
}


@dataclass(frozen=True, slots=True)
class HoldFinding:
    """One reason why an order may not go on. ``params`` fill ``template`` and ``remedy_template``.

    ``suggestion`` maps a field to the value that would be right, where one can be told.
    """

    reason_code: str
    params: Mapping[str, str]
    suggestion: Mapping[str, str]

    def suggesting(self, **suggestion: str) -> "HoldFinding":
        """The same finding with the values that would be right."""
        return replace(self, suggestion=suggestion)

    @property
    def kept(self) -> dict[str, Any]:
        """The values as they are stored; what was told in sentences also sentence by sentence."""
        told = {
            f"{name}{SENTENCES}": [sentence.as_dict() for sentence in value.sentences]
            for name, value in self.params.items()
            if isinstance(value, Told)
        }
        return {**self.params, **told}

    @property
    def code(self) -> str:
        """The hold code."""
        return REASONS[self.reason_code].code

    @property
    def field(self) -> str:
        """What the finding points at."""
        return self.params.get("field") or REASONS[self.reason_code].field

    @property
    def template(self) -> str:
        """The sentence before it is translated and filled."""
        return REASONS[self.reason_code].template

    @property
    def remedy_template(self) -> str:
        """The remedy before it is translated and filled."""
        return REASONS[self.reason_code].remedy

    @property
    def sentence(self) -> str:
        """The reason in English."""
        return self.template % self.params

    @property
    def remedy(self) -> str:
        """What to do, in English."""
        return self.remedy_template % self.params

    @property
    def released_by(self) -> str:
        """The role that may release the hold."""
        return REASONS[self.reason_code].released_by


def found(reason_code: str, /, **params: str) -> HoldFinding:
    """A finding; ``KeyError`` for a reason that is not in the table."""
    REASONS[reason_code]
    return HoldFinding(reason_code, params, {})
