"""快递鸟's states: `State` (basic), `StateEx` and a scan's `Action` (detailed) share one table.

Source: apifox docs-site/2538027 doc-2283185 and public SDKs for the codes above 412. 201 means "arrived in the city"
here and "overdue" at 快递100: the tables must never be shared.
"""

from fulfillment.domain.carriage import TrackStatus

_PROBLEMS = ("4", *(str(code) for code in (*range(401, 406), *range(412, 424))))
STATES = {
    "0": TrackStatus.CREATED,  # 暂无轨迹
    "10": TrackStatus.CREATED,  # 待揽件
    "1": TrackStatus.PICKED_UP,
    "2": TrackStatus.IN_TRANSIT,
    "201": TrackStatus.IN_TRANSIT,  # 到达派件城市
    "202": TrackStatus.OUT_FOR_DELIVERY,
    "204": TrackStatus.IN_TRANSIT,  # 到达转运中心
    "205": TrackStatus.IN_TRANSIT,  # 到达派件网点
    "206": TrackStatus.IN_TRANSIT,  # 寄件网点发件
    "211": TrackStatus.AT_LOCKER,
    "3": TrackStatus.DELIVERED,
    "301": TrackStatus.DELIVERED,
    "302": TrackStatus.DELIVERED,  # 派件异常后最终签收
    "304": TrackStatus.DELIVERED,  # 代收签收
    "311": TrackStatus.DELIVERED,  # 快递柜或驿站签收
    **dict.fromkeys(_PROBLEMS, TrackStatus.EXCEPTION),
    "406": TrackStatus.RETURNED,  # 退货签收
    "407": TrackStatus.RETURNING,  # 退货未签收
    "5": TrackStatus.IN_TRANSIT,  # 转寄
    "6": TrackStatus.IN_TRANSIT,  # 清关
    "601": TrackStatus.IN_TRANSIT,
    "602": TrackStatus.IN_TRANSIT,
    "603": TrackStatus.IN_TRANSIT,
    "604": TrackStatus.EXCEPTION,  # 清关异常
}


def status(code: str) -> TrackStatus:
    return STATES.get(code, TrackStatus.UNKNOWN)


def finest(basic: str, detailed: str) -> str:
    """The detailed code when it is known and belongs to the basic state, else the basic one."""
    fits = not basic or detailed[:1] == basic[:1]
    return detailed if detailed in STATES and fits else basic or detailed
