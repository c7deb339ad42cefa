"""A small schema of our own: the part of Shopify's Admin GraphQL that logistics asks for.

Written by hand after the vendor's names and nullability; it is not the vendor's file. A query for
anything else is refused, as a typo would be there.
"""

from __future__ import annotations

from graphql import build_schema

SCHEMA = build_schema(
    """
scalar DateTime
scalar Decimal
scalar URL
scalar UnsignedInt64
enum OrderSortKeys { CREATED_AT ID PROCESSED_AT UPDATED_AT }

type Query {
  orders(first: Int, after: String, query: String, sortKey: OrderSortKeys = PROCESSED_AT,
    reverse: Boolean = false): OrderConnection!
  order(id: ID!): Order
  fulfillment(id: ID!): Fulfillment
}
type Mutation {
  fulfillmentCreate(fulfillment: FulfillmentInput!, message: String): FulfillmentCreatePayload
}
type PageInfo { hasNextPage: Boolean! endCursor: String }
type OrderConnection { nodes: [Order!]! pageInfo: PageInfo! }
type MoneyV2 { amount: Decimal! currencyCode: String! }
type MoneyBag { shopMoney: MoneyV2! presentmentMoney: MoneyV2! }
type TaxLine {
  title: String! rate: Float channelLiable: Boolean source: String priceSet: MoneyBag!
}
type MailingAddress {
  name: String firstName: String lastName: String company: String address1: String
  address2: String city: String province: String provinceCode: String zip: String
  countryCodeV2: String phone: String
}
type ShippingLine { title: String! code: String }
type LocalizedField { key: String! purpose: String! countryCode: String! value: String! }
type LocalizedFieldConnection { nodes: [LocalizedField!]! pageInfo: PageInfo! }
type ProductVariant { id: ID! }
type Product { id: ID! }
type LineItem {
  id: ID! sku: String title: String! variantTitle: String vendor: String quantity: Int!
  currentQuantity: Int! unfulfilledQuantity: Int! requiresShipping: Boolean! isGiftCard: Boolean!
  discountedUnitPriceAfterAllDiscountsSet: MoneyBag! variant: ProductVariant product: Product
}
type LineItemConnection { nodes: [LineItem!]! pageInfo: PageInfo! }
type Order {
  id: ID! legacyResourceId: UnsignedInt64! name: String! createdAt: DateTime!
  updatedAt: DateTime! processedAt: DateTime! cancelledAt: DateTime cancelReason: String
  test: Boolean! displayFinancialStatus: String displayFulfillmentStatus: String!
  requiresShipping: Boolean! currencyCode: String! presentmentCurrencyCode: String!
  taxesIncluded: Boolean! dutiesIncluded: Boolean! email: String phone: String note: String
  poNumber: String sourceName: String tags: [String!]! shippingAddress: MailingAddress
  shippingLine: ShippingLine currentShippingPriceSet: MoneyBag! currentTotalDutiesSet: MoneyBag
  currentTaxLines: [TaxLine!]!
  localizedFields(first: Int, after: String): LocalizedFieldConnection!
  lineItems(first: Int, after: String): LineItemConnection!
  fulfillments(first: Int): [Fulfillment!]!
  fulfillmentOrders(first: Int, after: String): FulfillmentOrderConnection!
}
type FulfillmentTrackingInfo { number: String company: String url: URL }
type FulfillmentLineItem { quantity: Int lineItem: LineItem! }
type FulfillmentLineItemConnection { nodes: [FulfillmentLineItem!]! pageInfo: PageInfo! }
type Fulfillment {
  id: ID! status: String! trackingInfo(first: Int): [FulfillmentTrackingInfo!]!
  fulfillmentLineItems(first: Int, after: String): FulfillmentLineItemConnection!
}
type Location { id: ID! }
type FulfillmentOrderAssignedLocation { name: String! location: Location }
type FulfillmentOrderLineItem {
  id: ID! totalQuantity: Int! remainingQuantity: Int! lineItem: LineItem!
}
type FulfillmentOrderLineItemConnection {
  nodes: [FulfillmentOrderLineItem!]! pageInfo: PageInfo!
}
type FulfillmentOrder {
  id: ID! status: String! assignedLocation: FulfillmentOrderAssignedLocation!
  lineItems(first: Int, after: String): FulfillmentOrderLineItemConnection!
}
type FulfillmentOrderConnection { nodes: [FulfillmentOrder!]! pageInfo: PageInfo! }
input FulfillmentTrackingInput {
  company: String number: String numbers: [String!] url: URL urls: [URL!]
}
input FulfillmentOrderLineItemInput { id: ID! quantity: Int! }
input FulfillmentOrderLineItemsInput {
  fulfillmentOrderId: ID! fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]
}
input FulfillmentInput {
  lineItemsByFulfillmentOrder: [FulfillmentOrderLineItemsInput!]!
  notifyCustomer: Boolean = false trackingInfo: FulfillmentTrackingInput
}
type UserError { field: [String!] message: String! }
type FulfillmentCreatePayload { fulfillment: Fulfillment userErrors: [UserError!]! }
schema { query: Query mutation: Mutation }
"""
)
