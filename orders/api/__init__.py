"""The orders room's part of the REST API."""
