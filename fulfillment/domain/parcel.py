"""A parcel as a fold over its events. Pure."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from fulfillment.domain import events as e
from fulfillment.domain.carriage import TrackStatus

Row = dict[str, Any]


class ParcelState(StrEnum):
    OPEN = "open"
    PACKED = "packed"
    SHIPPED = "shipped"
    VOIDED = "voided"


# OPEN and PACKED parcels are still ours to change.
HERE = frozenset({ParcelState.OPEN, ParcelState.PACKED})


def evolve(row: Row, event_type: str, payload: Mapping[str, Any], at: str) -> None:
    """Apply one event to a parcel's row (JSON-safe values) in place. Raises KeyError for a type that is not a
    parcel's."""
    _APPLY[event_type](row, payload, at)
    row["version"] = row.get("version", 0) + 1


def _opened(row: Row, payload: Mapping[str, Any], at: str) -> None:
    row["shares"] = [{"suborder_id": payload["suborder_id"], "order_id": payload["order_id"]}]
    row.update(
        **payload, state=ParcelState.OPEN.value, weight_g=0, carrier="", waybill_no="", freight_fen=0,
        track_status=TrackStatus.CREATED.value, opened_at=at, packed_at=None, shipped_at=None, first_scan_at=None,
        last_scan_at=None, delivered_at=None,
    )  # fmt: skip


def _reforecast(row: Row, payload: Mapping[str, Any], at: str) -> None:
    row["expected_g"] = payload["expected_g"]


def _packed(row: Row, payload: Mapping[str, Any], at: str) -> None:
    row.update(state=ParcelState.PACKED.value, packed_at=at)
    row.update(weight_g=payload["weight_g"], expected_g=payload["expected_g"])


def _bound(row: Row, payload: Mapping[str, Any], at: str) -> None:
    row.update({key: payload[key] for key in ("carrier", "waybill_no", "freight_fen")})


def _unbound(row: Row, payload: Mapping[str, Any], at: str) -> None:
    row.update(carrier="", waybill_no="", freight_fen=0)


def _shipped(row: Row, payload: Mapping[str, Any], at: str) -> None:
    """Told once for each order in it, with its part of the freight: the parts add up."""
    told = row["freight_fen"] if row["state"] == ParcelState.SHIPPED else 0
    row.update(state=ParcelState.SHIPPED.value, freight_fen=told + payload["freight_fen"], shipped_at=at)


def _advanced(row: Row, payload: Mapping[str, Any], at: str) -> None:
    row["track_status"] = payload["status"]
    row.update({key: payload[key] for key in ("first_scan_at", "last_scan_at", "delivered_at")})


def _voided(row: Row, payload: Mapping[str, Any], at: str) -> None:
    row["state"] = ParcelState.VOIDED.value


def _told(row: Row, payload: Mapping[str, Any], at: str) -> None:
    """The customer's news changes no column; `CustomerNodeSent` is its own proof."""


_APPLY: Mapping[str, Callable[[Row, Mapping[str, Any], str], None]] = {
    e.PARCEL_OPENED.name: _opened,
    e.PARCEL_REFORECAST.name: _reforecast,
    e.PARCEL_PACKED.name: _packed,
    e.WAYBILL_BOUND.name: _bound,
    e.WAYBILL_VOIDED.name: _unbound,
    e.PARCEL_SHIPPED.name: _shipped,
    e.TRACKING_ADVANCED.name: _advanced,
    e.PARCEL_NODE.name: _told,
    e.PARCEL_VOIDED.name: _voided,
}
