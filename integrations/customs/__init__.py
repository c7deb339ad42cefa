"""Clients of customs authorities."""
