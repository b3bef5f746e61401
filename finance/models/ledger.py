"""The books: double entry, append-only. A correction is another entry."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from finance.choices import ACCOUNT, ENTRY_KIND

# Runs at commit, when all legs are there. An entry nobody posted to has no rows to sum and is refused as well.
_CHECK = """
IF (SELECT count(*) FROM finance_posting p WHERE p.entry_id = {entry}) < 2 OR EXISTS (
     SELECT 1 FROM finance_posting p WHERE p.entry_id = {entry} GROUP BY p.currency HAVING sum(p.amount_minor) <> 0)
THEN RAISE EXCEPTION 'journal entry % does not balance', {entry} USING ERRCODE = 'check_violation';
END IF;
RETURN NULL;
"""


def _balanced(name: str, entry: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        func=_CHECK.format(entry=entry),
    )


class JournalEntry(models.Model):
    """One fact on the books. `key`, where there is one, makes it happen once. `day` is the business day."""

    kind = models.CharField(_("kind"), max_length=12, choices=ENTRY_KIND)
    day = models.DateField(_("day"))
    shop = models.ForeignKey("catalog.Shop", models.PROTECT, null=True, verbose_name=_("shop"))
    order = models.ForeignKey(
        "oms.Order", models.PROTECT, null=True, related_name="journal_entries", verbose_name=_("order")
    )
    statement = models.ForeignKey(
        "finance.Statement", models.PROTECT, null=True, related_name="entries", verbose_name=_("statement")
    )
    key = models.CharField(max_length=80, null=True, unique=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    actor = models.CharField(_("by"), max_length=80)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        indexes = [
            models.Index(fields=["day", "id"], name="entry_by_day"),
            models.Index(fields=["statement", "day"], condition=Q(statement__isnull=False), name="entry_of_statement"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            _balanced("entry_balanced", "NEW.id"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day} #{self.pk}"


class Posting(models.Model):
    """One leg: debit is positive, credit negative, in minor units of `currency`."""

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="postings", verbose_name=_("entry"))
    account = models.CharField(_("account"), max_length=8, choices=ACCOUNT)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3, default="CNY")

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="posting_not_zero"),
        ]
        indexes = [models.Index(fields=["account", "currency"], include=["amount_minor"], name="posting_balances")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            _balanced("posting_balanced", "NEW.entry_id"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_minor:+} {self.currency}"

    @property
    def credit_minor(self) -> int:
        """What stands in the credit column; 0 for a debit."""
        return max(-self.amount_minor, 0)
