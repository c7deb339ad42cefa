"""Clients of the outside world. Knows no Django, no database, no clock of its own.

Every call goes through `http.py`, the only network door. What calls of one account must share
(rate buckets, circuit breakers) is asked of a `Gate` that a higher room implements.
"""
