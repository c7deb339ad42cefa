"""The product's settings with the test run's own servers and throwaway secrets.

Under pytest the sockets' addresses are reserved here and served when a test needs them
(tests/services.py). Type checking also loads this file, and then nothing is reserved.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("SECRET_KEY", "a-secret-for-tests-only")
os.environ.setdefault("KEY_PEPPER", "a-pepper-for-tests-only")
os.environ.setdefault("FIELD_KEY", "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")

os.environ.setdefault("STAFF_SECOND_FACTOR", "0")

if "pytest" in sys.modules:
    from tests.services import Services

    SERVICES = Services()
    os.environ["DATABASE_URL"] = os.environ["OWNER_DATABASE_URL"] = SERVICES.database_url
    os.environ["REDIS_URL"] = SERVICES.redis_url
    os.environ["DATA_DIR"] = str(SERVICES.folder / "files")
    os.environ["TENANT_DB_ROLES"] = "1"
else:
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@/none?host=/nonexistent")

from config.settings import *  # noqa: F403 - the environment had to come first
