"""Clients of last-mile delivery partners."""
