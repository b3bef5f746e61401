"""Invented purchases, and the neutral form every platform's `render` turns into its own real-format message.

All people, phones and house numbers are fictitious; provinces, cities and districts are real divisions so that the
address standardiser and the router have something true to work on. Everything is a pure function of the random source.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from random import Random

from core.money import split
from oms.domain.canonical import RefundKind, RefundStatus


class Stage(StrEnum):
    """How far the buyer's side has come."""

    PENDING = "pending"
    PAID = "paid"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class MessageKind(StrEnum):
    """What a message says; the hook does not need it, tests and the demo's bookkeeping do."""

    ORDER = "order"
    CANCELLATION = "cancellation"
    REFUND = "refund"


def numeric_id(listing_id: str) -> int:
    """The listing id as the number platforms want, or a stable one made from it (at most 12 digits)."""
    if listing_id.isascii() and listing_id.isdecimal():
        return int(listing_id)
    return int(sha256(listing_id.encode()).hexdigest()[:9], 16)


@dataclass(frozen=True, slots=True)
class Sellable:
    """Something a shop lists: `listing_id` is the platform's id of it, `price_minor` one unit's price."""

    sku_code: str
    listing_id: str
    title: str
    price_minor: int


@dataclass(frozen=True, slots=True)
class Buyer:
    buyer_id: str
    name: str
    phone: str
    province: str
    city: str
    district: str
    town: str
    detail: str
    zip: str


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """`discount_minor` is this line's whole discount, its share of order promotions included."""

    line_id: str
    item: Sellable
    qty: int
    discount_minor: int = 0

    @property
    def list_minor(self) -> int:
        return self.item.price_minor * self.qty

    @property
    def net_minor(self) -> int:
        return self.list_minor - self.discount_minor


@dataclass(frozen=True, slots=True)
class RefundAsk:
    """A refund or return application over one line."""

    refund_no: str
    line_id: str
    qty: int
    amount_minor: int
    kind: RefundKind
    status: RefundStatus
    reason: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """One order as its shop knows it. With `refund` set it renders as a refund message, else as an order message."""

    order_no: str
    buyer: Buyer
    lines: tuple[PurchaseLine, ...]
    currency: str
    freight_minor: int
    created_at: datetime
    modified_at: datetime
    paid_at: datetime | None
    stage: Stage = Stage.PAID
    note: str = ""
    refund: RefundAsk | None = None

    @property
    def total_minor(self) -> int:
        """What the buyer pays: lines after discounts, plus freight."""
        return sum(line.net_minor for line in self.lines) + self.freight_minor


@dataclass(frozen=True, slots=True)
class Message:
    """A real-format body ready to be signed. `delivery_id` stays the same on every retry of this message."""

    kind: MessageKind
    topic: str
    order_no: str
    delivery_id: str
    body: bytes


_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = (
    "晓雨",
    "子涵",
    "志远",
    "佳怡",
    "浩然",
    "梦琪",
    "建国",
    "秀英",
    "宇航",
    "思源",
    "丽娟",
    "文博",
    "欣妍",
    "俊杰",
    "雅婷",
)
# (province, city, district, town, road, zip)
_PLACES = (
    ("北京", "北京市", "朝阳区", "望京街道", "阜通东大街", "100102"),
    ("上海", "上海市", "浦东新区", "张江镇", "祖冲之路", "201203"),
    ("天津", "天津市", "南开区", "万兴街道", "白堤路", "300190"),
    ("重庆", "重庆市", "渝中区", "解放碑街道", "邹容路", "400010"),
    ("广东省", "广州市", "海珠区", "赤岗街道", "新港中路", "510220"),
    ("广东省", "深圳市", "南山区", "粤海街道", "科苑路", "518057"),
    ("广东省", "东莞市", "", "长安镇", "振安中路", "523850"),
    ("浙江省", "杭州市", "余杭区", "仓前街道", "文一西路", "311121"),
    ("浙江省", "宁波市", "鄞州区", "钟公庙街道", "天童南路", "315100"),
    ("江苏省", "南京市", "玄武区", "新街口街道", "珠江路", "210018"),
    ("江苏省", "苏州市", "昆山市", "玉山镇", "前进中路", "215300"),
    ("四川省", "成都市", "武侯区", "桂溪街道", "天府大道", "610041"),
    ("湖北省", "武汉市", "洪山区", "关山街道", "珞喻路", "430074"),
    ("湖南省", "长沙市", "岳麓区", "麓谷街道", "麓谷大道", "410205"),
    ("陕西省", "西安市", "雁塔区", "小寨路街道", "长安中路", "710061"),
    ("山东省", "青岛市", "崂山区", "中韩街道", "香港东路", "266061"),
    ("河南省", "郑州市", "金水区", "文化路街道", "花园路", "450003"),
    ("福建省", "厦门市", "思明区", "莲前街道", "软件园二期", "361008"),
    ("辽宁省", "沈阳市", "和平区", "南湖街道", "文化路", "110003"),
    ("云南省", "昆明市", "盘龙区", "联盟街道", "北京路", "650224"),
    ("新疆维吾尔自治区", "乌鲁木齐市", "天山区", "新华南路街道", "新华南路", "830002"),
    ("内蒙古自治区", "呼和浩特市", "赛罕区", "大学西路街道", "大学西街", "010020"),
)
_NOTES = ("", "", "", "", "请尽快发货", "工作日送货", "不要放快递柜", "送人的,麻烦包装好一点")
_REASONS = ("不想要了", "拍错了", "尺码不合适", "商品有破损", "发货太慢")


