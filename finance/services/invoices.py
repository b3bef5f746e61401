"""数电票: ask for a blue invoice, ask to take part of it back. Issuing is the provider adapter's business."""

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from core.errors import Conflict, NotFound
from finance.domain.invoicing import red_tax, tax_within
from finance.models import Invoice, Receivable
from oms.models import OrderLine


def request_blue(order_id: int) -> Invoice:
    """The order's blue invoice over what the buyer paid and kept paying for; a second call finds the first.

    Raises NotFound for an order without money, Conflict (`nothing_to_invoice`) when nothing is left of it or its
    currency is not CNY.
    """
    with transaction.atomic():
        receivable = Receivable.objects.select_for_update(of=("self",)).filter(pk=order_id).first()
        if receivable is None:
            raise NotFound(_("No money of this order is known."))
        known = Invoice.objects.filter(request_key=f"blue:{order_id}").first()
        if known is not None:
            return known
        amount = receivable.paid_minor - receivable.refunded_minor
        if amount <= 0 or receivable.currency != "CNY":
            raise Conflict(_("There is nothing to invoice."), code="nothing_to_invoice")
        lines = OrderLine.objects.filter(order_id=order_id, sku__isnull=False, qty__gt=0).order_by("line_no")
        rates = list(lines.values_list("net_minor", "sku__tax_rate_bp"))
        return Invoice.objects.create(
            colour=Invoice.Colour.BLUE, order_id=order_id, amount_fen=amount, tax_fen=tax_within(amount, rates),
            request_key=f"blue:{order_id}",
        )  # fmt: skip


def request_red(blue_id: int, amount_fen: int, key: str) -> Invoice:
    """Take `amount_fen` of a blue invoice back; the same `key` finds the same red one.

    Raises NotFound, Conflict (`beyond_blue`) when more would be taken back than the blue one still holds.
    """
    with transaction.atomic():
        blue = Invoice.objects.select_for_update(of=("self",)).filter(pk=blue_id, colour=Invoice.Colour.BLUE).first()
        if blue is None:
            raise NotFound(_("There is no such blue invoice."))
        known = Invoice.objects.filter(request_key=f"red:{key}"[:80]).first()
        if known is not None:
            return known
        taken = blue.reds.filter(~Q(state=Invoice.State.FAILED)).aggregate(
            amount=Sum("amount_fen", default=0), tax=Sum("tax_fen", default=0)
        )
        if amount_fen <= 0 or taken["amount"] + amount_fen > blue.amount_fen:
            raise Conflict(
                _("A red invoice cannot take back more than the blue one still holds."),
                code="beyond_blue",
                fields={"left_fen": blue.amount_fen - taken["amount"]},
            )
        tax = red_tax(blue.amount_fen, blue.tax_fen, taken["amount"], taken["tax"], amount_fen)
        return Invoice.objects.create(
            colour=Invoice.Colour.RED, order_id=blue.order_id, blue=blue, amount_fen=amount_fen, tax_fen=tax,
            request_key=f"red:{key}"[:80],
        )  # fmt: skip
