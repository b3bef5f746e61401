from fulfillment.models.parcel import CarrierChoice, PackScan, Parcel, ParcelShare
from fulfillment.models.tracking import CustomerNodeSent, TrackingScan
from fulfillment.models.wave import PickLine, PickScan, PickTask, Shortfall, Tote, Wave
from fulfillment.models.waybill import Waybill

__all__ = [
    "CarrierChoice",
    "CustomerNodeSent",
    "PackScan",
    "Parcel",
    "ParcelShare",
    "PickLine",
    "PickScan",
    "PickTask",
    "Shortfall",
    "Tote",
    "TrackingScan",
    "Wave",
    "Waybill",
]
