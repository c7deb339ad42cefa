"""The only settings file. Values come from the environment through config.env."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config import env, marketplaces

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var")))

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY")
KEY_PEPPER = env.text("KEY_PEPPER")
"""Key of the HMAC-SHA256 under which API keys and tracking links are kept."""
FIELD_KEY = env.text("FIELD_KEY")
"""Keys under which others' credentials are kept (core/sealed.py), newest first."""

DOORS = env.words("DOORS", "merchant,api,track,admin")
"""Which doors this process serves; the admin door runs apart, with its own database role."""

PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ADMIN_URL = env.text("ADMIN_URL", "http://127.0.0.1:8001").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,testserver")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", f"{PUBLIC_URL},{ADMIN_URL}")
HTTPS = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "core",
    "accounts",
    "orders",
    "warehouse",
    "shipping",
    "customs",
    "tracking",
    "billing",
    "claims",
    "flows",
    "dashboard",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.ContentSecurityPolicy",
    "core.middleware.LargestBody",
    "core.middleware.RedisAway",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["accounts.templatetags.sent_for"],
        },
    }
]

DATABASES = {
    "default": {
        **env.database(env.text("DATABASE_URL")),
        "CONN_MAX_AGE": env.number("DATABASE_CONN_MAX_AGE", 300),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TENANT_DB_ROLES = env.flag("TENANT_DB_ROLES")
"""Take on the app or operator role inside each block, for processes that connect as the owner
(the test suite): the database wall is then the same as in production."""

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    # A web request that cannot wake a worker goes on at once; the sweep finds the job.
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "flow"
CELERY_TASK_ALWAYS_EAGER = False
JOB_LEASE_SECONDS = env.number("JOB_LEASE_SECONDS", 60)
SWEEP_SECONDS = env.number("SWEEP_SECONDS", 2)

LOOK_UP_AFTER_SECONDS = env.number("LOOK_UP_AFTER_SECONDS", 90)
"""How long a carrier may still be working on a booking whose answer was lost: only then is its
"I do not know this reference" believed. Longer than the read timeout."""
CHANNEL_READ_SECONDS = env.number("CHANNEL_READ_SECONDS", 300)
"""How long after a window was read to its end a marketplace is read again."""
CHANNEL_LAG_SECONDS = env.number("CHANNEL_LAG_SECONDS", 120)
"""A marketplace's clock and index run behind: so many newest seconds wait for the next window."""
PARTNER_PROBE_SECONDS = env.number("PARTNER_PROBE_SECONDS", 3600)
"""How often one call is let through to a partner that refused our credentials, unasked."""
TRACKING_POLL_SECONDS = env.number("TRACKING_POLL_SECONDS", 1800)
SILENCE_COMPRESSION = env.number("SILENCE_COMPRESSION", 1)
"""Divides the limits of silence after which a parcel counts as stale or lost; above 1 only where
the stand-ins compress a parcel's way, too."""

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "documents"},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG and env.flag("STATIC_MANIFEST")
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
WHITENOISE_USE_FINDERS = not env.flag("STATIC_MANIFEST")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedSignup"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {"activate_totp": "accounts.enrolment.EnrolmentForm"}
MFA_TOTP_ISSUER = "Waybridge"
STAFF_SECOND_FACTOR = env.flag("STAFF_SECOND_FACTOR", default=True)
"""Whether the staff's door demands a second factor; the embedded demonstration does not."""
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "core.sessions"
SESSION_COOKIE_NAME = "waybridge_admin" if DOORS == ["admin"] else "waybridge"
CSRF_COOKIE_NAME = f"{SESSION_COOKIE_NAME}_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
REDIS_PATIENCE_S = 0.5
"""How long a page waits for a Redis that hangs. What counts there is refused or let go on then;
each place says which."""
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "waybridge",
        "OPTIONS": {
            "socket_timeout": REDIS_PATIENCE_S,
            "socket_connect_timeout": REDIS_PATIENCE_S,
        },
    }
}
API_RATE = {
    "burst": env.number("API_BURST", 2000),
    "per_second": env.number("API_PER_SECOND", 50),
}
"""Calls a key may make: so many at once, and so many a second in the long run."""

EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "Waybridge <waybridge@localhost>")
EMAIL_BACKEND = env.text(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.console.EmailBackend",
)
"""Without a mail server letters go to the log, and an invitation's link is shown to who invites."""

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("简体中文")), ("es", _("Español"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
UPLOAD_MAX_BYTES = env.number("UPLOAD_MAX_BYTES", 60 * 1024 * 1024)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.DeclaredPermission"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttles.KeyRate"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "accounts.schema.ApiSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "core.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Waybridge API",
    "DESCRIPTION": "Orders, shipments, tracking and claims of one merchant.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "PATH_CONVERTER_OVERRIDES": {"big": int, "word": str, "words": str},
}

UNFOLD = {
    "SITE_TITLE": "Waybridge",
    "SITE_HEADER": "Waybridge",
    "SITE_URL": "/staff/",
    "SITE_ICON": lambda _request: f"{STATIC_URL}waybridge/mark.svg",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: f"{STATIC_URL}waybridge/mark.svg",
        }
    ],
    "SHOW_HISTORY": False,
    "COLORS": {
        "primary": {
            "50": "#e2f1f4",
            "100": "#c9e6ec",
            "200": "#a3d6e0",
            "300": "#74c3d2",
            "400": "#3fabbf",
            "500": "#0b8aa3",
            "600": "#00647a",
            "700": "#004d5f",
            "800": "#003c4b",
            "900": "#0a2e38",
            "950": "#04222a",
        },
    },
}

OPERATOR = {
    "name": env.text("OPERATOR_NAME", "Waybridge Logistics (demonstration)"),
    "street": env.text("OPERATOR_STREET", "88 Fenghuang Road, Bao'an"),
    "city": env.text("OPERATOR_CITY", "Shenzhen"),
    "region": env.text("OPERATOR_REGION", "Guangdong"),
    "postal_code": env.text("OPERATOR_POSTAL_CODE", "518103"),
    "country": env.text("OPERATOR_COUNTRY", "CN"),
    "email": env.text("OPERATOR_EMAIL", "desk@operator.example"),
}
"""Who runs this deployment, as printed on payout advices; merchants write to `email`."""

SANDBOX_URL = env.text("SANDBOX_URL", "http://127.0.0.1:8009").rstrip("/")
"""Base of the stand-ins, from which each partner's default address is taken."""
PARTNERS = {
    "dhl_express": {
        "base_url": env.text("DHL_EXPRESS_URL", f"{SANDBOX_URL}/dhl-express"),
        "username": env.text("DHL_EXPRESS_USERNAME", "waybridge"),
        "password": env.text("DHL_EXPRESS_PASSWORD", "stand-in"),
        "account_number": env.text("DHL_EXPRESS_ACCOUNT", "123456789"),
    },
    "postal": {
        "base_url": env.text("POSTAL_URL", f"{SANDBOX_URL}/postal/v1"),
        "api_key": env.text("POSTAL_KEY", "stand-in"),
    },
    "line": {
        "base_url": env.text("LINE_URL", f"{SANDBOX_URL}/line/v1"),
        "api_key": env.text("LINE_KEY", "stand-in"),
        "push_secret": env.text("LINE_PUSH_SECRET", SECRET_KEY),
    },
    "customs": {
        "base_url": env.text("CUSTOMS_URL", f"{SANDBOX_URL}/customs/v1"),
        "api_key": env.text("CUSTOMS_KEY", "stand-in"),
    },
    "delivery": {
        "base_url": env.text("DELIVERY_URL", f"{SANDBOX_URL}/delivery/v1"),
        "api_key": env.text("DELIVERY_KEY", "stand-in"),
    },
}

CHANNELS = marketplaces.applications(SANDBOX_URL)
"""Our applications at the marketplaces (config/marketplaces.py)."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "integrations.http": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
