"""The demo's hold on the counterpart: which shops and orders it answers for, and how fast its parcels travel."""

import json
import time
from typing import Any

import requests
from django.conf import settings

from catalog.models import Shop
from catalog.selectors import shops
from integrations.channels.purchases import Message

TIMEOUT = (3, 10)
SPEED = 40_000  # a two-day journey takes about four seconds
PATIENCE_SECONDS = 20.0


class Outside:
    """Steers the counterpart at `COUNTERPART_URL`."""

    def __init__(self) -> None:
        self._app_keys: dict[int, str] = {}

    def prepare(self) -> None:
        """Wait for it; make its parcels quick and its pushes unruly; tell it whose calls to check."""
        self._wait()
        self._post("settings", {"speed": SPEED, "duplicate": 0.15, "reorder": 0.1, "trouble": 0.03})
        known = []
        for shop in Shop.objects.filter(is_active=True):
            access = shops.access(shop)
            self._app_keys[shop.pk] = access.app_key
            known.append(
                {
                    "platform": shop.platform,
                    "app_key": access.app_key,
                    "secret": access.secret,
                    "access_token": access.access_token,
                }
            )
        self._post("shops", known)

    def know_orders(self, shop: Shop, messages: list[Message]) -> None:
        """Orders (and refunds) that the platform's lists and look-ups must know from now on."""
        rows = [
            {"platform": shop.platform, "shop": self._app_keys[shop.pk], "body": json.loads(message.body)}
            for message in messages
        ]
        if rows:
            self._post("orders", rows)

    def collect(self, waybill_no: str, carrier: str) -> None:
        """Let the carrier take a parcel that no platform told it of."""
        self._post("track", {"waybill_no": waybill_no, "carrier": carrier})

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                requests.get(f"{settings.COUNTERPART_URL}/_/state", timeout=TIMEOUT).raise_for_status()
                return
            except requests.RequestException:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def _post(self, what: str, body: Any) -> None:
        requests.post(f"{settings.COUNTERPART_URL}/_/{what}", json=body, timeout=TIMEOUT).raise_for_status()
