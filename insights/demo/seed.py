"""Write the demo business into an empty database."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import date, time
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction

from aftersales.models import Macro, WorkingHours
from catalog.models import (
    Barcode,
    Bin,
    BundleComponent,
    Carrier,
    Listing,
    PackSpec,
    RateRow,
    RateSheet,
    Shop,
    ShopWarehouse,
    Sku,
    Supplier,
    Warehouse,
    Zone,
)
from catalog.services.shops import set_access
from core.models import UserScope
from core.services import rules
from core.services.roles import sync_roles
from insights.demo import data
from inventory.services.movements import Change, receive

AISLES, BAYS = 6, 8
AISLE_STEP_MM, BAY_STEP_MM = 3_000, 1_200


def seed(*, stock_units: int = 400) -> None:
    """Idempotent in the whole: does nothing once a shop exists."""
    if Shop.objects.exists():
        return
    with transaction.atomic():
        sync_roles()
        _users()
        skus = _skus()
        warehouses = _warehouses()
        _carriers(warehouses)
        _shops(warehouses, skus)
        _stock(warehouses, skus, stock_units)
        _rules()
        _desk()


def _users() -> None:
    for role, name in data.DEMO_USERS:
        user = User.objects.create_user(role, password=data.DEMO_PASSWORD, first_name=name)
        user.is_staff = role in {"admin", "master"}
        user.is_superuser = role == "admin"
        user.save()
        user.groups.set(Group.objects.filter(name=role))
        UserScope.objects.create(user=user, all_shops=True, all_warehouses=True)


def _skus() -> dict[str, Sku]:
    supplier = Supplier.objects.create(code="SUP-01", name="粤海供应链", lead_time_days=5)
    rows = [
        Sku(
            code=s.code, name=s.name, category=s.category, weight_g=s.weight_g, length_mm=s.size_mm[0],
            width_mm=s.size_mm[1], height_mm=s.size_mm[2], temperature=s.temperature, is_hazardous=s.hazardous,
            is_bulky=s.bulky, is_fragile=s.fragile, cost_fen=s.cost_fen, supplier=supplier, reorder_point=40,
            reorder_qty=200,
        )
        for s in data.SKUS
    ]  # fmt: skip
    rows += [Sku(code=code, name=name, is_bundle=True) for code, name, _price, _parts in data.BUNDLES]
    skus = {sku.code: sku for sku in Sku.objects.bulk_create(rows)}
    Barcode.objects.bulk_create(Barcode(code=s.barcode, sku=skus[s.code]) for s in data.SKUS)
    PackSpec.objects.bulk_create(
        PackSpec(
            sku=skus[s.code], level="each", qty=1, weight_g=s.weight_g, length_mm=s.size_mm[0], width_mm=s.size_mm[1],
            height_mm=s.size_mm[2], material="气泡柱" if s.fragile else "快递袋",
        )
        for s in data.SKUS
    )  # fmt: skip
    BundleComponent.objects.bulk_create(
        BundleComponent(bundle=skus[code], component=skus[part], qty=qty)
        for code, _name, _price, parts in data.BUNDLES
        for part, qty in parts
    )
    return skus


def _warehouses() -> dict[str, Warehouse]:
    result = {}
    for code, name, province, city, district, street, temperatures, hazardous, handling in data.WAREHOUSES:
        warehouse = Warehouse.objects.create(
            code=code, name=name, province=province, city=city, district=district, detail=street, contact="仓库",
            phone="4000000000", temperatures=temperatures, takes_hazardous=hazardous, handling_fen=handling,
        )  # fmt: skip
        result[code] = warehouse
        hot = Zone.objects.create(warehouse=warehouse, code="A", kind="pick", heat=1)
        cold = Zone.objects.create(warehouse=warehouse, code="B", kind="pick", heat=3)
        Bin.objects.bulk_create(
            Bin(
                zone=hot if aisle <= AISLES // 2 else cold, code=f"{code}-{aisle:02d}-{bay:02d}", aisle=aisle,
                x_mm=aisle * AISLE_STEP_MM, y_mm=bay * BAY_STEP_MM,
            )
            for aisle in range(1, AISLES + 1)
            for bay in range(1, BAYS + 1)
        )  # fmt: skip
        for kind, zone_code in (("staging", "S"), ("quarantine", "Q"), ("bulk", "K")):
            zone = Zone.objects.create(warehouse=warehouse, code=zone_code, kind=kind, heat=9)
            Bin.objects.create(zone=zone, code=f"{code}-{kind.upper()}")
    return result


def _carriers(warehouses: Mapping[str, Warehouse]) -> None:
    for code, name, adapter, base, step, near_h, far_h in data.CARRIERS:
        carrier = Carrier.objects.create(code=code, name=name, adapter=adapter)
        for warehouse_code, warehouse in warehouses.items():
            sheet = RateSheet.objects.create(carrier=carrier, warehouse=warehouse, valid_from=date(2026, 1, 1))
            RateRow.objects.bulk_create(
                RateRow(sheet=sheet, province=province, first_fen=first, step_fen=extra, hours=hours)
                for province in data.PROVINCES
                for first, extra, hours in [data.rate(warehouse_code, province, base, step, near_h, far_h)]
            )


def demo_secret(platform: str, code: str) -> str:
    """The demo shops' push secret: known to both ends of the demo, worthless elsewhere."""
    digest = sha256(f"onerope-demo:{platform}:{code}".encode()).hexdigest()
    return digest if platform != "standard" else "whsec_" + b64encode(digest[:32].encode()).decode()


