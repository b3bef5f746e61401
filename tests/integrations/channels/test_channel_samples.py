"""Real bodies by third parties, read where they lie (they are not ours to copy): each comes out as it should."""

import json
from pathlib import Path

import pytest

from core.errors import Unreadable
from integrations.channels.summary import summarise
from integrations.registry import CHANNELS, channel

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "payloads"
KEYS = {"order_no", "shop_currency", "paid_minor", "shippable", "state", "lines", "receiver", "warnings"}
STATES = {"pending", "paid", "cancelled", "refunded", "partially_refunded"}
SAMPLES = sorted(
    (platform, path.name) for platform in CHANNELS for path in (FOLDER / platform).glob("*.json") if FOLDER.is_dir()
)
WEBHOOK_SAMPLES = sorted(path.name for path in (FOLDER / "standard_webhooks").glob("*.json"))

# file -> (order_no, currency, paid, shippable, state, [(sku, qty, net)], warning codes without sku_missing)
EXPECTED = {
    "t1_two_items_wait_send.json": (
        "500001084", "CNY", 32358, True, "paid",
        [("B-C352-F301-356M", 1, 8620), ("B-C352-F302-357M", 1, 11777)], {"money_inconsistent"},
    ),
    "t2_string_ids_numeric_money_step.json": (
        "163288460521882636", "CNY", 2980000, True, "paid",
        [("4973210993669", 100, 1490000), ("4973210993676", 100, 1490000)], {"masked_without_oaid"},
    ),
    "t3_closed_unpaid_masked_receiver.json": (
        "452790065331038", "CNY", 0, False, "cancelled", [("TX324A0212", 1, 1380)], {"masked_without_oaid"},
    ),
    "t4_finished_shipped_no_outer_ids.json": (
        "518073718172548", "CNY", 7600, False, "paid", [("", 2, 7600)], {"masked_without_oaid"},
    ),
    "t5_finished_outer_iid_only_step_points.json": (
        "462503790690334", "CNY", 10800, False, "paid", [("20700066", 1, 10800)], set(),
    ),
    "t6_sold_get_list_sandbox_postfee.json": ("194145147111084", "CNY", 51000, True, "paid", [("", 5, 50000)], set()),
    "j1_pop_order_2022_encrypted.json": (
        "249786309732", "CNY", 100, True, "paid", [("testjd4206151136003", 1, 100)], set(),
    ),
    "j2_360buy_order_finished_2016.json": (
        "20229596637", "CNY", 8900, False, "paid", [("DC2TB800C048185", 1, 8900)], set(),
    ),
    "j3_360buy_new_order_get_cod_doc_sample.json": (
        "25002825", "CNY", 0, True, "pending", [("", 1, 39900)], {"money_inconsistent"},
    ),
    "j4_pop_order_get_partial_fields_2023.json": (
        "281046817987", "CNY", None, False, "pending", [], {"unknown_status", "payment_unknown", "no_lines"},
    ),
    "itaka_order_create_code_fixed_plus_line.json": (
        "6200360403244", "HKD", 30400, True, "paid", [("", 1, 9080), ("", 1, 9660), ("", 1, 9660)], set(),
    ),
    "itaka_order_create_no_discount_null_shipping.json": (
        "6198424240428", "HKD", 43900, False, "paid",
        [("", 1, 9161), ("", 1, 9746), ("", 1, 9746), ("", 1, 9747)], {"no_receiver"},
    ),
    "goshopify_order.json": ("123456", "USD", 0, False, "cancelled", [("", 1, 0), ("", 1, 0)], {"test_order"}),
    "pyapi_checkouts.json": (
        "450789469", "USD", 0, False, "pending",
        [("IPOD2008RED", 1, 19900), ("IPOD2008PINK", 1, 19900)], {"not_an_order"},
    ),
    "pyapi_orders.json": ("450789469", "USD", 59894, False, "partially_refunded", [], {"no_lines", "refund_unclear"}),
    "pyapi_refund.json": (
        "450789469", "USD", None, False, "partially_refunded", [], {"not_an_order", "refunded_line"},
    ),
    "webhookdb_order_multicurrency_duties.json": (
        "450789469", "USD", 0, False, "pending", [("IPOD-342-N", 1, 19499)],
        {"money_inconsistent", "currency_contradicts", "total_differs", "test_order"},
    ),
    "docs_v3_orders_0.json": ("727", "USD", 2935, True, "paid", [("", 2, 600), ("Bar3", 1, 1200)], set()),
    "docs_v3_refunds_0.json": (
        "723", "", None, False, "partially_refunded", [], {"not_an_order", "currency_missing"},
    ),
    "ios_broken-order.json": ("85", "GBP", 0, False, "pending", [], {"not_an_order", "no_lines"}),
    "ios_order-auto-draft-status.json": (
        "963", "USD", 3120, False, "pending", [("", 2, 3000), ("5555-A", 2, 0)],
        {"fractional_quantity", "money_inconsistent", "not_an_order", "paid_while_pending"},
    ),
    "ios_order-fully-refunded.json": ("609", "USD", 22371, False, "refunded", [("", 2, 18000)], set()),
    "ios_order-with-bundled-line-items.json": (
        "357", "USD", 12020, True, "paid", [("Woo-beanie-logo", 1, 7520)], {"money_inconsistent", "bundle_opened"},
    ),
    "ios_order-with-deleted-refunds.json": (
        "3207", "USD", 15342, False, "partially_refunded", [("pen", 1, 8800), ("", 1, 2350)],
        {"trailing_comma", "money_inconsistent", "refund_unclear"},
    ),
    "ios_order-with-subscription-renewal.json": (
        "526", "USD", 1450, True, "paid", [("woo-polo", 1, 1450)], {"test_payment"},
    ),
}  # fmt: skip


def _summaries(platform, name):
    return [summarise(message) for message in channel(platform).read((FOLDER / platform / name).read_bytes(), {})]


@pytest.mark.parametrize(("platform", "name"), SAMPLES)
def test_every_sample_is_read_and_none_crashes(platform, name):
    for found in _summaries(platform, name):
        json.dumps(found)
        if "error" in found:
            assert found["error"]["code"] == "not_an_order"
            continue
        assert set(found) == KEYS
        assert found["order_no"] and found["state"] in STATES
        assert not (found["shippable"] and not (found["lines"] and found["receiver"]))


@pytest.mark.parametrize(("platform", "name"), [entry for entry in SAMPLES if entry[1] in EXPECTED])
def test_samples_we_know_come_out_as_they_should(platform, name):
    [found] = _summaries(platform, name)
    order_no, currency, paid, shippable, state, lines, warnings = EXPECTED[name]

    assert (found["order_no"], found["shop_currency"], found["paid_minor"]) == (order_no, currency, paid)
    assert (found["shippable"], found["state"]) == (shippable, state)
    assert [(line["sku"], line["qty"], line["net_minor"]) for line in found["lines"]] == lines
    assert {warning.split(":")[0] for warning in found["warnings"]} - {"sku_missing"} == warnings


@pytest.mark.parametrize("name", WEBHOOK_SAMPLES)
def test_webhook_samples_that_are_no_events_are_refused_clearly(name):
    with pytest.raises(Unreadable) as refused:
        channel("standard").read((FOLDER / "standard_webhooks" / name).read_bytes(), {})

    assert refused.value.code == "type_missing"
