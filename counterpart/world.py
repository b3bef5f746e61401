"""What the other side remembers: numbers issued, parcels reported, customers told, orders it knows."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from counterpart import numbers
from counterpart.faults import Faults
from counterpart.journal import Entry, Journal


class World:
    """All state behind one lock. Every change is an entry in the journal; memory is only what the entries add up to."""

    def __init__(self, folder: Path | None = None, callback: str = "") -> None:
        self.lock = threading.RLock()
        self.faults = Faults()
        self.settings: dict[str, Any] = {
            "callback": callback, "speed": 3600.0, "auto_track": True, "duplicate": 0.0, "reorder": 0.0, "trouble": 0.0,
            "seed": 1, "skew": 0.0,
        }  # fmt: skip
        self.waybills: dict[str, Entry] = {}  # by our caller's reference
        self.by_number: dict[str, Entry] = {}
        self.shipbacks: list[Entry] = []
        self.crm: dict[str, Entry] = {}  # by webhook id
        self.orders: dict[tuple[str, str], Entry] = {}
        self.shops: dict[tuple[str, str], Entry] = {}  # by platform and app key
        self.journeys: dict[str, Entry] = {}  # by waybill number
        self.refused: list[Entry] = []  # calls with a bad signature
        self.on_ship: Callable[[Entry], None] = lambda entry: None
        self._journal = Journal(folder)
        self._born = int(time.time())
        for entry in self._journal.replay():
            self._apply(entry)
        if not self.waybills:
            self._note({"kind": "born", "at": self._born})

    def issue(self, reference: str, carrier: str, receiver: Mapping[str, Any], office: str) -> Entry:
        """The number of `reference`: the one it has, or a new one. A cancelled number is not given out again."""
        with self.lock:
            known = self.waybills.get(reference)
            if known:
                return known
            count = len(self.waybills) + 1
            number = numbers.waybill(carrier, self._born, count)
            city = str(receiver.get("city") or receiver.get("province") or "")
            return self._note(
                {
                    "kind": "waybill", "reference": reference, "carrier": carrier, "waybill_no": number, "city": city,
                    "office": office, "at": time.time(), "cancelled": False,
                    **numbers.routing(carrier, city, reference),
                }
            )  # fmt: skip

    def cancel(self, reference: str) -> Entry | None:
        with self.lock:
            known = self.waybills.get(reference)
            if known and not known["cancelled"]:
                self._note({"kind": "cancel", "reference": reference})
            return known

    def ship(self, platform: str, order_no: str, waybill_no: str, carrier: str, **more: Any) -> Entry:
        """A platform was told that a parcel left; its journey begins."""
        with self.lock:
            entry = self._note(
                {
                    "kind": "shipback", "platform": platform, "order_no": order_no, "waybill_no": waybill_no,
                    "carrier": carrier, "at": time.time(), **more,
                }
            )  # fmt: skip
        self.on_ship(entry)
        return entry

    def shipped(self, platform: str, order_no: str) -> list[Entry]:
        with self.lock:
            return [e for e in self.shipbacks if (e["platform"], e["order_no"]) == (platform, order_no)]

    def hear(self, webhook_id: str, event: Mapping[str, Any]) -> Entry:
        """The CRM got an event; the same id again only counts the attempt."""
        with self.lock:
            return self._note({"kind": "crm", "id": webhook_id, "event": dict(event), "at": time.time()})

    def refuse(self, path: str, why: str) -> None:
        with self.lock:
            self.refused.append({"path": path, "why": why, "at": time.time()})

    def remember(self, kind: str, **entry: Any) -> Entry:
        """Note an entry of a kind that needs no decision: order, shop, journey, pushed, settings."""
        with self.lock:
            return self._note({"kind": kind, **entry})

    def _note(self, entry: Entry) -> Entry:
        self._journal.append(entry)
        return self._apply(entry)

    def _apply(self, entry: Entry) -> Entry:
        kind = entry["kind"]
        if kind == "born":
            self._born = entry["at"]
        elif kind == "waybill":
            self.waybills[entry["reference"]] = self.by_number[entry["waybill_no"]] = entry
        elif kind == "cancel":
            self.waybills[entry["reference"]]["cancelled"] = True
        elif kind == "shipback":
            self.shipbacks.append(entry)
        elif kind == "crm":
            known = self.crm.setdefault(entry["id"], {**entry, "attempts": 0})
            known["attempts"] += 1
            return known
        elif kind == "order":
            self.orders[entry["platform"], entry["order_no"]] = entry
        elif kind == "shop":
            self.shops[entry["platform"], entry["app_key"]] = entry
        elif kind == "journey":
            self.journeys[entry["waybill_no"]] = {"told": 0, **entry}
        elif kind == "pushed":
            journey = self.journeys[entry["waybill_no"]]
            journey["told"] = max(journey["told"], entry["step"])
        elif kind == "settings":
            self.settings |= entry["values"]
        return entry
