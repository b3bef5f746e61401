"""How completely each shop's orders have come in."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

_MISSING = models.Func("missing", function="cardinality", output_field=models.IntegerField())


class ShopPull(models.Model):
    """How far one shop's own order list has been read, and who is reading it.

    All times but leases are the platform's. Whatever it had changed before `complete_to` is in our inbox; `read_from`
    is where reading goes on: the same while it catches up, an overlap earlier once it has. Neither moves when anything
    fails. `token` fences a worker that comes back after its lease.
    """

    shop = models.OneToOneField("catalog.Shop", models.CASCADE, related_name="pull")
    since = models.DateTimeField()  # the first time that was ever asked about
    read_from = models.DateTimeField()
    complete_to = models.DateTimeField(null=True)
    step_seconds = models.PositiveIntegerField(default=3600)  # how much one question covers: halved when it is too much
    skew_seconds = models.IntegerField(default=0)  # how far the platform's clock was ahead of ours
    next_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    token = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    error_code = models.CharField(max_length=80, blank=True, default="")
    error = models.CharField(max_length=300, blank=True, default="")
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(step_seconds__gte=1), name="shoppull_step_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.complete_to}"


class OrderFetch(models.Model):
    """One order (or refund) to be asked for by its number: a message only named it, or the list has it and we do not.

    `asked` counts the requests, so that one which comes while the answer is under way is not forgotten with it. Without
    `next_at` it waits for a person.
    """

    shop = models.ForeignKey("catalog.Shop", models.CASCADE)
    order_no = models.CharField(max_length=80)
    refund_no = models.CharField(max_length=80, blank=True, default="")
    via = models.CharField(max_length=8)  # hint: a message told of it | pull: nothing did
    asked = models.PositiveIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, db_default=Now())
    error_code = models.CharField(max_length=80, blank=True, default="")
    error = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "order_no", "refund_no"], name="orderfetch_once")]

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.order_no} {self.refund_no}"


class LateOrder(models.Model):
    """An order that no message had brought when its shop's list did."""

    shop = models.ForeignKey("catalog.Shop", models.CASCADE)
    order_no = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "order_no"], name="lateorder_once")]

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.order_no}"


class ShopHour(models.Model):
    """The orders that one shop's buyers made within one hour: as the platform counts them, and as we have them.

    `missing` names those that the platform has and we have not. `total` is None before the first count.
    """

    shop = models.ForeignKey("catalog.Shop", models.CASCADE)
    hour = models.DateTimeField()
    total = models.PositiveIntegerField(null=True)
    pushed = models.PositiveIntegerField(default=0)
    pulled = models.PositiveIntegerField(default=0)
    missing: ArrayField = ArrayField(models.CharField(max_length=80), default=list)
    checked_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    again = models.BooleanField(default=False)  # a person wants every order of it read anew

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "hour"], name="shophour_once"),
            models.CheckConstraint(
                condition=models.Q(total=None) | models.Q(total=models.F("pushed") + models.F("pulled") + _MISSING),
                name="shophour_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["shop", "next_check_at"], name="shophour_due"),
            models.Index(fields=["hour"], condition=~models.Q(missing=[]), name="shophour_gaps"),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.hour:%Y-%m-%d %H}"
