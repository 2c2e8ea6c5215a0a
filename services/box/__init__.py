"""Boxes, their locations, and the choice of a slot."""

from services.box.choice import SlotService
from services.box.service import BoxService, parse_slot

__all__ = ["BoxService", "SlotService", "parse_slot"]
