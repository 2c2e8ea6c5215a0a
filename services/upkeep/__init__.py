"""Upkeep: which parts are due to be refreshed or tagged again, and what came of it."""

from services.upkeep.drift import DriftService
from services.upkeep.due import DueService
from services.upkeep.service import UpkeepService
from services.upkeep.text import READ_PAGES

__all__ = ["READ_PAGES", "DriftService", "DueService", "UpkeepService"]