def _shops(warehouses: Mapping[str, Warehouse], skus: Mapping[str, Sku]) -> None:
    for platform, code, name, currency in data.SHOPS:
        shop = Shop.objects.create(platform=platform, code=code, name=name, currency=currency)
        secret = demo_secret(platform, code)
        set_access(shop, [secret], app_key=f"app-{code}", secret=secret, access_token=f"token-{code}")
        ShopWarehouse.objects.bulk_create(
            ShopWarehouse(shop=shop, warehouse=warehouse, priority=priority)
            for priority, warehouse in enumerate(warehouses.values(), start=1)
        )
        Listing.objects.bulk_create(
            Listing(shop=shop, key=listing_id(platform, sku.pk), sku=sku, title=sku.name) for sku in skus.values()
        )


def listing_id(platform: str, sku_id: int) -> str:
    """The platform's own id of a listing: a number, as they all use."""
    return str(600_000_000 + len(platform) * 1_000_000 + sku_id)


def _stock(warehouses: Mapping[str, Warehouse], skus: Mapping[str, Sku], units: int) -> None:
    for w_index, warehouse in enumerate(warehouses.values()):
        bins = list(Bin.objects.filter(zone__warehouse=warehouse, zone__kind="pick").order_by("code"))
        changes = []
        for index, item in enumerate(data.SKUS):
            if item.temperature not in warehouse.temperatures or (item.hazardous and not warehouse.takes_hazardous):
                continue
            if (index + w_index) % 4 == 3:
                continue  # every warehouse lacks something, so that routing has a question to answer
            home = bins[(index * 2) % len(bins)]
            changes.append(Change(skus[item.code].pk, warehouse.pk, home.pk, units, item.cost_fen))
        receive(changes, key=f"opening:{warehouse.code}")


def _risk(name: str, hold: str, *asked: tuple[str, str, Any]) -> dict[str, Any]:
    conditions = [{"field": field, "op": op, "value": value} for field, op, value in asked]
    return {"name": name, "conditions": conditions, "action": {"hold": hold}}


def _rules() -> None:
    risk = [
        _risk("单笔超过 5000 元人工看一眼", "amount", ("amount_minor", "gt", 500_000)),
        _risk("24 小时内同一手机号超过 20 单", "velocity", ("orders_same_phone", "gt", 20)),
        _risk("7 天内同一地址超过 5 个买家", "velocity", ("buyers_same_address", "gt", 5)),
        _risk("同一人 24 小时内重复买同款 3 次", "duplicate", ("same_goods", "gte", 3)),
        _risk("单件低于最低售价", "finance", ("under_floor_fen", "gt", 0)),
        _risk("单品超过 50 件", "rule", ("most_of_one", "gt", 50)),
        _risk("留言要求改地址或开专票", "note", ("note", "contains_any", ["改地址", "换地址", "专票"])),
    ]
    rules.publish(rules.draft("risk", risk, "演示").pk)
    routing = [
        {"name": "整单优先,最多拆 3 包", "conditions": [], "action": {"max_parcels": 3, "split_fen": 300}},
        {"name": "就近与店铺优先仓", "conditions": [], "action": {"priority_fen": 50, "promise_hours": 72}},
    ]
    rules.publish(rules.draft("routing", routing, "演示").pk)
    waves: list[dict[str, Any]] = [
        {
            "name": "单件爆款一趟 40 单",
            "conditions": [{"field": "kind", "op": "eq", "value": "single"}],
            "action": {"max_orders": 40, "max_lines": 60},
        },
        {"name": "其余一趟 20 单", "conditions": [], "action": {"max_orders": 20, "max_lines": 60}},
    ]
    rules.publish(rules.draft("wave", waves, "演示").pk)
    carriers: list[dict[str, Any]] = [
        {
            "name": "京东订单走顺丰",
            "conditions": [
                {"field": "platform", "op": "eq", "value": "jd"},
                {"field": "weight_g", "op": "lte", "value": 3000},
            ],
            "action": {"carrier": "SF"},
        },
        {"name": "96 小时内到,取最便宜", "conditions": [], "action": {"prefer": "cheapest", "within_hours": 96}},
    ]
    rules.publish(rules.draft("carrier", carriers, "演示").pk)
    merges: list[dict[str, Any]] = [
        {
            "name": "同店同收件人合一包",
            "conditions": [{"field": "shops", "op": "eq", "value": 1}],
            "action": {"merge": "auto"},
        },
        {"name": "跨店同收件人提示合单", "conditions": [], "action": {"merge": "propose"}},
    ]
    rules.publish(rules.draft("merge", merges, "演示").pk)


def _desk() -> None:
    """The demo's service desk never sleeps, so that its clock can be watched at any hour."""
    WorkingHours.objects.bulk_create(WorkingHours(weekday=day, opens=time(0), closes=time(0)) for day in range(7))
    Macro.objects.bulk_create(Macro(title=title, text=text, kind=kind) for title, text, kind in data.MACROS)
