"""Production: what differs from machine to machine comes from the environment; nothing is started for you."""

import base64
import binascii

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, env, postgres

env.read_env(BASE_DIR / ".env")  # the environment wins over it


def vault_keys(text: str) -> dict[str, bytes]:
    """`id:base64,id:base64` as {key id: 32 bytes}; the first one encrypts, all of them decrypt."""
    keys: dict[str, bytes] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        key_id, _colon, encoded = item.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as exc:
            raise ImproperlyConfigured(f"VAULT_KEYS: the key {key_id!r} is not base64") from exc
        if not key_id or len(key) != 32 or key_id in keys:
            raise ImproperlyConfigured("VAULT_KEYS: each item must be a new `id:base64` of 32 bytes")
        keys[key_id] = key
    if not keys:
        raise ImproperlyConfigured("VAULT_KEYS must hold at least one `id:base64` of 32 bytes")
    return keys


DEBUG = False
EMBEDDED_SERVICES = False
SECRET_KEY = env.str("SECRET_KEY")
VAULT_KEYS = vault_keys(env.str("VAULT_KEYS"))
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[f"https://{host}" for host in ALLOWED_HOSTS])

DATABASES = {
    "default": postgres(env.str("DATABASE_URL")),
    "owner": postgres(env.str("DATABASE_OWNER_URL", default=env.str("DATABASE_URL"))),
}
REDIS_URL = env.str("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        # The broker must never evict, a cache may: give the cache an instance of its own when there is one.
        "LOCATION": env.str("CACHE_URL", default=REDIS_URL),
    }
}
COUNTERPART_URL = env.str("COUNTERPART_URL", default="")

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]  # asked by the machine next door, without TLS
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
