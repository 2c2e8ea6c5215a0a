"""Stock: every booking is a command."""

from services.stock.rules import Quantities, Slot, written
from services.stock.service import Order, StockService

__all__ = ["Order", "Quantities", "Slot", "StockService", "written"]
