"""Finding orders and refunds inside JD's envelopes, and one spelling for its two vocabularies.

New answers are camelCase under `…_responce` (sic), old ones snake_case under `…_response`; relays strip either.
"""

import re
from collections.abc import Iterator
from typing import Any

from core.errors import Unreadable
from integrations.channels.fields import Row, first, mapping, rows, text

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WRAPPERS = (
    "searchorderinfo_result",
    "searchorderinfoResult",
    "order_search",
    "orderDetailInfo",
    "order_detail_info",
    "order_get",
    "order",
    "result",
    "queryResult",
    "query_result",
    "refundApplyResponse",
    "refundApplyVo",
)
_LISTS = ("orderInfoList", "order_info_list")
_ORDER_WORDS = {"order_state", "item_info_list", "consignee_info", "order_payment", "pay_type", "order_total_price"}


def snake(row: Row) -> dict[str, Any]:
    """The row with every name in snake_case; where both spellings are present the one with text wins."""
    made: dict[str, Any] = {}
    for name, value in row.items():
        key = _HUMP.sub("_", name).lower()
        if key not in made or (value not in (None, "", [], {}) and made[key] in (None, "", [], {})):
            made[key] = value
    return made


def unwrap(value: Any) -> Iterator[dict[str, Any]]:
    """Each order or refund application, in snake_case; raises Unreadable `platform_error` for JD's error answers."""
    if isinstance(value, list):
        for entry in value:
            yield from unwrap(entry)
        return
    node = mapping(value)
    _refuse_errors(node)
    plain = snake(node)
    if is_refund(plain) or _is_order(plain):
        yield plain
        return
    for name in _LISTS:
        for row in rows(node.get(name), "order_info"):
            yield snake(row)
    for name in ("orderInfo", "order_info"):
        for row in rows(node.get(name)):
            # coupons stand beside the order in 360buy.order.get, inside it everywhere else
            beside = {"coupon_detail_list": node["coupon_detail_list"]} if "coupon_detail_list" in node else {}
            yield {**beside, **snake(row)}
    for name, inner in node.items():
        if name.endswith(("_responce", "_response")) or name in _WRAPPERS:
            yield from unwrap(inner)


def is_refund(row: Row) -> bool:
    """A refund application or after-sales form: it names an order and says what was asked for."""
    return "order_id" in row and bool({"apply_refund_sum", "apply_time", "afs_service_id"} & row.keys())


def _is_order(row: Row) -> bool:
    return ("order_id" in row and "order_info" not in row) or bool(_ORDER_WORDS & row.keys())


def _refuse_errors(node: Row) -> None:
    error = mapping(node.get("error_response"))
    if error:
        raise Unreadable(f"JD answered with error {first(error, 'code')}", code="platform_error")
    result = mapping(node.get("apiResult") or node.get("api_result"))
    if text(result.get("success")).lower() == "false" or result.get("success") is False:
        raise Unreadable(f"JD answered with error {first(result, 'numberCode')}", code="platform_error")
