"""Carriers' names in the systems that speak of them.

Sources: 快递100 company codes (apifox project-514987), 快递鸟 / 菜鸟 company codes (doc-2283185), both partly recalled.
"""

# 快递100 "com" -> our carrier code
_KUAIDI100 = {
    "shunfeng": "SF",
    "shunfengkuaiyun": "SF",
    "zhongtong": "ZTO",
    "yuantong": "YTO",
    "shentong": "STO",
    "yunda": "YUNDA",
    "jtexpress": "JTSD",
    "huitongkuaidi": "HTKY",
    "jd": "JD",
    "ems": "EMS",
    "debangwuliu": "DBL",
    "debangkuaidi": "DBL",
    "youzhengguonei": "YZPY",
    "youshuwuliu": "UC",
    "zhaijisong": "ZJS",
}
# 快递鸟 "ShipperCode" -> ours, where they differ
_KDNIAO = {"YD": "YUNDA"}


def from_kuaidi100(com: str) -> str:
    """Our code, or their word when we do not know the company."""
    return _KUAIDI100.get(com.lower(), com)


def from_kdniao(shipper: str) -> str:
    """Our code, or their word when we do not know the company."""
    return _KDNIAO.get(shipper.upper(), shipper.upper())
