"""What a buyer is told about an order, from its events alone."""

from datetime import UTC, datetime, timedelta
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from aftersales.domain import macros
from aftersales.domain.phrases import PHRASES, when
from aftersales.domain.progress import News, Told, Voice, gather, sentences

NOW = datetime(2026, 11, 11, 4, tzinfo=UTC)  # noon in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")
SHIP_BY = (NOW + timedelta(hours=30)).isoformat()


def captured(pay_state="paid", shippable=True, ship_by=SHIP_BY, ships=True):
    order = {"pay_state": pay_state, "ship_by": ship_by, "shippable": shippable}
    return ("oms.order_captured", {"order": order, "lines": [{"requires_shipping": ships}]})


def allocated(*ids):
    return ("oms.order_allocated", {"suborders": [{"id": pk} for pk in ids]})


def moved(pk, to):
    return ("oms.suborder_moved", {"suborder_id": pk, "to": to})


def shipped(pk, no="SF1"):
    return ("oms.suborder_shipped", {"suborder_id": pk, "parcels": [{"carrier": "SF", "waybill_no": no}]})


def refund(status, amount=1250):
    return ("oms.refund_reported", {"refund_no": "R1", "status": status, "amount_minor": amount, "modified_at": None})


def tell(*events, news=(), now=NOW, language="zh"):
    log = [Told(kind, payload, (NOW - timedelta(hours=1)).isoformat()) for kind, payload in events]
    voice = Voice(language, now, SHANGHAI, {"SF": "顺丰"}, lambda minor: f"¥{minor / 100:.2f}")
    return sentences(gather(log, news), voice)


PROMISE = "最晚明天 18:00前发出。"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([captured("pending", shippable=False)], ["订单还没有付款,付款后我们马上为您安排。"]),
        ([captured(shippable=False)], ["订单已付款,正在等平台放行,放行后马上安排。"]),
        ([captured()], ["订单已付款,正在为您安排仓库。", PROMISE]),
        ([captured(ships=False)], ["订单没有需要寄出的商品。"]),
        ([captured(), ("oms.order_backordered", {"shortages": {"1": 2}})],
         ["您要的商品暂时缺货,我们正在补货,到货后第一时间为您发出。"]),
        ([captured(), allocated(1)], ["商品已经为您留好,正在排队配货。", PROMISE]),
        ([captured(), allocated(1), moved(1, "waved")], ["仓库正在为您配货。", PROMISE]),
        ([captured(), allocated(1), moved(1, "packed")], ["包裹已经打包好,正等快递取件。", PROMISE]),
        ([captured(), allocated(1), ("oms.suborder_cancelled", {"suborder_id": 1}),
          ("oms.order_cancelled", {"reason": "x"})], ["订单已取消,不会再发货。"]),
        ([captured(), allocated(1), shipped(1)], ["顺丰 SF1 已于今天 11:00交给快递,等快递揽收后就能看到物流。"]),
    ],
)  # fmt: skip
def test_each_standing_has_its_sentence(events, expected):
    assert tell(*events) == expected


def test_a_risk_hold_is_never_explained_but_an_address_is_asked_for():
    held = ("oms.hold_opened", {"seq": 1, "reason": "blacklist"})
    assert tell(captured(), held) == ["订单正在人工核对,核对好就安排发货。", PROMISE]
    address = ("oms.hold_opened", {"seq": 2, "reason": "address"})
    assert tell(captured(), held, address)[0] == "您的收货地址需要再确认一下,确认好就安排发货。"
    refund = ("oms.hold_opened", {"seq": 3, "reason": "refund_requested"})
    assert tell(captured(), held, refund) == [
        "您申请了退款,我们先暂停发货,等退款处理完再继续。"
    ]  # and no day is promised
    released = [("oms.hold_released", {"seq": seq}) for seq in (1, 2)]
    assert tell(captured(), held, address, *released)[0] == "订单已付款,正在为您安排仓库。"


