"""What is said to buyers, in the buyer's language (which is not the desk's: it is part of the product, not of the
interface). Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

DEFAULT_LANGUAGE = "zh"

PHRASES: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "unpaid": "订单还没有付款,付款后我们马上为您安排。",
        "cancelled": "订单已取消,不会再发货。",
        "checking": "订单正在人工核对,核对好就安排发货。",
        "checking_address": "您的收货地址需要再确认一下,确认好就安排发货。",
        "paused": "您申请了退款,我们先暂停发货,等退款处理完再继续。",
        "short": "您要的商品暂时缺货,我们正在补货,到货后第一时间为您发出。",
        "waiting": "订单已付款,正在等平台放行,放行后马上安排。",
        "ready": "订单已付款,正在为您安排仓库。",
        "reserved": "商品已经为您留好,正在排队配货。",
        "picking": "仓库正在为您配货。",
        "packed": "包裹已经打包好,正等快递取件。",
        "promise": "最晚{time}前发出。",
        "promise_late": "已经超过承诺的发货时间({time}),非常抱歉,我们正在加急处理。",
        "shipped": "{carrier} {no} 已于{time}交给快递,等快递揽收后就能看到物流。",
        "picked_up": "{carrier} {no} 已于{time}由快递揽收。",
        "in_transit": "{carrier} {no} 正在运输途中,最新位置:{place}({time})。",
        "in_transit_nowhere": "{carrier} {no} 正在运输途中({time}更新)。",
        "out_for_delivery": "{carrier} {no} 正在派送,请保持电话畅通。",
        "at_locker": "{carrier} {no} 已于{time}到达驿站或快递柜,等您来取。",
        "delivered": "{carrier} {no} 已于{time}送达。",
        "exception": "{carrier} {no} 在运输途中遇到异常({time}),我们已经在联系快递处理,有结果马上告诉您。",
        "returning": "{carrier} {no} 没有派送成功,正在退回仓库,我们会尽快联系您重新安排。",
        "returned": "{carrier} {no} 已退回仓库,我们会尽快联系您重新安排。",
        "eta": "预计{time}前送达。",
        "several": "您的订单分 {n} 个包裹发出:",
        "rest": "其余商品还在仓库:",
        "refund_requested": "您的退款申请({amount})我们已经收到,正在处理。",
        "refund_approved": "退款 {amount} 已经同意,正在等平台打款,一般会原路退回。",
        "refund_succeeded": "退款 {amount} 已于{time}原路退回,到账时间以您的支付渠道为准。",
        "nothing": "订单没有需要寄出的商品。",
    },
    "en": {
        "unpaid": "The order has not been paid yet; we start as soon as it is.",
        "cancelled": "The order is cancelled and will not be shipped.",
        "checking": "We are checking the order by hand and will ship it right after.",
        "checking_address": "We need to confirm your address and will ship right after.",
        "paused": "You asked for a refund, so we have stopped the shipment until that is settled.",
        "short": "What you ordered is out of stock for the moment; we ship it as soon as the next delivery arrives.",
        "waiting": "The order is paid; we start as soon as the platform releases it.",
        "ready": "The order is paid and is being assigned to a warehouse.",
        "reserved": "Your goods are set aside and queue for picking.",
        "picking": "The warehouse is picking your goods.",
        "packed": "Your parcel is packed and waits for the courier.",
        "promise": "It ships by {time} at the latest.",
        "promise_late": "We promised to ship by {time} and are late. We are sorry and have put it first in line.",
        "shipped": "{carrier} {no} was handed over on {time}; tracking shows up once the courier has scanned it.",
        "picked_up": "{carrier} {no} was picked up by the courier on {time}.",
        "in_transit": "{carrier} {no} is on its way, last seen at {place} ({time}).",
        "in_transit_nowhere": "{carrier} {no} is on its way (updated {time}).",
        "out_for_delivery": "{carrier} {no} is out for delivery; please keep your phone at hand.",
        "at_locker": "{carrier} {no} has been waiting for you at the pick-up point since {time}.",
        "delivered": "{carrier} {no} was delivered on {time}.",
        "exception": "{carrier} {no} ran into a problem on its way ({time}); we asked the carrier and will tell you.",
        "returning": "{carrier} {no} could not be delivered and is on its way back; we will contact you.",
        "returned": "{carrier} {no} has come back to us; we will contact you.",
        "eta": "Delivery is expected by {time}.",
        "several": "Your order ships in {n} parcels:",
        "rest": "The rest is still in the warehouse:",
        "refund_requested": "We have received your request for a refund of {amount} and are working on it.",
        "refund_approved": "Your refund of {amount} is agreed; the platform pays it back the way you paid.",
        "refund_succeeded": "Your refund of {amount} was paid back on {time}; your bank decides when it shows up.",
        "nothing": "There is nothing to ship in this order.",
    },
}
_DAYS = {"zh": ("今天", "明天", "昨天"), "en": ("today", "tomorrow", "yesterday")}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def say(language: str, key: str, **values: str) -> str:
    """One sentence. An unknown language is answered in Chinese."""
    return PHRASES.get(language, PHRASES[DEFAULT_LANGUAGE])[key].format(**values)


def when(language: str, moment: datetime, now: datetime, zone: tzinfo) -> str:
    """A time as people say it: 今天 20:00, 明天 09:30, 11月13日 20:00."""
    there, today = moment.astimezone(zone), now.astimezone(zone).date()
    clock = f"{there:%H:%M}"
    today_, tomorrow, yesterday = _DAYS.get(language, _DAYS[DEFAULT_LANGUAGE])
    near = {today: today_, today + timedelta(days=1): tomorrow, today - timedelta(days=1): yesterday}
    if there.date() in near:
        return f"{near[there.date()]} {clock}"
    if language == "en":
        return f"{there.day} {_MONTHS[there.month - 1]} {clock}"
    return f"{there.month}月{there.day}日 {clock}"
