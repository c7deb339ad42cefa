"""What carriers' events mean and where a parcel stands: pure rules over dated data."""
