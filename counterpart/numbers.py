"""Waybill numbers as the carriers make them, and the routing that stands on their labels."""

from hashlib import sha256

# prefix and number of digits after it
_SHAPES = {
    "SF": ("SF", 13),
    "YTO": ("YT", 13),
    "ZTO": ("78", 12),
    "STO": ("77", 13),
    "YUNDA": ("43", 13),
    "JTSD": ("JT", 13),
    "JD": ("JDVB", 11),
    "EMS": ("12", 11),
    "DBL": ("DPK", 12),
}
_AREA_CODES = {
    "北京市": "010", "上海市": "021", "天津市": "022", "重庆市": "023", "广州市": "020", "深圳市": "755",
    "杭州市": "571", "南京市": "025", "苏州市": "512", "成都市": "028", "武汉市": "027", "西安市": "029",
    "长沙市": "731", "郑州市": "371", "青岛市": "532", "济南市": "531", "宁波市": "574", "厦门市": "592",
    "福州市": "591", "沈阳市": "024", "合肥市": "551",
}  # fmt: skip


def waybill(carrier: str, born: int, count: int) -> str:
    """The `count`-th number of a process whose memory began at `born` (epoch seconds): never one of another memory."""
    prefix, digits = _SHAPES.get(carrier, ("WB", 13))
    serial = (born * 100_003 + count) % 10**digits
    return f"{prefix}{serial:0{digits}d}"


def routing(carrier: str, city: str, reference: str) -> dict[str, str]:
    """Three-segment code, the transfer centre to bag for, and SF's two-dimensional code's parts; the same each time."""
    area = _AREA_CODES.get(city) or str(300 + int(sha256(city.encode()).hexdigest()[:4], 16) % 600)
    spot = int(sha256(reference.encode()).hexdigest()[:6], 16)
    letter, branch, round_ = "ABCDEFGHJKLMNPRSTW"[spot % 18], spot // 18 % 90 + 10, spot // 1620 % 30
    short = city.removesuffix("市") or "全国"
    if carrier == "SF":
        return {"sort_code": f"{area}W-{letter}{branch % 10}-{branch}", "package_center": f"{area}W"}
    return {"sort_code": f"{area}-{letter}{branch} {round_:03d}", "package_center": f"{short}中转包{spot % 4 + 1}"}
