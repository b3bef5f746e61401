"""The event log and its outbox."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """One fact, never changed. A stream is one aggregate (`oms.order:42`); its versions are 1, 2, 3 … without a gap.

    Nothing reads this table by a moving id cursor: late commits would be skipped. Subscribers get rows in
    `Delivery`, written in the same transaction as the event.
    """

    stream = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    type = models.CharField(max_length=80)
    schema = models.PositiveSmallIntegerField(default=1)
    payload = models.JSONField()
    actor = models.CharField(max_length=80)
    request_id = models.CharField(max_length=64, blank=True, default="")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "version"], name="event_stream_version"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="event_version_positive"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.stream}@{self.version} {self.type}"


class DeliveryState(models.TextChoices):
    PENDING = "pending"
    DOING = "doing"
    DONE = "done"
    DEAD = "dead"


class Delivery(models.Model):
    """One event owed to one subscriber: the outbox. `stream` and `type` repeat the event's: claiming joins nothing."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries")
    subscriber = models.CharField(max_length=60)
    stream = models.CharField(max_length=80)
    type = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=DeliveryState, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    token = models.BigIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once_per_subscriber")]
        indexes = [
            # The relay's claim and its "is an earlier one of this stream still open?" look-up.
            models.Index(
                fields=["subscriber", "id"], condition=models.Q(state__in=["pending", "doing"]), name="delivery_open"
            ),
            models.Index(
                fields=["subscriber", "stream", "id"],
                condition=models.Q(state__in=["pending", "doing"]),
                name="delivery_open_stream",
            ),
            models.Index(fields=["id"], condition=models.Q(state="dead"), name="delivery_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} <- {self.type} ({self.state})"
