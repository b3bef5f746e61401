"""Settings shared by every environment. `dev`, `test` and `production` say only what differs."""

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from config.settings.admin import UNFOLD  # noqa: F401 - a setting

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
VAR_DIR = Path(env.str("ONEROPE_VAR", default=str(BASE_DIR / "var")))  # a throwaway stack names another one

ROOT_URLCONF = "config.urls"
DOOR_URLCONF = "integrations.door"  # what machines push to
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    # Ours first: where catalogues share a text, the first app's word for it wins.
    "core",
    "catalog",
    "inventory",
    "oms",
    "fulfillment",
    "aftersales",
    "finance",
    "integrations",
    "insights",
    "unfold",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_filters",
    "django_htmx",
    "import_export",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "core.web.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "core.web.middleware.RequestIdMiddleware",
    "core.web.middleware.DoorMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.web.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.web.context.shell",
            ],
        },
    },
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

FILTERS_EMPTY_CHOICE_LABEL = _("any")  # what a filter that is not set says

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT: Path | None = VAR_DIR / "static"

LOGIN_URL = "core:login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.views.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# A push larger than this is refused with 413 before it is read (a platform order is a few kB).
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "core.api.authentication.SystemTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StrictJSONParser"],
    "EXCEPTION_HANDLER": "core.api.errors.exception_handler",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "OneRope API",
    "DESCRIPTION": "Orders in, stock and shipments out.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "OrderStatusEnum": "oms.choices.ORDER_STATUS",
        "SubOrderStatusEnum": "oms.choices.SUBORDER_STATUS",
        "TicketStatusEnum": "aftersales.choices.TICKET_STATUS",
        "TrackStatusEnum": "fulfillment.models.parcel.TRACK_STATUS",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.shared_parts",
    ],
}

# --- Celery: the doorbell (reference: kombu restores a dead worker's messages only on these terms) ---
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "order"
CELERY_TASK_ROUTES = {
    "integrations.tasks.drain_inbox": {"queue": "ingest"},
    "integrations.tasks.pull_orders": {"queue": "bulk"},
    "oms.tasks.*": {"queue": "order"},
    "fulfillment.tasks.plan_waves": {"queue": "wave"},
    "fulfillment.tasks.*": {"queue": "label"},
    "core.tasks.relay_outbox": {"queue": "push"},
    "core.tasks.*": {"queue": "order"},
    "finance.tasks.*": {"queue": "bulk"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kB
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 180,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 25,
    "retry_on_timeout": True,
}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": 180}
CELERY_TIMEZONE = TIME_ZONE
# Push secrets per tracking source, newest first: {"kuaidi100": ["salt"], …}
CARRIER_PUSH_SECRETS: dict[str, list[str]] = env.json("CARRIER_PUSH_SECRETS", default={})
# Our contracts with carriers: {carrier code or "*": fields of integrations.carriers.waybills.office.Account}
CARRIER_ACCOUNTS: dict[str, dict[str, str]] = env.json("CARRIER_ACCOUNTS", default={})
# Where each platform's API answers; a platform without one is not told of shipments.
CHANNEL_BASE_URLS: dict[str, str] = env.json("CHANNEL_BASE_URLS", default={})
# How often each shop's own order list is read, and how many shops at once.
PULL_EVERY_SECONDS = env.float("PULL_EVERY_SECONDS", default=60.0)
PULLS_AT_ONCE = env.int("PULLS_AT_ONCE", default=2)
# Where the CRM receives customer nodes, and the live Standard Webhooks secrets; without a URL nobody is told.
CRM_URL = env.str("CRM_URL", default="")
CRM_SECRETS = env.list("CRM_SECRETS", default=[])
# The only hosts that a configured address may name.
OUTBOUND_HOSTS = env.list("OUTBOUND_HOSTS", default=[])

CELERY_BEAT_SCHEDULE = {
    "ring-all-doorbells": {"task": "core.tasks.sweep", "schedule": 5.0},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}


def postgres(url: str) -> dict[str, object]:
    """A DATABASES entry for `url`; server-side cursors stay off so that PgBouncer may sit between."""
    return {
        **env.db_url_config(url),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
