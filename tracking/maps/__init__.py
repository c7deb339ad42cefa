"""How the outlines of the tracking page's map are made; nothing here runs in production."""
