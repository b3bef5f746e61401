"""Long work with progress: a batch action, an import, a label run."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class JobState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(models.Model):
    """`results` lists what a person must know of single rows: `{"ref", "ok", "code", "message"}`, failures first."""

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=JobState, default=JobState.QUEUED)
    params = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    results = models.JSONField(default=list)
    artifact = models.BinaryField(null=True)  # e.g. the PDF of a label run
    artifact_type = models.CharField(max_length=80, blank=True, default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(state__in=["queued", "running"]), name="job_open")]

    def __str__(self) -> str:
        return f"{self.title} ({self.state})"
