"""Set-up and supervision: what `make run` starts when no external servers are named."""
