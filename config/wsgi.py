"""WSGI entry point of every door. Refuses to start when a route declares no permission."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

import config.celery  # noqa: E402, F401 - requests wake workers through this application's broker
from core.routes import refuse_undeclared_routes  # noqa: E402 - needs the loaded applications

refuse_undeclared_routes()
