"""顺丰's route operation codes.

Seen in real routes: 54 50 30 36 31 3036 44 204 33 70 80 8000, and 18 14 607 130 627 626 123 in the BSP manual's own
example. The rest is recalled and marked so; a code that is not here is read by its words or stays unknown.
"""

from fulfillment.domain.carriage import TrackStatus

OPCODES = {
    "54": TrackStatus.PICKED_UP,  # 上门收取
    "50": TrackStatus.PICKED_UP,  # 已收件
    "30": TrackStatus.IN_TRANSIT,  # 装车
    "36": TrackStatus.IN_TRANSIT,  # 发车
    "31": TrackStatus.IN_TRANSIT,  # 到达
    "3036": TrackStatus.IN_TRANSIT,  # 准备送往下一站
    "123": TrackStatus.IN_TRANSIT,  # 准备送往便利店
    "607": TrackStatus.IN_TRANSIT,  # 代理收件
    "626": TrackStatus.IN_TRANSIT,  # 转寄
    "627": TrackStatus.IN_TRANSIT,
    "18": TrackStatus.IN_TRANSIT,  # 海关扣件: held for clearance, released by 14
    "14": TrackStatus.IN_TRANSIT,
    "44": TrackStatus.OUT_FOR_DELIVERY,
    "204": TrackStatus.OUT_FOR_DELIVERY,  # 交给派件员
    "130": TrackStatus.AT_LOCKER,  # 到达便利店
    "33": TrackStatus.EXCEPTION,  # 派件异常
    "70": TrackStatus.EXCEPTION,  # 派件不成功
    "80": TrackStatus.DELIVERED,
    "8000": TrackStatus.DELIVERED,  # 签收图可查: may come alone or after 80
    # recalled
    "10": TrackStatus.IN_TRANSIT,
    "11": TrackStatus.IN_TRANSIT,
    "12": TrackStatus.IN_TRANSIT,
    "99": TrackStatus.IN_TRANSIT,  # 转寄
    "125": TrackStatus.AT_LOCKER,  # 快递柜投递
    "648": TrackStatus.RETURNING,  # 退回
    "631": TrackStatus.RETURNING,  # 新单退回
}
