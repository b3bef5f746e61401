"""The admin as each role sees it: who gets in, whose rows, what is never shown, what cannot be changed."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import reverse

from catalog.models import Bin, Carrier, Listing, RateSheet, Shop, ShopWarehouse, Sku, Supplier, Warehouse, Zone
from catalog.selectors.shops import access
from catalog.services.shops import set_access
from core.models import AuditEntry, SystemToken, UserScope
from core.services import vault
from core.services.tokens import digest
from inventory.models import Movement, Stock
from inventory.services.movements import Change, receive
from oms.models import ListEntry

CANARY = "canary-secret"


@pytest.fixture
def business(db):
    """Two of everything that has a wall: "near" is seen, "far" is another one's."""
    sku = Sku.objects.create(code="TEE", name="短袖", supplier=Supplier.objects.create(code="S", name="供应商"))
    carrier = Carrier.objects.create(code="SF", name="顺丰", adapter="sf")
    found = {}
    for name in ("near", "far"):
        shop = Shop.objects.create(platform="taobao", code=f"{name}-shop", name=f"{name}-shop")
        house = Warehouse.objects.create(
            code=f"{name}-wh", name=f"{name}-warehouse", province="广东省", city="深圳市", temperatures=["ambient"]
        )
        zone = Zone.objects.create(warehouse=house, code=f"{name}-zone", kind="bulk")
        place = Bin.objects.create(zone=zone, code=f"{name}-bin")
        set_access(shop, [CANARY], app_key=CANARY, secret=CANARY, access_token=CANARY)
        Listing.objects.create(shop=shop, key=f"{name}-key", sku=sku)
        ShopWarehouse.objects.create(shop=shop, warehouse=house)
        RateSheet.objects.create(carrier=carrier, warehouse=house, valid_from="2026-01-01")
        receive([Change(sku.pk, house.pk, place.pk, 7)], key=f"{name}-receipt")
        found[name] = (shop, house)
    return found


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<(script|style).*?</\1>", "", response.content.decode(), flags=re.S))


def models():
    return [(model._meta.app_label, model._meta.model_name, site) for model, site in admin.site._registry.items()]


def test_every_page_of_the_admin_opens_in_chinese(staff, business):
    client = staff("admin", superuser=True)
    for app, name, site in models():
        listed = client.get(reverse(f"admin:{app}_{name}_changelist"), headers={"Accept-Language": "en"})
        assert listed.status_code == 200, name
        row = site.model._default_manager.first()
        if row is not None:
            assert client.get(reverse(f"admin:{app}_{name}_change", args=[row.pk])).status_code == 200, name
        if site.has_add_permission(listed.wsgi_request):
            assert client.get(reverse(f"admin:{app}_{name}_add")).status_code == 200, name
    assert "返回工作台" in text(listed)


def test_the_admin_has_no_login_page_of_its_own(client, staff):
    assert client.get("/admin/").url == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/catalog/").url == "/login/?next=/admin/catalog/"
    assert client.get("/admin/login/?next=https://evil.example/").url.startswith("/login/?next=")
    ops = staff("ops")
    User.objects.update(is_staff=False)
    assert ops.get("/admin/", follow=True).status_code == 403


MASTER = {
    "bin", "carrier", "listing", "ratesheet", "shop", "sku", "supplier", "warehouse", "zone", "stock",
    "binstock", "reservation", "movement",
}  # fmt: skip


@pytest.mark.parametrize(
    ("role", "open_pages"),
    [
        ("master", MASTER),
        ("ops", {"stock", "binstock", "reservation", "movement"}),
        ("cs", set()),
        ("packer", set()),
        ("picker", set()),
        ("finance", set()),
    ],
)
def test_each_role_opens_its_own_part(staff, business, role, open_pages):
    client, here = staff(role), {"auth", "core", "catalog", "inventory", "oms"}
    own = [(app, name) for app, name, _site in models() if app in here]
    opened = {name for app, name in own if client.get(reverse(f"admin:{app}_{name}_changelist")).status_code == 200}
    assert opened == open_pages


