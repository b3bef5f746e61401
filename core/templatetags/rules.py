"""Rules and their traces in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from core import vocabulary
from core.web.rule_words import Said, say

register = template.Library()


@register.filter
def said(conditions: Iterable[Mapping[str, Any]], kind: str) -> list[Said]:
    """`conditions` of a rule of `kind`, or of a trace, as people say them."""
    return say(vocabulary.get(kind), conditions)
