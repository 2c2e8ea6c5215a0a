"""Stock: every booking is a command."""

from services.stock.rules import Quantities
from services.stock.service import Order, StockService

__all__ = ["Order", "Quantities", "StockService"]
