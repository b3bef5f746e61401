"""Celery is the doorbell; PostgreSQL holds the work (docs/adr/0003)."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("onerope")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

GC_ALLOCATIONS = 50_000  # a batch makes tens of thousands of objects that live until its commit


@worker_process_init.connect
def collect_less_often(**_: Any) -> None:
    """What was imported never becomes garbage, and a batch is not worth searching every 700 objects: a fifth of the
    time per order went there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_ALLOCATIONS, 20, 20)
