from fulfillment.services.tracking import apply_tracks
from tests.fulfillment.test_tracking import JOURNEY, push


def test_a_parcel_is_listed_filtered_and_followed(floor, token, call):
    floor.sku("A", near=9)
    for no in ("T1", "T2"):
        floor.sell(no, ("A", 1, 500))
    parcel, other = floor.ship("T1", "T2")
    apply_tracks([push(parcel.waybill_no, *JOURNEY[:2])])
    cs = token("cs")

    listed = call(cs, "get", "/shipments/").json()
    assert [row["order_no"] for row in listed["results"]] == ["T2", "T1"]
    assert listed["next"] is None
    [row] = call(cs, "get", f"/shipments/?q={parcel.waybill_no}&state=shipped&warehouse={floor.near.pk}").json()[
        "results"
    ]
    assert row == call(cs, "get", f"/shipments/{parcel.pk}/").json()
    assert (row["order_id"], row["warehouse"], row["carrier"], row["state"]) == (
        parcel.order_id,
        "NEAR",
        "SF",
        "shipped",
    )
    assert call(cs, "get", "/shipments/?state=open").json()["results"] == []

    scans = call(cs, "get", f"/shipments/{parcel.pk}/tracking/").json()
    assert [scan["status"] for scan in scans] == ["in_transit", "picked_up"]
    assert row["track_status"] == "in_transit"
    assert call(cs, "get", f"/shipments/{other.pk}/tracking/").json() == []


def test_pages_continue_where_the_last_one_ended(floor, token, call):
    floor.sku("A", near=9)
    for at in range(5):
        floor.sell(f"T{at}", ("A", 1, 500))
    floor.pick_all()
    cs, seen, url = token("cs"), [], "/shipments/?page_size=2"
    while url:
        page = call(cs, "get", url).json()
        seen += [row["order_no"] for row in page["results"]]
        url = page["next"] and page["next"].removeprefix("http://testserver/api/v1")
    assert seen == ["T4", "T3", "T2", "T1", "T0"]


def test_parcels_of_other_shops_and_warehouses_do_not_exist(floor, token, call):
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 1, 500))
    [parcel] = floor.ship("T1")
    shop, house = floor.shop.pk, floor.near.pk
    for scope in ({"shop_ids": [shop + 1], "all_warehouses": True}, {"all_shops": True, "warehouse_ids": [house + 1]}):
        walled = token("cs", **scope)
        assert call(walled, "get", "/shipments/").json()["results"] == []
        assert call(walled, "get", f"/shipments/{parcel.pk}/").status_code == 404
        assert call(walled, "get", f"/shipments/{parcel.pk}/tracking/").status_code == 404
    here = token("cs", shop_ids=[shop], warehouse_ids=[house])
    assert call(here, "get", f"/shipments/{parcel.pk}/").status_code == 200
    assert call(token("finance"), "get", "/shipments/").status_code == 403


def test_the_list_takes_a_fixed_number_of_queries(floor, token, call, django_assert_num_queries):
    floor.sku("A", near=9)
    cs = token("cs")
    for at in range(6):
        floor.sell(f"T{at}", ("A", 1, 500))
    floor.pick_all()
    call(cs, "get", "/shipments/")
    with django_assert_num_queries(10):
        assert len(call(cs, "get", "/shipments/").json()["results"]) == 6
