"""Reads shaped for screens. Each function runs inside the caller's merchant block."""
