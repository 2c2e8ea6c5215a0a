"""Boxes, their locations, and the choice of a slot."""

from services.box.choice import SlotService
from services.box.service import BoxService

__all__ = ["BoxService", "SlotService"]
