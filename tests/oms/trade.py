"""A small business to trade in: what order tests share."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from catalog.models import Bin, BundleComponent, Carrier, RateRow, RateSheet, Shop, ShopWarehouse, Sku, Warehouse, Zone
from inventory.services.movements import Change, receive
from oms.domain.canonical import CanonicalLine, CanonicalOrder, CanonicalReceiver, OrderState
from oms.models import Order
from oms.services.allocation import allocate_ready
from oms.services.intake import Incoming, capture

AT = datetime(2026, 11, 11, 12, tzinfo=UTC)
RECEIVER = CanonicalReceiver(
    name="王小明", phone="13800138000", province="广东省", city="深圳市", district="南山区", detail="科技园路1号"
)


class Trade:
    """One shop, two warehouses, and short words for what happens to its orders."""

    def __init__(self) -> None:
        self.shop = Shop.objects.create(platform="taobao", code="s1", name="s1")
        self.carrier = Carrier.objects.create(code="SF", name="SF", adapter="sf")
        self.near, self.far = self.house("NEAR", 1), self.house("FAR", 2)

    def house(self, code, priority):
        house = Warehouse.objects.create(
            code=code, name=code, province="广东省", city="深圳市", temperatures=["ambient"], handling_fen=100
        )
        ShopWarehouse.objects.create(shop=self.shop, warehouse=house, priority=priority)
        Bin.objects.create(zone=Zone.objects.create(warehouse=house, code="A"), code=f"{code}-1")
        sheet = RateSheet.objects.create(carrier=self.carrier, warehouse=house, valid_from="2020-01-01")
        RateRow.objects.create(sheet=sheet, province="广东省", first_fen=500, step_fen=200)
        return house

    def sku(self, code, near=0, far=0, **fields):
        sku = Sku.objects.create(code=code, name=code, weight_g=100, cost_fen=100, **fields)
        self.stock(sku, near, far)
        return sku

    def stock(self, sku, near=0, far=0, key="open"):
        for house, units in ((self.near, near), (self.far, far)):
            if units:
                shelf = Bin.objects.get(zone__warehouse=house, zone__kind="pick")
                receive([Change(sku.pk, house.pk, shelf.pk, units, 100)], key=f"{key}:{sku.code}:{house.code}")

    def bundle(self, code, parts):
        bundle = Sku.objects.create(code=code, name=code, is_bundle=True)
        BundleComponent.objects.bulk_create(
            BundleComponent(bundle=bundle, component=part, qty=qty) for part, qty in parts
        )
        return bundle

    def order(self, no, *items, minutes=0, **overrides):
        """`items` are (sku code, qty, net fen); `minutes` moves the time of modification."""
        lines = tuple(
            CanonicalLine(str(i), code, "", code, qty, net // max(qty, 1), net)
            for i, (code, qty, net) in enumerate(items, start=1)
        )
        made = CanonicalOrder(
            platform="taobao", order_no=no, state=OrderState.PAID, currency="CNY", lines=lines, receiver=RECEIVER,
            created_at=AT, modified_at=AT + timedelta(minutes=minutes), paid_at=AT,
            paid_minor=sum(line.net_minor for line in lines), shippable=True,
        )  # fmt: skip
        return replace(made, **overrides)

    def take(self, *messages):
        return capture([Incoming(self.shop.pk, message) for message in messages])

    def allocate(self):
        return allocate_ready()

    def get(self, no):
        return Order.objects.get(order_no=no)
