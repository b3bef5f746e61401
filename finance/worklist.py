"""What bills and orders do not agree on."""

from django.utils.translation import gettext_lazy as _

from core.templatetags.onerope import money
from core.worklist import Kind, Reason, Step, register
from finance.choices import CAUSE, REASON
from finance.services import differences

_WORDS = {str(code): label for code, label in REASON}
_DAY = 24 * 60


def _in_words(detail: str) -> str:
    code, currency, minor = detail.split()
    return f"{_WORDS.get(code, code)} {money(int(minor), currency)}"


register(
    Kind(
        number=24, name="difference", permission="finance_view", page="finance:differences", query="q",
        sql="""SELECT d.id, 'difference_' || d.cause, d.order_id, coalesce(nullif(d.order_ref, ''), '#' || d.id),
                      d.reason || ' ' || d.currency || ' ' || d.gain_minor, t.shop_id,
                      NULL::bigint, d.owner, d.found_at, NULL::bigint
                 FROM finance_difference d JOIN finance_statement t ON t.id = d.statement_id WHERE d.state = 'open'""",
        reasons=[
            Reason(f"difference_{cause}", label, Step.SETTLE, 3 * _DAY,
                   _("Find the cause, then write it off or hand it to customer service"))
            for cause, label in CAUSE
        ],
        says=_in_words,
        give=differences.assign,
    )
)  # fmt: skip
