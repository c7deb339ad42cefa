"""Stage 1 at the marketplaces: let in, read, told back."""
