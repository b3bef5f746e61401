"""The product's settings; its URLs with the floor's view beside them."""

from config.settings.dev import *  # noqa: F403

ROOT_URLCONF = "benchmarks.plain_site"
