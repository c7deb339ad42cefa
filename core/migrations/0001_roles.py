"""Rights of the three database roles, before the first table is made.

The owner runs migrations. The app role serves merchants and owns nothing. The operator role
serves the staff. Row-level security narrows both; see core/walls.py.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

ROLES_EXIST = """
DO $$ BEGIN
  IF (SELECT count(*) FROM pg_roles WHERE rolname IN ('waybridge_app', 'waybridge_operator')) < 2
  THEN RAISE EXCEPTION 'The roles waybridge_app and waybridge_operator do not exist.'
    USING HINT = 'Run `python -m config.embedded.postgres provision` as a role that may create roles.';
  END IF;
END $$;
"""
RIGHTS = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO waybridge_app, waybridge_operator;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO waybridge_app, waybridge_operator;
GRANT USAGE ON SCHEMA public TO waybridge_app, waybridge_operator;
GRANT SELECT ON django_migrations TO waybridge_app, waybridge_operator;
"""


class Migration(migrations.Migration):
    """Runs before every other app's first migration, so that its tables get the rights too."""

    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = []
    run_before: ClassVar[list[tuple[str, str]]] = [
        ("contenttypes", "0001_initial"),
        ("sessions", "0001_initial"),
    ]
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(ROLES_EXIST, migrations.RunSQL.noop),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
