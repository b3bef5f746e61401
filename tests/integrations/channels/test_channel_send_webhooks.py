"""`manage.py send_webhooks` against the real hooks, over HTTP, down to the inbox."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Shop, Sku
from catalog.services.shops import set_access
from core.models import InboxMessage, RefusedPush
from integrations.registry import CHANNELS
from integrations.services import shop_keys
from tests.factories.channels import SECRETS

KEYS = {"sent", "accepted", "refused", "p50_ms", "p99_ms", "per_s"}


@pytest.fixture
def shops(transactional_db):
    for number in range(6):
        Sku.objects.create(code=f"SKU-{number}", name=f"商品 {number}", cost_fen=1000 + number)
    for platform in CHANNELS:
        shop = Shop.objects.create(platform=platform, code=f"{platform}-1", name=platform)
        set_access(shop, [SECRETS[platform]])
    shop_keys.forget()
    yield
    shop_keys.forget()


def send(monkeypatch, server, *arguments):
    monkeypatch.setenv("WEB_URL", server.url)
    said = StringIO()
    call_command("send_webhooks", *arguments, "--json", stdout=said)
    return json.loads(said.getvalue())


@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_orders_of_every_platform_are_committed(platform, shops, live_server, monkeypatch):
    report = send(monkeypatch, live_server, "--platform", platform, "--count", "8", "--seed", "1")

    assert set(report) == KEYS
    assert (report["sent"], report["accepted"], report["refused"]) == (8, 8, 0)
    assert InboxMessage.objects.filter(source=f"channel:{platform}:{platform}-1").count() == 8


def test_faults_are_answered_and_counted_and_lose_nothing(shops, live_server, monkeypatch):
    faults = "duplicate,reorder,tamper,poison"
    report = send(monkeypatch, live_server, "--platform", "shopify", "--count", "60", "--seed", "4", "--faults", faults)

    stored = InboxMessage.objects.filter(source="channel:shopify:shopify-1").count()
    turned_away = {row.reason: row.count for row in RefusedPush.objects.all()}
    assert turned_away["signature_mismatch"] > 0
    assert sum(turned_away.values()) == report["refused"]
    assert 60 <= stored < report["accepted"]


def test_an_empty_catalogue_or_a_missing_shop_is_said(shops):
    Sku.objects.all().delete()
    with pytest.raises(CommandError, match="no active SKU"):
        call_command("send_webhooks", "--platform", "jd", "--count", "1")
    with pytest.raises(CommandError, match="no active jd shop"):
        call_command("send_webhooks", "--platform", "jd", "--shop", "none", "--count", "1")
