from inventory.models.movement import Movement, MovementReason
from inventory.models.reservation import Reservation
from inventory.models.stock import BinStock, Stock

__all__ = ["BinStock", "Movement", "MovementReason", "Reservation", "Stock"]
