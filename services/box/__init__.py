"""Boxes, their locations, and the choice of slots."""

from services.box.choice import SlotService
from services.box.free import SlotChoice, explain_full
from services.box.service import BoxService

__all__ = ["BoxService", "SlotChoice", "SlotService", "explain_full"]
