"""What pages say of orders by code."""

from collections.abc import Iterable

from django import template

from oms.choices import PAY_STATE, STEP, in_words
from oms.domain.canonical import OrderState
from oms.domain.status import Step

register = template.Library()
register.filter("in_words", in_words)


@register.filter
def pay_label(state: str) -> str:
    return str(PAY_STATE[OrderState(state)])


@register.filter
def steps(blocks: Iterable[str]) -> str:
    """The steps that a hold keeps from happening."""
    return "、".join(str(STEP[Step(step)]) for step in blocks)