def test_a_broken_promise_is_admitted():
    late = NOW + timedelta(hours=31)
    assert tell(captured(), allocated(1), now=late)[1] == (
        "已经超过承诺的发货时间(今天 18:00),非常抱歉,我们正在加急处理。"
    )


def test_two_parcels_are_told_apart_and_the_rest_is_not_forgotten():
    assert tell(captured(), allocated(1, 2, 3), shipped(1, "SF1"), shipped(2, "SF2")) == [
        "您的订单分 2 个包裹发出:",
        "顺丰 SF1 已于今天 11:00交给快递,等快递揽收后就能看到物流。",
        "顺丰 SF2 已于今天 11:00交给快递,等快递揽收后就能看到物流。",
        "其余商品还在仓库:",
        "商品已经为您留好,正在排队配货。",
        PROMISE,
    ]


@pytest.mark.parametrize(
    ("status", "place", "expected"),
    [
        ("picked_up", "", "顺丰 SF1 已于今天 11:30由快递揽收。"),
        ("in_transit", "深圳转运中心", "顺丰 SF1 正在运输途中,最新位置:深圳转运中心(今天 11:30)。"),
        ("in_transit", "", "顺丰 SF1 正在运输途中(今天 11:30更新)。"),
        ("delivered", "", "顺丰 SF1 已于今天 11:30送达。"),
        ("exception", "", "顺丰 SF1 在运输途中遇到异常(今天 11:30),我们已经在联系快递处理,有结果马上告诉您。"),
        ("unknown", "", "顺丰 SF1 已于今天 11:00交给快递,等快递揽收后就能看到物流。"),
    ],
)
def test_the_carriers_news_speaks_once_the_parcel_has_left(status, place, expected):
    news = [News(1, "SF1", "SF", status, NOW - timedelta(minutes=30), place)]
    assert tell(captured(), allocated(1), shipped(1), news=news) == [expected]
    assert tell(captured(), allocated(1), news=news)[0] == "商品已经为您留好,正在排队配货。"


def test_the_expected_day_is_said_while_it_still_lies_ahead():
    news = [News(1, "SF1", "SF", "in_transit", NOW, "东莞", eta=NOW + timedelta(days=3))]
    assert tell(captured(), allocated(1), shipped(1), news=news)[1] == "预计11月14日 12:00前送达。"
    assert len(tell(captured(), allocated(1), shipped(1), news=news, now=NOW + timedelta(days=4))) == 1


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("requested", "您的退款申请(¥12.50)我们已经收到,正在处理。"),
        ("approved", "退款 ¥12.50 已经同意,正在等平台打款,一般会原路退回。"),
        ("succeeded", "退款 ¥12.50 已于今天 11:00原路退回,到账时间以您的支付渠道为准。"),
    ],
)
def test_refunds_are_told_after_the_goods(status, expected):
    assert tell(captured(), refund(status))[-1] == expected


def test_a_refused_refund_is_for_a_person_to_explain():
    assert tell(captured(), refund("rejected")) == tell(captured())


def test_every_language_says_everything_with_the_same_variables():
    def variables(text):
        return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}

    for language, phrases in PHRASES.items():
        assert phrases.keys() == PHRASES["zh"].keys(), language
        for key, text in phrases.items():
            assert variables(text) == variables(PHRASES["zh"][key]), (language, key)


def test_english_buyers_are_answered_in_english():
    assert tell(captured(), allocated(1), language="en") == [
        "Your goods are set aside and queue for picking.",
        "It ships by tomorrow 18:00 at the latest.",
    ]
    assert when("en", NOW + timedelta(days=9), NOW, SHANGHAI) == "20 Nov 12:00"


def test_macros_fill_in_what_is_known_and_show_what_is_not():
    text = macros.expand("订单 {order_no}:{progress} 单号 {waybill_no}", {"order_no": "T1", "progress": "已发货。"})
    assert text == "订单 T1:已发货。 单号 —"
    assert macros.unknown_variables("{order_no} {phone}") == {"phone"}
