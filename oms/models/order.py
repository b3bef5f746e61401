"""Orders as screens read them: a projection of the order's event stream, written in the same transaction."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oms.choices import HOLD_REASON, ORDER_STATUS
from oms.domain.canonical import LineRefund, OrderState


class Order(models.Model):
    """One order of one shop. Identity is (platform, shop, order_no); `content_hash` names the version in force.

    Money is in minor units of `currency`. Receiver columns hold masked text only; the rest is in the vault under
    `receiver_id`. `*_key` are blind-index tags.
    """

    platform = models.CharField(_("platform"), max_length=20)
    shop = models.ForeignKey("catalog.Shop", models.PROTECT, verbose_name=_("shop"))
    order_no = models.CharField(_("order number"), max_length=80)
    status = models.CharField(_("status"), max_length=16, choices=ORDER_STATUS)
    pay_state = models.CharField(_("payment"), max_length=20, choices=[(s, s) for s in OrderState])
    currency = models.CharField(_("currency"), max_length=3)
    paid_minor = models.BigIntegerField(pgettext_lazy("order", "paid"), null=True)
    freight_minor = models.BigIntegerField(_("freight paid"), default=0)
    adjustments = models.JSONField(_("taxes and fees"), null=True)  # {AdjustmentKind: minor units}; None without any
    refunded_minor = models.BigIntegerField(pgettext_lazy("order", "refunded"), default=0)
    content_hash = models.CharField(max_length=60)
    platform_created_at = models.DateTimeField(_("ordered at"), null=True)
    platform_modified_at = models.DateTimeField(_("modified at"), null=True)
    paid_at = models.DateTimeField(pgettext_lazy("order", "paid at"), null=True)
    ship_by = models.DateTimeField(_("ship by"), null=True)
    receiver_id = models.UUIDField(null=True)
    receiver_name = models.CharField(_("receiver"), max_length=80, blank=True)
    receiver_phone = models.CharField(_("phone"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)
    province = models.CharField(_("province"), max_length=60, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)
    district = models.CharField(_("district"), max_length=60, blank=True)
    town = models.CharField(_("town"), max_length=60, blank=True)
    district_code = models.CharField(_("division code"), max_length=6, blank=True)
    address_masked = models.CharField(_("street"), max_length=200, blank=True)
    address_status = models.CharField(max_length=8, blank=True)  # auto | review | fixed | ''
    address_reasons = ArrayField(models.CharField(max_length=60), default=list)
    address_pattern = models.CharField(max_length=60, blank=True)  # tag of what is asked; '' when nothing ever was
    address_wrote = models.CharField(max_length=200, blank=True)  # the same as people may see it
    address_guess = models.CharField(max_length=6, blank=True)  # where the machine would have sent it
    address_rule = models.ForeignKey("oms.AddressRule", models.PROTECT, null=True, db_index=False)  # who settled it
    receiver_is_masked = models.BooleanField(default=False)
    phone_key = models.CharField(max_length=60, blank=True)
    buyer_key = models.CharField(max_length=60, blank=True)
    receiver_key = models.CharField(max_length=60, blank=True)
    address_key = models.CharField(max_length=60, blank=True)  # the door alone, whoever lives there; '' when masked
    merge_key = models.CharField(max_length=60, blank=True)  # equal: one receiver, who may get one parcel; '' unknown
    ip_key = models.CharField(max_length=60, blank=True)
    device_key = models.CharField(max_length=60, blank=True)
    buyer_note = models.TextField(_("buyer's note"), blank=True)
    seller_note = models.TextField(_("seller's note"), blank=True)
    seller_flag = models.PositiveSmallIntegerField(default=0)
    shippable = models.BooleanField(default=False)
    platform_hold = models.CharField(max_length=40, blank=True)  # why the platform's own state forbids shipping
    test = models.BooleanField(default=False)
    cod = models.BooleanField(_("cash on delivery"), default=False)
    warnings = ArrayField(models.CharField(max_length=200), default=list)
    cancel_reason = models.CharField(max_length=120, blank=True)
    no_split = models.BooleanField(_("never split"), default=False)  # in one parcel from one warehouse, or not at all
    no_merge = models.BooleanField(_("never merge"), default=False)
    allocatable = models.BooleanField(default=False)  # something of it can be routed now
    open_holds = models.PositiveSmallIntegerField(default=0)
    # Steps (`oms.domain.status.Step`) that its open holds keep from happening.
    blocked = ArrayField(models.CharField(max_length=10), default=list)
    captured_at = models.DateTimeField(_("captured at"))
    updated_at = models.DateTimeField(_("updated at"))
    version = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(fields=["platform", "shop", "order_no"], name="order_identity"),
            models.CheckConstraint(condition=models.Q(refunded_minor__gte=0), name="order_refund_not_negative"),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="order_status_newest"),
            models.Index(fields=["shop", "-id"], name="order_shop_newest"),
            # What the allocator claims, oldest payment first.
            models.Index(fields=["paid_at", "id"], condition=models.Q(allocatable=True), name="order_allocatable"),
            models.Index(fields=["order_no"], name="order_by_no"),
            models.Index(fields=["phone_key", "captured_at"], name="order_phone_velocity"),
            models.Index(fields=["buyer_key", "captured_at"], name="order_buyer_velocity"),
            models.Index(fields=["receiver_key", "captured_at"], name="order_receiver_velocity"),
            *(
                models.Index(
                    fields=[f"{trait}_key", "captured_at"],
                    condition=~models.Q(**{f"{trait}_key": ""}),
                    name=f"order_{trait}_velocity",
                )
                for trait in ("address", "ip", "device")
            ),
            models.Index(
                fields=["address_rule"], condition=models.Q(address_rule__isnull=False), name="order_address_answered"
            ),
            models.Index(
                fields=["address_pattern"], condition=models.Q(address_status="review"), name="order_address_asked"
            ),
            # Who else gets a parcel there.
            models.Index(
                fields=["merge_key"],
                condition=models.Q(status__in=["allocated", "fulfilling"]) & ~models.Q(merge_key=""),
                name="order_merge_company",
            ),
            models.Index(
                fields=["ship_by"],
                condition=models.Q(status__in=["ready", "backordered", "allocated", "fulfilling"]),
                name="order_ship_by_open",
            ),
        ]

    def __str__(self) -> str:
        return self.order_no


class OrderLine(models.Model):
    """One thing bought; `line_no` is ours and stays with the platform's `line_id` over every amendment."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    line_no = models.PositiveSmallIntegerField()
    line_id = models.CharField(max_length=80)
    platform_sku = models.CharField(_("merchant code"), max_length=120, blank=True)
    listing_id = models.CharField(_("listing"), max_length=120, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    qty = models.PositiveIntegerField(_("quantity"))
    unit_price_minor = models.BigIntegerField(_("unit price"))
    net_minor = models.BigIntegerField(_("net amount"))
    refund = models.CharField(max_length=10, choices=[(s, s) for s in LineRefund])
    requires_shipping = models.BooleanField(default=True)
    parent_line_id = models.CharField(max_length=80, blank=True)
    current = models.BooleanField(default=True)  # named by the version in force; an edited-away line stays at qty 0
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, null=True, verbose_name=_("SKU"))
    # In doubt: the listing stood for this SKU until its merchant code changed. A person says which of them was sold.
    was_sku = models.ForeignKey("catalog.Sku", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="orderline_no_once"),
            models.UniqueConstraint(fields=["order", "line_id"], name="orderline_id_once"),
        ]
        indexes = [
            models.Index(fields=["platform_sku"], condition=models.Q(sku=None), name="orderline_unmatched"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.line_no}"


class Hold(models.Model):
    """A reason why an order waits for a person: who owns it, what would help, when it ended and how."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="holds")
    seq = models.PositiveSmallIntegerField()
    reason = models.CharField(_("reason"), max_length=20, choices=HOLD_REASON)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    blocks = ArrayField(models.CharField(max_length=10), default=list)  # the steps it keeps from happening
    trace = models.JSONField(null=True)  # what matched: [{"rule", "rule_set", "version", "facts": [...]}]
    owner = models.CharField(_("owner"), max_length=40)  # a role, or user:<name> once somebody took it
    opened_at = models.DateTimeField(_("since"))
    released_at = models.DateTimeField(pgettext_lazy("hold", "released at"), null=True)
    released_by = models.CharField(_("released by"), max_length=80, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "seq"], name="hold_once")]
        indexes = [
            models.Index(fields=["reason", "opened_at"], condition=models.Q(released_at=None), name="hold_open"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.reason}"


class Shortage(models.Model):
    """What a backordered order waits for; the next arrival of that SKU wakes it."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="shortages")
    sku = models.ForeignKey("catalog.Sku", models.PROTECT)
    qty = models.PositiveIntegerField(_("short by"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "sku"], name="shortage_once")]

    def __str__(self) -> str:
        return f"{self.order_id} waits for {self.qty} × {self.sku_id}"


class Refund(models.Model):
    """A refund the platform told us of; ours to obey, the money is booked in finance."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="refunds")
    refund_no = models.CharField(max_length=80)
    line_id = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=12)
    status = models.CharField(max_length=10)
    amount_minor = models.BigIntegerField()
    qty = models.PositiveIntegerField(default=0)
    modified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "refund_no"], name="order_refund_once"),
            models.CheckConstraint(condition=models.Q(amount_minor__gte=0), name="order_refund_amount"),
        ]

    def __str__(self) -> str:
        return self.refund_no
