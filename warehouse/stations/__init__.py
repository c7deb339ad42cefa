"""The scan stations: pages of the floor, and the endpoints they and programs speak to."""
