"""Scans, packing, allocation, cartons and pick order: pure rules over dated data."""
