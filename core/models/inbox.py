"""Raw messages from outside, committed before anything is answered."""

from django.db import models
from django.db.models.functions import Now


class InboxState(models.TextChoices):
    NEW = "new"
    DOING = "doing"
    DONE = "done"
    DEAD = "dead"


class InboxMessage(models.Model):
    """The bytes of one push as they came. `(source, delivery_key)` is unique: a second copy is the same message.

    `attempts` counts claims, so a message that kills its worker still reaches its limit; `token` fences a worker
    that comes back after its lease.
    """

    source = models.CharField(max_length=80)  # "channel:taobao:tb-main", "carrier:kuaidi100"
    delivery_key = models.CharField(max_length=200)
    body = models.BinaryField()
    meta = models.JSONField(default=dict)  # the headers and query values the reader needs; never a signature or secret
    state = models.CharField(max_length=8, choices=InboxState, default=InboxState.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    token = models.BigIntegerField(default=0)
    error_code = models.CharField(max_length=60, blank=True, default="")
    error = models.TextField(blank=True, default="")
    waits_for = models.CharField(
        max_length=140, blank=True, db_default="", default=""
    )  # what must come first, e.g. an order
    outcome = models.CharField(
        max_length=60, blank=True, default=""
    )  # what it came to: created, amended, same, older …
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "delivery_key"], name="inbox_once_per_delivery")]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state__in=["new", "doing"]), name="inbox_open"),
            models.Index(fields=["id"], condition=models.Q(state="dead"), name="inbox_dead"),
            models.Index(fields=["received_at"], name="inbox_received"),
            models.Index(fields=["waits_for"], condition=~models.Q(waits_for=""), name="inbox_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.delivery_key} ({self.state})"


class RefusedPush(models.Model):
    """Counts what was turned away at the door per source, reason and hour; an unreadable body is kept (truncated)
    for a person to look at, one with a bad signature is not stored at all."""

    source = models.CharField(max_length=80)
    reason = models.CharField(max_length=40)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    sample = models.BinaryField(default=b"")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "reason", "hour"], name="refused_push_counter")]

    def __str__(self) -> str:
        return f"{self.source} {self.reason} ×{self.count}"
