"""The buyer's page and the door carriers push events to."""
