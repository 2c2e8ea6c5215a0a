"""Upkeep: which parts are due to be refreshed or tagged again, and what came of it."""

from services.upkeep.drift import DriftService
from services.upkeep.due import DueService
from services.upkeep.service import UpkeepService

__all__ = ["DriftService", "DueService", "UpkeepService"]
