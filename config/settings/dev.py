"""One machine, embedded services unless DATABASE_URL / REDIS_URL say otherwise."""

from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, VAR_DIR, env, postgres
from core.embedded import discover
from counterpart import keys as counterpart

env.read_env(BASE_DIR / ".env")  # absent on most machines; the environment wins over it

DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

services = discover.services(VAR_DIR)
SECRET_KEY = services.secret_key
VAULT_KEYS = services.vault_keys  # {key id: 32 bytes}; the first one encrypts
DATABASES = {"default": postgres(services.database_url), "owner": postgres(services.database_owner_url)}
DATABASES["owner"]["TEST"] = {"MIRROR": "default"}
for database in DATABASES.values():
    database["ENGINE"] = services.engine
CELERY_BROKER_URL = services.redis_url
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": services.redis_url}}
COUNTERPART_URL = env.str("COUNTERPART_URL", default=services.counterpart_url)
outside = counterpart.settings(COUNTERPART_URL)  # the outside world is one local process unless the environment differs
CARRIER_ACCOUNTS = env.json("CARRIER_ACCOUNTS", default=outside["CARRIER_ACCOUNTS"])
CARRIER_PUSH_SECRETS = env.json("CARRIER_PUSH_SECRETS", default=outside["CARRIER_PUSH_SECRETS"])
CHANNEL_BASE_URLS = env.json("CHANNEL_BASE_URLS", default=outside["CHANNEL_BASE_URLS"])
PULL_EVERY_SECONDS = env.float("PULL_EVERY_SECONDS", default=10.0)  # a demonstration does not last long
CRM_URL = env.str("CRM_URL", default=outside["CRM_URL"])
CRM_SECRETS = env.list("CRM_SECRETS", default=outside["CRM_SECRETS"])
OUTBOUND_HOSTS = env.list("OUTBOUND_HOSTS", default=outside["OUTBOUND_HOSTS"])
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = None  # nothing is collected here: files are served from where they lie
DEMO_LOGINS = "insights.demo.data.DEMO_USERS"
DEMO_PASSWORD = "insights.demo.data.DEMO_PASSWORD"  # noqa: S105 - where it is, shown by `make run`