def test_the_administrator_role_keeps_people_but_makes_no_superuser(staff, business):
    client = staff("admin")
    boss = User.objects.create(username="boss", is_superuser=True)
    cs = User.objects.create(username="anna")

    page = client.get(f"/admin/auth/user/{cs.pk}/change/")
    assert page.status_code == 200 and 'name="is_superuser"' not in page.content.decode()
    client.post(f"/admin/auth/user/{cs.pk}/change/", {"username": "anna", "is_superuser": "on", "is_active": "on",
                "groups": [Group.objects.get(name="cs").pk]})  # fmt: skip
    cs.refresh_from_db()
    assert (cs.is_superuser, [group.name for group in cs.groups.all()]) == (False, ["cs"])
    assert client.post(f"/admin/auth/user/{boss.pk}/change/", {"username": "x"}).status_code == 403
    assert client.get(f"/admin/auth/user/{boss.pk}/password/").status_code == 403
    assert client.post("/admin/core/systemtoken/add/", {"name": "t", "user": boss.pk}).status_code == 200
    assert not SystemToken.objects.exists()


WALLED = ["shop", "warehouse", "zone", "bin", "listing", "ratesheet"]


@pytest.mark.parametrize("name", [*WALLED, "stock", "binstock", "movement"])
def test_rows_of_another_shop_or_warehouse_do_not_exist(staff, business, name):
    shop, house = business["near"]
    client = staff("master", shop_ids=[shop.pk], warehouse_ids=[house.pk])
    app = "catalog" if name in WALLED else "inventory"
    site = next(site for _app, model, site in models() if model == name)
    near, far = site.model._default_manager.order_by("pk")

    listed = text(client.get(reverse(f"admin:{app}_{name}_changelist")))
    assert "near-" in listed and "far-" not in listed
    assert client.get(reverse(f"admin:{app}_{name}_change", args=[near.pk])).status_code == 200
    shown = client.get(reverse(f"admin:{app}_{name}_change", args=[near.pk]))
    assert "far-" not in text(shown)
    missing = client.get(reverse(f"admin:{app}_{name}_change", args=[far.pk]), follow=True)
    assert "far-" not in text(missing)
    assert "far-" not in text(client.get(reverse(f"admin:{app}_{name}_changelist") + "?q=far"))


def test_a_form_does_not_take_another_ones_shop(staff, business):
    shop, house = business["near"]
    far = business["far"][0]
    client = staff("master", shop_ids=[shop.pk], warehouse_ids=[house.pk])
    client.post("/admin/catalog/listing/add/", {"shop": far.pk, "key": "stolen", "sku": Sku.objects.get().pk})
    assert not Listing.objects.filter(key="stolen").exists()
    assert client.get(f"/admin/catalog/shop/{far.pk}/access/").status_code == 404


