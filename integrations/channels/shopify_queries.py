"""What we ask of Shopify's Admin GraphQL API 2026-10. Held to the vendor's introspection in tests.

A query costs points before it runs: one per object, a connection's `first` times what is inside,
ten for a mutation, never more than 1,000 in all. The sizes here follow from that.
"""

from __future__ import annotations

VERSION = "2026-10"
ORDERS_PER_PAGE = 12
LINES_WITH_ORDER = 10
"""Most orders have fewer lines; the rest of a longer one is asked for by itself."""

LINES_PER_PAGE = 100
MOST_FULFILMENTS = 50
LINES_OF_FULFILMENT = 250

_LINE = """
fragment Line on LineItem {
  id sku title variantTitle vendor quantity currentQuantity unfulfilledQuantity requiresShipping
  isGiftCard
  discountedUnitPriceAfterAllDiscountsSet { shopMoney { amount currencyCode } }
  variant { id }
  product { id }
}
"""

_ORDER = """
fragment Whole on Order {
  id legacyResourceId name createdAt updatedAt processedAt cancelledAt cancelReason test
  displayFinancialStatus displayFulfillmentStatus requiresShipping
  currencyCode presentmentCurrencyCode taxesIncluded dutiesIncluded
  email phone note poNumber sourceName tags
  shippingAddress {
    name firstName lastName company address1 address2 city province provinceCode zip
    countryCodeV2 phone
  }
  shippingLine { title code }
  currentShippingPriceSet { shopMoney { amount currencyCode } }
  currentTotalDutiesSet { shopMoney { amount currencyCode } }
  currentTaxLines {
    title rate channelLiable source
    priceSet { shopMoney { amount currencyCode } }
  }
  localizedFields(first: 5) { nodes { key purpose countryCode value } }
  lineItems(first: $lines) { nodes { ...Line } pageInfo { hasNextPage endCursor } }
}
"""

ORDERS = (
    """
query Orders($search: String!, $size: Int!, $after: String, $lines: Int!) {
  orders(first: $size, after: $after, query: $search, sortKey: UPDATED_AT) {
    nodes { ...Whole }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + _ORDER
    + _LINE
)

ORDER = (
    """
query OneOrder($id: ID!, $lines: Int!) {
  order(id: $id) { ...Whole }
}
"""
    + _ORDER
    + _LINE
)

LINES = (
    """
query MoreLines($id: ID!, $size: Int!, $after: String!) {
  order(id: $id) {
    lineItems(first: $size, after: $after) {
      nodes { ...Line }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
    + _LINE
)

FULFILMENTS = """
query Fulfilments($id: ID!, $most: Int!) {
  order(id: $id) {
    id
    fulfillments(first: $most) {
      id status
      trackingInfo(first: 10) { number company }
    }
  }
}
"""

FULFILMENT = """
query FulfilmentLines($id: ID!, $most: Int!) {
  fulfillment(id: $id) {
    id
    fulfillmentLineItems(first: $most) {
      nodes { quantity lineItem { id } }
      pageInfo { hasNextPage }
    }
  }
}
"""

FULFILMENT_ORDERS = """
query FulfilmentOrders($id: ID!, $most: Int!, $after: String) {
  order(id: $id) {
    fulfillmentOrders(first: 1, after: $after) {
      nodes {
        id status
        assignedLocation { name location { id } }
        lineItems(first: $most) {
          nodes { id remainingQuantity lineItem { id } }
          pageInfo { hasNextPage }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""

FULFIL = """
mutation Fulfil($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id status trackingInfo(first: 10) { number company } }
    userErrors { field message }
  }
}
"""

BY_OPERATION = {
    "orders": ORDERS,
    "order": ORDER,
    "lines": LINES,
    "fulfilments": FULFILMENTS,
    "fulfilment": FULFILMENT,
    "fulfilment_orders": FULFILMENT_ORDERS,
    "fulfil": FULFIL,
}
"""Every document we send, by the operation's name for buckets and logs."""
