"""What the demo business is made of: invented goods, warehouses, carriers, shops, people. Deterministic."""

from dataclasses import dataclass
from typing import Any

# The role is also the group; the demo password is the same for all and shown by `make run`.
DEMO_PASSWORD = "onerope-demo"  # noqa: S105
DEMO_USERS = [
    ("ops", "运营 小陈"),
    ("cs", "客服 小林"),
    ("picker", "拣货 阿强"),
    ("packer", "打包 阿芳"),
    ("master", "主数据 小周"),
    ("finance", "财务 王姐"),
    ("admin", "管理员"),
]

# code, name, province, city, district, street, temperatures, hazardous, handling fen
WAREHOUSES = [
    ("SZ", "深圳仓", "广东省", "深圳市", "宝安区", "福海街道物流园 3 栋", ["ambient", "chilled", "frozen"], True, 150),
    ("HZ", "杭州仓", "浙江省", "杭州市", "余杭区", "仓前街道云仓 1 号", ["ambient", "chilled"], False, 140),
    ("TJ", "天津仓", "天津市", "天津市", "武清区", "京津电商园 8 号", ["ambient"], False, 130),
]


@dataclass(frozen=True, slots=True)
class DemoSku:
    """Weight g, cost and price fen."""

    code: str
    name: str
    category: str
    barcode: str
    weight_g: int
    size_mm: tuple[int, int, int]
    cost_fen: int
    price_fen: int
    temperature: str = "ambient"
    hazardous: bool = False
    bulky: bool = False
    fragile: bool = False


def _ean13(number: int) -> str:
    digits = f"690{number:09d}"
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return digits + str(-total % 10)


_GOODS: list[tuple[str, str, str, int, tuple[int, int, int], int, int, dict[str, Any]]] = [
    ("TEE-WHT-M", "纯棉短袖 白 M", "服饰", 180, (280, 220, 25), 1900, 5900, {}),
    ("TEE-BLK-L", "纯棉短袖 黑 L", "服饰", 195, (280, 220, 25), 1900, 5900, {}),
    ("HOODIE-GRY", "连帽卫衣 灰", "服饰", 620, (350, 280, 60), 5200, 15900, {}),
    ("JEANS-32", "直筒牛仔裤 32", "服饰", 780, (340, 260, 50), 6100, 18900, {}),
    ("SOCK-5P", "中筒袜 5 双装", "服饰", 210, (180, 120, 60), 1100, 3900, {}),
    ("CAP-NVY", "棒球帽 藏青", "服饰", 130, (260, 180, 120), 1300, 4900, {}),
    ("EARBUD-A1", "蓝牙耳机 A1", "3C", 160, (110, 80, 45), 6800, 19900, {}),
    ("CABLE-C1M", "快充线 1 米", "3C", 45, (120, 80, 20), 500, 1990, {}),
    ("CHARGER-65", "65W 充电器", "3C", 180, (90, 70, 40), 4200, 12900, {}),
    ("POWERBK-20K", "充电宝 20000mAh", "3C", 420, (150, 75, 30), 6900, 16900, {"hazardous": True}),
    ("KEYBOARD-87", "机械键盘 87 键", "3C", 980, (370, 150, 45), 13900, 32900, {}),
    ("MUG-CER", "陶瓷马克杯", "家居", 380, (130, 100, 105), 900, 3900, {"fragile": True}),
    ("GLASS-SET4", "玻璃杯 4 只装", "家居", 1250, (240, 240, 130), 2600, 8900, {"fragile": True}),
    ("LAMP-DESK", "护眼台灯", "家居", 1450, (380, 190, 110), 6300, 16900, {"fragile": True}),
    ("CHAIR-ERG", "人体工学椅", "家居", 14500, (720, 680, 340), 28000, 69900, {"bulky": True}),
    ("BOTTLE-750", "保温杯 750ml", "家居", 410, (90, 90, 260), 2400, 7900, {}),
    ("MILK-1L6", "鲜牛奶 1L×6", "食品", 6300, (300, 200, 240), 3900, 6990, {"temperature": "chilled"}),
    ("CHEESE-200", "芝士片 200g", "食品", 230, (120, 110, 30), 1200, 2990, {"temperature": "chilled"}),
    ("DUMPL-1K", "手工水饺 1kg", "食品", 1060, (260, 200, 60), 1900, 4290, {"temperature": "frozen"}),
    ("TEA-250", "龙井 250g", "食品", 330, (160, 80, 200), 5200, 16800, {}),
    ("NUTS-500", "混合坚果 500g", "食品", 530, (200, 140, 80), 2700, 6990, {}),
    ("CREAM-50", "保湿面霜 50g", "美妆", 140, (75, 75, 60), 3100, 12900, {"fragile": True}),
    ("SERUM-30", "精华液 30ml", "美妆", 110, (60, 45, 120), 4400, 19900, {"fragile": True}),
    ("DIAPER-L50", "纸尿裤 L 50 片", "母婴", 1900, (400, 220, 260), 5600, 11900, {}),
]
SKUS = [
    DemoSku(code, name, category, _ean13(1000 + i), weight, size, cost, price, **flags)
    for i, (code, name, category, weight, size, cost, price, flags) in enumerate(_GOODS)
]
# bundle code, name, price fen, components
BUNDLES = [
    ("SET-DESK", "桌面焕新套装(键盘+台灯+充电器)", 56900, [("KEYBOARD-87", 1), ("LAMP-DESK", 1), ("CHARGER-65", 1)]),
    ("SET-TEE2", "短袖两件装(黑白)", 9900, [("TEE-WHT-M", 1), ("TEE-BLK-L", 1)]),
]

