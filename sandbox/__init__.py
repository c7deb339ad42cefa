"""Stand-ins for the outside world, a program of its own spoken to over real HTTP."""