def invent_buyer(rng: Random) -> Buyer:
    """A fictitious person at a fictitious number of a real street."""
    province, city, district, town, road, zip_code = rng.choice(_PLACES)
    # 199 numbers starting 1990000 are handed out to nobody; the rest varies so that blind indexes differ.
    phone = f"1990000{rng.randrange(10_000):04d}"
    detail = f"{road}{rng.randrange(1, 900)}号{rng.randrange(1, 30)}栋{rng.randrange(101, 2900)}室"
    name = rng.choice(_SURNAMES) + rng.choice(_GIVEN)
    return Buyer(f"buyer{rng.randrange(10**9):09d}", name, phone, province, city, district, town, detail, zip_code)


def invent(
    rng: Random,
    items: Sequence[Sellable],
    at: datetime,
    *,
    currency: str = "CNY",
    paid: bool = True,
    max_lines: int = 4,
    max_qty: int = 3,
) -> Purchase:
    """A purchase of one to `max_lines` different `items`, paid a minute after it was made at `at`.

    Half of them carry an order discount, apportioned to the lines to the fen; a third pay freight.
    """
    chosen = rng.sample(list(items), k=min(len(items), rng.choices(range(1, max_lines + 1), _line_odds(max_lines))[0]))
    order_no = f"{rng.randrange(10**17, 10**18)}"
    quantities = [rng.choices(range(1, max_qty + 1), [6, *[1] * (max_qty - 1)])[0] for _ in chosen]
    gross = [item.price_minor * qty for item, qty in zip(chosen, quantities, strict=True)]
    discount = min(sum(gross) // 2, sum(gross) * rng.choice((5, 8, 12)) // 100 + rng.randrange(100))
    shares = split(discount if rng.random() < 0.5 else 0, gross)
    lines = tuple(
        PurchaseLine(str(int(order_no) + index), item, qty, share)
        for index, (item, qty, share) in enumerate(zip(chosen, quantities, shares, strict=True), start=1)
    )
    paid_at = at + timedelta(minutes=1) if paid else None
    return Purchase(
        order_no=order_no,
        buyer=invent_buyer(rng),
        lines=lines,
        currency=currency,
        freight_minor=rng.choice((0, 0, 600)),
        created_at=at,
        modified_at=paid_at or at,
        paid_at=paid_at,
        stage=Stage.PAID if paid else Stage.PENDING,
        note=rng.choice(_NOTES),
    )


def _line_odds(max_lines: int) -> list[int]:
    return [2 ** (max_lines - index) for index in range(max_lines)]


def pay(purchase: Purchase, at: datetime) -> Purchase:
    """The buyer paid at `at`."""
    return replace(purchase, stage=Stage.PAID, paid_at=at, modified_at=at)


def amend(rng: Random, purchase: Purchase, at: datetime) -> Purchase:
    """The same order changed: a new address, or another quantity of one line (its discount scaled down or kept)."""
    if rng.random() < 0.5:
        return replace(purchase, buyer=replace(invent_buyer(rng), buyer_id=purchase.buyer.buyer_id), modified_at=at)
    index = rng.randrange(len(purchase.lines))
    old = purchase.lines[index]
    qty = old.qty - 1 if old.qty > 1 and rng.random() < 0.5 else old.qty + 1
    changed = replace(old, qty=qty, discount_minor=min(old.discount_minor, old.item.price_minor * qty))
    lines = (*purchase.lines[:index], changed, *purchase.lines[index + 1 :])
    return replace(purchase, lines=lines, modified_at=at)


def cancel(purchase: Purchase, at: datetime) -> Purchase:
    """The order is off before it shipped."""
    return replace(purchase, stage=Stage.CANCELLED, modified_at=at)


def ask_refund(
    rng: Random,
    purchase: Purchase,
    at: datetime,
    *,
    kind: RefundKind = RefundKind.REFUND_ONLY,
    status: RefundStatus = RefundStatus.REQUESTED,
) -> Purchase:
    """A refund or return of one whole line; call again with another `status` on the result to move it along."""
    if purchase.refund:
        return replace(purchase, refund=replace(purchase.refund, status=status), modified_at=at)
    line = rng.choice(purchase.lines)
    number = str(int(purchase.order_no) * 10 + rng.randrange(10))
    ask = RefundAsk(number, line.line_id, line.qty, line.net_minor, kind, status, rng.choice(_REASONS))
    return replace(purchase, refund=ask, modified_at=at)