# title, text, kind of ticket ('' any)
MACROS = [
    ("先安抚", "您好,您的订单 {order_no} 我这边看到了,正在为您核实,请稍等。", ""),
    ("报进度", "您好,{progress}", ""),
    ("催派件", "您好,包裹 {carrier} {waybill_no} 我已联系快递加急派送,有消息第一时间告诉您。", ""),
    ("退款已提交", "您好,退款 {amount} 已提交,原路退回,一般 1–3 个工作日到账。", "refund_only"),
]

# code, name, adapter, base price fen, step fen, hours to a near and a far province
CARRIERS = [
    ("SF", "顺丰速运", "sf", 1300, 300, 24, 48),
    ("ZTO", "中通快递", "cainiao", 480, 150, 48, 84),
    ("YTO", "圆通速递", "cainiao", 450, 160, 50, 90),
]

# platform, code, name, currency
SHOPS = [
    ("taobao", "tb-main", "一股绳淘宝旗舰店", "CNY"),
    ("jd", "jd-main", "一股绳京东自营店", "CNY"),
    ("shopify", "shopify-cn", "OneRope 独立站", "CNY"),
    ("woocommerce", "woo-cn", "一股绳手作站", "CNY"),
    ("douyin", "dy-main", "一股绳抖音小店", "CNY"),
    ("standard", "site-cn", "一股绳官网", "CNY"),
]

PROVINCES = [
    "北京市",
    "天津市",
    "河北省",
    "山西省",
    "内蒙古自治区",
    "辽宁省",
    "吉林省",
    "黑龙江省",
    "上海市",
    "江苏省",
    "浙江省",
    "安徽省",
    "福建省",
    "江西省",
    "山东省",
    "河南省",
    "湖北省",
    "湖南省",
    "广东省",
    "广西壮族自治区",
    "海南省",
    "重庆市",
    "四川省",
    "贵州省",
    "云南省",
    "西藏自治区",
    "陕西省",
    "甘肃省",
    "青海省",
    "宁夏回族自治区",
    "新疆维吾尔自治区",
]
_NEAR = {
    "SZ": {"广东省", "广西壮族自治区", "福建省", "湖南省", "江西省", "海南省"},
    "HZ": {"浙江省", "上海市", "江苏省", "安徽省", "福建省", "江西省"},
    "TJ": {"天津市", "北京市", "河北省", "山东省", "辽宁省", "山西省", "内蒙古自治区"},
}
_REMOTE = {"西藏自治区", "新疆维吾尔自治区", "青海省"}


def rate(warehouse: str, province: str, base_fen: int, step_fen: int, near_h: int, far_h: int) -> tuple[int, int, int]:
    """First price, step price (fen) and hours from a warehouse to a province."""
    if province in _NEAR[warehouse]:
        return base_fen, step_fen, near_h
    if province in _REMOTE:
        return base_fen + 1200, step_fen * 5, far_h + 48
    return base_fen + 180, step_fen * 2, far_h
