"""What a scan says in words, for the many scans that carry no code.

Only plain statements count; whatever is unclear is the caller's default. The carrier's own state or code always goes
before these words, so a wrong reading can never announce a delivery.
"""

import re

from fulfillment.domain.carriage import TrackStatus

# Order matters: the first that matches decides ("派件异常，客户拒收" is no delivery, "请您准备签收" is none either).
_PHRASES = [
    (TrackStatus.RETURNED, r"退回.{0,6}(已签收|妥投)|退件.{0,4}签收|退货签收"),
    (TrackStatus.RETURNING, r"退回|退件|退货途中|正在退"),
    (
        TrackStatus.EXCEPTION,
        r"异常|问题件|拒收|拒签|拒绝签收|无法联系|联系不上|(派送|投递|派件)(不成功|失败|未成功)|未妥投|破损|丢失|超区|滞留|扣件|超时未取",
    ),
    (TrackStatus.OUT_FOR_DELIVERY, r"(准备|等待|待|即将|未)(您|收件人)?签收"),
    (
        TrackStatus.AT_LOCKER,
        r"(放入|存入|投入|投递至|送达|送至|暂存|存放|到达).{0,16}(快递柜|丰巢|自提柜|智能柜|驿站|代收点|便利店|自提点)"
        r"|(快递柜|丰巢|自提柜|智能柜|驿站|代收点|便利店|自提点).{0,8}(待取|等待取件|凭取件码)",
    ),
    (TrackStatus.DELIVERED, r"签收|妥投|已(被)?取走|客户已取件"),
    (TrackStatus.PICKED_UP, r"揽收|揽件|揽件扫描|已收取|已收件|收件扫描|收寄|取件成功|已取件|上门取件"),
    (
        TrackStatus.OUT_FOR_DELIVERY,
        r"(正在|开始|安排|进行|准备)(为您)?(派送|派件|投递|配送)|派件中|派送中|派送途中|派件扫描|派件员|派送员|投递员|配送员",
    ),
    (TrackStatus.CREATED, r"已下单|待揽收|待揽件|已接单|订单已创建"),
]
_COMPILED = [(status, re.compile(pattern)) for status, pattern in _PHRASES]


def status_of(words: str, default: TrackStatus) -> TrackStatus:
    """The status a scan's text states, else `default`."""
    return next((status for status, pattern in _COMPILED if pattern.search(words)), default)
