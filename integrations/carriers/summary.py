"""The plain dictionary `manage.py read_tracking` prints for what a push says."""

from collections.abc import Sequence
from typing import Any

from fulfillment.domain.carriage import ParcelTrack, TrackEvent
from integrations.channels.fields import CHINA


def summarise(parcels: Sequence[ParcelTrack]) -> dict[str, Any]:
    """The contract's keys; beside them the warnings, of each parcel and all together."""
    return {
        "parcels": [_parcel(parcel) for parcel in parcels],
        "warnings": list(dict.fromkeys(warning for parcel in parcels for warning in parcel.warnings)),
    }


def _parcel(parcel: ParcelTrack) -> dict[str, Any]:
    return {
        "waybill_no": parcel.waybill_no,
        "carrier": parcel.carrier,
        "events": [_event(event) for event in parcel.events],
        "node": parcel.node.value if parcel.node else None,
        "warnings": list(parcel.warnings),
    }


def _event(event: TrackEvent) -> dict[str, Any]:
    return {
        "status": event.status.value,
        "code": event.code,
        "at": event.at.astimezone(CHINA).isoformat() if event.at else None,
        "place": event.place,
        "text": event.text,
    }
