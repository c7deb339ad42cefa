"""Ordered rules that a merchant makes for its own orders: what may be asked, read and done."""
