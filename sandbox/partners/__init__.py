"""One file per partner: what it accepts, what it refuses, what it answers."""
