"""Clients of the marketplaces and shops that orders come from and are told back to."""
