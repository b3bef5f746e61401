from django.db import models
from django.db.models.functions import Now


class RoutingDecision(models.Model):
    """Why this warehouse: every candidate with its score or the first constraint it failed, and the rule version.

    `candidates` is `[{"warehouse_id", "failed"?, "detail"?}]`; `plans` the cheapest few, best first:
    `[{"warehouse_ids", "cost_fen", "terms": {"freight", "handling", "split", "priority"}, "hours"}]`.
    """

    order = models.ForeignKey("oms.Order", models.CASCADE, related_name="decisions")
    rule_version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=12)  # routed | short | unroutable | lost_race
    optimal = models.BooleanField()
    candidates = models.JSONField()
    plans = models.JSONField()
    decided_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"{self.order_id}: {self.outcome}"
