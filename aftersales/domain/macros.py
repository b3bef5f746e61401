"""Ready-made replies with variables. Pure."""

import re
from collections.abc import Mapping

VARIABLES = ("order_no", "waybill_no", "carrier", "progress", "amount", "refund_no", "shop", "title")
_VARIABLE = re.compile(r"\{(\w*)\}")


def unknown_variables(text: str) -> set[str]:
    """Names in braces that no ticket can fill in."""
    return {name for name in _VARIABLE.findall(text) if name not in VARIABLES}


def expand(text: str, facts: Mapping[str, str]) -> str:
    """`text` with its variables filled in; one the ticket has no value for becomes a dash, so that a missing
    waybill number cannot leave a sentence that looks complete."""
    return _VARIABLE.sub(lambda match: facts.get(match.group(1)) or "—", text)
