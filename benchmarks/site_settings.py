"""The product's settings; its door with the floor's view beside them."""

from config.settings.dev import *  # noqa: F403

DOOR_URLCONF = "benchmarks.plain_site"