def test_stock_is_shown_and_cannot_be_changed(staff, business):
    client = staff("admin", superuser=True)
    for model in (Stock, Movement, AuditEntry):
        app, name, row = model._meta.app_label, model._meta.model_name, model.objects.order_by("pk").first()
        url = reverse(f"admin:{app}_{name}_change", args=[row.pk])
        assert client.post(url, {"on_hand": 99}).status_code == 403
        assert client.get(reverse(f"admin:{app}_{name}_add")).status_code == 403
        assert client.post(reverse(f"admin:{app}_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_a_shops_secrets_go_in_and_never_come_out(staff, business):
    client = staff("master")
    shop = business["near"][0]
    url = f"/admin/catalog/shop/{shop.pk}/access/"
    for page in (
        url,
        f"/admin/catalog/shop/{shop.pk}/change/",
        "/admin/catalog/shop/",
        f"/admin/catalog/shop/{shop.pk}/history/",
    ):
        assert CANARY not in client.get(page).content.decode()

    done = client.post(url, {"push_secrets": "new\nold\n", "secret": "s2"}, follow=True)

    shop.refresh_from_db()
    found = access(shop)
    assert (found.push_secrets, found.secret, found.app_key) == (("new", "old"), "s2", "")
    assert "new" not in re.findall(r'value="([^"]*)"', done.content.decode())
    assert AuditEntry.objects.filter(action="shop.set_access", target=f"catalog.shop:{shop.pk}").count() == 2
    assert client.post(url, {}).status_code == 200 and access(shop).secret == "s2"


def test_a_token_is_shown_once(staff, db):
    client = staff("admin", superuser=True)
    user = User.objects.create(username="shop-system")
    done = client.post("/admin/core/systemtoken/add/", {"name": "erp", "user": user.pk}, follow=True)

    secret = re.search(r"令牌只显示这一次：([\w-]{43})", text(done)).group(1)
    token = SystemToken.objects.get()
    assert (token.digest, token.name, token.user) == (digest(secret), "erp", user)
    assert secret not in client.get(f"/admin/core/systemtoken/{token.pk}/change/").content.decode()
    client.post(f"/admin/core/systemtoken/{token.pk}/change/", {"name": "other"})
    token.refresh_from_db()
    assert (token.is_active, token.name) == (False, "erp")


def test_a_scope_is_kept_by_name(staff, business):
    client = staff("admin", superuser=True)
    user, (shop, house) = User.objects.create(username="anna"), business["near"]
    client.post("/admin/core/userscope/add/", {"user": user.pk, "shop_ids": [shop.pk], "warehouse_ids": [house.pk]})
    scope = UserScope.objects.get(user=user)
    assert (scope.all_shops, scope.shop_ids, scope.warehouse_ids) == (False, [shop.pk], [house.pk])


def test_a_phone_is_blacklisted_by_its_tag_only(staff, db):
    client = staff("admin", superuser=True)
    form = {"side": "black", "kind": "phone", "phone": "138 1234 5678", "reason": "拒收"}
    client.post("/admin/oms/listentry/add/", form)

    entry = ListEntry.objects.get()
    assert (entry.kind, entry.shown, entry.tag) == ("phone", "138****5678", vault.tag("phone", "13812345678"))
    again = client.post("/admin/oms/listentry/add/", form)
    assert "已在名单中" in text(again) and ListEntry.objects.count() == 1
    refused = client.post("/admin/oms/listentry/add/", {"side": "black", "kind": "address", "reason": "x"})
    assert "请填写订单号" in text(refused)
    assert "不是电话号码" in text(
        client.post("/admin/oms/listentry/add/", {"side": "black", "kind": "phone", "phone": "12", "reason": "x"})
    )
    assert client.post(f"/admin/oms/listentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert ListEntry.objects.count() == 1, "one that does not count is switched off: its orders are looked at again"


def test_the_forms_of_goods_know_barcodes_and_bundles(staff, business):
    client = staff("master")
    sku, part = Sku.objects.get(), Sku.objects.create(code="SET", name="套装", is_bundle=True)
    empty = {
        f"{prefix}-{key}": 0
        for prefix in ("barcodes", "pack_specs", "components")
        for key in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    numbers = [
        "weight_g",
        "length_mm",
        "width_mm",
        "height_mm",
        "cost_fen",
        "floor_fen",
        "tax_rate_bp",
        "reorder_point",
        "reorder_qty",
    ]
    values = {"code": "TEE", "name": "短袖", "temperature": "ambient", **dict.fromkeys(numbers, 0)}
    bad_code = {
        "barcodes-TOTAL_FORMS": 1,
        "barcodes-0-code": "6901234567890",
        "barcodes-0-qty": 1,
        "barcodes-0-sku": sku.pk,
    }
    answer = client.post(f"/admin/catalog/sku/{sku.pk}/change/", {**values, **empty, **bad_code})
    assert "校验位不对" in text(answer)
    parts = {
        "components-TOTAL_FORMS": 1,
        "components-0-component": part.pk,
        "components-0-qty": 1,
        "components-0-bundle": sku.pk,
    }
    answer = client.post(f"/admin/catalog/sku/{sku.pk}/change/", {**values, **empty, **parts})
    assert "只有组合装才有子商品" in text(answer)
    answer = client.post(f"/admin/catalog/sku/{sku.pk}/change/", {**values, "is_bundle": "on", **empty, **parts})
    assert "本身是组合装" in text(answer)
    answer = client.post(f"/admin/catalog/sku/{sku.pk}/change/", {**values, "is_bundle": "on", **empty})
    assert "至少要有一个子商品" in text(answer)
    answer = client.post(
        f"/admin/catalog/sku/{sku.pk}/change/", {**values, **empty, **bad_code, "barcodes-0-code": "96385074"}
    )
    assert answer.status_code == 302 and list(sku.barcodes.values_list("code", flat=True)) == ["96385074"]
