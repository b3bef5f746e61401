"""The test suite: constant secrets, quick hashing, the servers that the pytest plugin (or the caller) names."""

from typing import Any

from config.settings.base import *  # noqa: F403
from config.settings.base import env, postgres

SECRET_KEY = "only-for-tests-" + "0123456789abcdef" * 4
VAULT_KEYS = {"test": bytes(range(32))}  # {key id: 32 bytes}; the first one encrypts
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Tools that only load settings (mypy, makemigrations --check) get an address where nothing listens.
NOWHERE = "127.0.0.1:1"
DATABASE_URL = env.str("DATABASE_URL", default=f"postgres://{NOWHERE}/none")
DATABASES: dict[str, dict[str, Any]] = {
    "default": postgres(DATABASE_URL),
    "owner": postgres(env.str("DATABASE_OWNER_URL", default=DATABASE_URL)),
}
DATABASES["owner"]["TEST"] = {"MIRROR": "default"}

REDIS_URL = env.str("REDIS_URL", default="")
CELERY_BROKER_URL = REDIS_URL or f"redis://{NOWHERE}/0"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
COUNTERPART_URL = env.str("COUNTERPART_URL", default=f"http://{NOWHERE}")
STATIC_ROOT = None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
