"""The queues: one per kind of work, so that slow work never stands before quick work."""

from enum import StrEnum


class Queue(StrEnum):
    """A class of work."""

    VISION = "vision"
    "decoding and reading photos: much memory, one at a time"
    ASSIST = "assist"
    "questions to the assistant"
    FETCH = "fetch"
    "downloads from the web"
    INGEST = "ingest"
    "reading and storing documents"
    INVENTORY = "inventory"
    "quick work in the database"
    MAINTENANCE = "maintenance"
    "the schedules"
