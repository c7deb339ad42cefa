"""Customs rules: pure functions over dated facts. No Django, no clock."""
