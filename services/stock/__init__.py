"""Stock: every booking is a command."""

from services.stock.rules import Quantities
from services.stock.service import Order, StockService
from services.stock.turn import TurnService

__all__ = ["Order", "Quantities", "StockService", "TurnService"]
