"""The shopping list: shortages, orders and receipts."""

from services.shopping.receipt import ShoppingReceiptService
from services.shopping.service import ShoppingService
from services.shopping.shortage import ShortageService

__all__ = ["ShoppingReceiptService", "ShoppingService", "ShortageService"]
