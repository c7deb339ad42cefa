"""What each dashboard screen is given: frozen dataclasses, one per template, variable name `page`.

A view builds one of these and renders it; a template reads nothing else. Every text in them is
already translated and every URL already resolved, so templates know neither models nor routes.
"""
