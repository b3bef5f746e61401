"""Queue long work, run it, report on it."""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from core import clock, jobs
from core.context import acting
from core.doorbell import ring
from core.models import Job

log = logging.getLogger(__name__)

LEASE_SECONDS = 120
MAX_ATTEMPTS = 3
MAX_RESULTS = 1000


def enqueue(kind: str, title: str, params: dict[str, Any], *, total: int = 0, user_id: int | None = None) -> Job:
    """Queue a job; a worker starts on it after the commit."""
    with transaction.atomic():
        job = Job.objects.create(kind=kind, title=title, params=params, total=total, created_by_id=user_id)
        ring("core.tasks.run_jobs")
    return job


def run_next() -> bool:
    """Claim and run one open job; False when there is none. A job whose worker died is taken over after its lease."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """UPDATE core_job SET state = 'running', attempts = attempts + 1,
                      lease_until = statement_timestamp() + make_interval(secs => %s)
                WHERE id = (SELECT id FROM core_job WHERE state IN ('queued', 'running')
                             AND (lease_until IS NULL OR lease_until < statement_timestamp())
                             ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id""",
            [LEASE_SECONDS],
        )
        row = cursor.fetchone()
    if row is None:
        return False
    job = Job.objects.select_related("created_by").get(id=row[0])
    actor = f"user:{job.created_by.get_username()}" if job.created_by else "machine"
    try:
        with acting(actor):
            jobs.get(job.kind)(job)
        finish(job)
    except Exception as exc:  # a job of any kind must end in a state that a person can see
        log.exception("job %s failed", job.id)
        if job.attempts >= MAX_ATTEMPTS:
            job.results = [{"ref": "", "ok": False, "code": "job_failed", "message": str(exc)[:500]}, *job.results]
            finish(job, failed=True)
        else:
            Job.objects.filter(id=job.id).update(state="queued", lease_until=None)
    return True


def run_again(job_ids: Sequence[int]) -> int:
    """Put jobs that broke off back in line; others are left alone. Returns how many."""
    with transaction.atomic():
        revived = Job.objects.filter(id__in=job_ids, state="failed").update(
            state="queued", attempts=0, lease_until=None, finished_at=None
        )
        ring("core.tasks.run_jobs")
    return revived


def progress(job: Job, *, done: int, failed: int = 0) -> None:
    """Say how far the job is, and keep its lease alive."""
    job.done, job.failed = done, failed
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_job SET done = %s, failed = %s,"
            " lease_until = statement_timestamp() + make_interval(secs => %s) WHERE id = %s",
            [done, failed, LEASE_SECONDS, job.id],
        )


def result(job: Job, ref: str, *, ok: bool, code: str = "", message: str = "") -> None:
    """Add one row's outcome; failures come first so that the limit never hides one behind successes."""
    entry = {"ref": ref, "ok": ok, "code": code, "message": message}
    job.results.insert(len(job.results) if ok else 0, entry)
    del job.results[MAX_RESULTS:]


def finish(job: Job, *, failed: bool = False) -> None:
    job.state, job.finished_at, job.lease_until = "failed" if failed else "done", clock.now(), None
    job.save(
        update_fields=[
            "state", "finished_at", "lease_until", "total", "done", "failed", "results", "artifact", "artifact_type",
        ]
    )  # fmt: skip
