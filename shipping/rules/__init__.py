"""What carriers take, what it costs and which service is chosen: pure rules over dated data."""
