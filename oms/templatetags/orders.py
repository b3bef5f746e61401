"""What pages say of orders by code."""

from django import template

from oms.choices import PAY_STATE, in_words
from oms.domain.canonical import OrderState

register = template.Library()
register.filter("in_words", in_words)


@register.filter
def pay_label(state: str) -> str:
    return str(PAY_STATE[OrderState(state)])
