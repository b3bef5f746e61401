"""Is the process up, can it work, and how is it doing."""

from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, ProcessCollector, generate_latest
from redis.exceptions import RedisError

_GAUGES = {
    "onerope_inbox_open": ("Messages waiting in the inbox", "core_inboxmessage", "state IN ('new', 'doing')"),
    "onerope_inbox_dead": ("Messages parked for a person", "core_inboxmessage", "state = 'dead'"),
    "onerope_outbox_open": ("Deliveries owed", "core_delivery", "state IN ('pending', 'doing')"),
    "onerope_outbox_dead": ("Deliveries parked for a person", "core_delivery", "state = 'dead'"),
}


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 while the database is away. The broker only rings doorbells: without it work is late, not refused."""
    checks = {"database": _database(), "broker": _broker()}
    return JsonResponse(checks, status=200 if checks["database"] else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def _broker() -> bool:
    try:
        cache.get("readyz")
    except (RedisError, OSError):
        return False
    return True


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Backlogs and this process in Prometheus text; each backlog is one partial-index count. Without the database the
    backlogs are left out, and `onerope_database_up` says why."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    up = Gauge("onerope_database_up", "Whether the database answers", registry=registry)
    try:
        with connection.cursor() as cursor:
            for name, (text, table, condition) in _GAUGES.items():
                cursor.execute(f"SELECT count(*) FROM {table} WHERE {condition}")  # noqa: S608 - constants above
                Gauge(name, text, registry=registry).set(cursor.fetchone()[0])
        up.set(1)
    except (DatabaseError, InterfaceError):
        up.set(0)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
