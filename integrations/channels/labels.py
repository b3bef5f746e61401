"""What the stable codes of pushes mean, in words for a person: refusals, warnings and hold codes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, Promise] = {
    "signature_missing": _("no signature"),
    "signature_mismatch": _("wrong signature"),
    "timestamp_missing": _("no readable timestamp"),
    "timestamp_out_of_window": _("timestamp too old or too new"),
    "no_secret": _("the shop has no live secret"),
    "empty_body": _("empty body"),
    "too_large": _("body too large"),
    "not_utf8": _("not UTF-8"),
    "not_json": _("not JSON"),
    "too_deep": _("nested too deeply"),
    "not_finite": _("NaN or Infinity"),
    "number_out_of_range": _("number out of range"),
    "lone_surrogate": _("broken characters"),
    "nul_character": _("NUL character"),
    "duplicate_key": _("one name with two values"),
    "not_an_object": _("neither object nor list"),
    "order_no_missing": _("no order number"),
    "refund_no_missing": _("no refund number"),
    "type_missing": _("no event type"),
    "bad_amount": _("impossible amount"),
    "bad_quantity": _("impossible quantity"),
    "bad_currency": _("unknown currency"),
    "bad_state": _("unknown state word"),
    "bad_lines": _("lines make no sense"),
    "too_long": _("an identifier is too long"),
    "too_many_lines": _("too many lines"),
    "platform_error": _("the platform answered with an error"),
}

WARNINGS: dict[str, Promise] = {
    "money_inconsistent": _("the amounts do not add up"),
    "total_differs": _("the total does not match its parts"),
    "discount_unexplained": _("a discount nothing explains"),
    "balance_used": _("partly paid from the buyer's balance"),
    "payment_unknown": _("the message does not say what was paid"),
    "payment_contradicts": _("payment state and transactions contradict each other"),
    "paid_date_missing": _("taken as paid by its status, without a payment date"),
    "paid_while_pending": _("a payment date on an unpaid order"),
    "pay_type_missing": _("no payment type"),
    "edited_total": _("the order grew after it was made"),
    "currency_missing": _("no currency"),
    "currency_contradicts": _("amounts in different currencies"),
    "sku_missing": _("no merchant code"),
    "price_missing": _("no price"),
    "fractional_quantity": _("a fraction of a unit"),
    "zero_quantity": _("a line without units"),
    "negative_line": _("a line below zero"),
    "line_closed": _("a line was taken out before payment"),
    "line_refunded": _("a line was refunded"),
    "line_part_refunded": _("part of a line's money went back"),
    "line_reduced": _("fewer units than first ordered"),
    "refund_refused": _("the seller refused a refund"),
    "refunded_line": _("one of the refunded lines"),
    "refund_unclear": _("which units were refunded is not said"),
    "masked_without_oaid": _("masked receiver without OAID"),
    "no_receiver": _("no receiver"),
    "no_shipping_address": _("only a billing address"),
    "no_lines": _("no lines"),
    "bundle_opened": _("a bundle was opened into its parts"),
    "bundle_whole": _("a bundle ships as one"),
    "platform_warehouse": _("ships from the platform's own warehouse"),
    "unknown_status": _("a status we do not know"),
    "test_order": _("test order"),
    "test_payment": _("paid in test mode"),
    "order_deleted": _("the shop deleted the order"),
    "not_an_order": _("not an order"),
    "hint_only": _("only a hint, to be fetched"),
    "bad_time": _("an unreadable time"),
    "text_cut": _("a text was cut"),
    "trailing_comma": _("not strict JSON"),
    "repeated_key": _("a name given twice"),
}


def explain(code: str) -> Promise | str:
    """Words for a refusal or warning; `code: detail` texts are accepted. The code itself when it is not known."""
    bare = code.partition(":")[0]
    return REFUSALS.get(bare) or WARNINGS.get(bare) or bare
