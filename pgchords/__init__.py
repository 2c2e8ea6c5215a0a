"""Celery's results and chords on PostgreSQL: a chord is joined by its last part, not by polling."""

from pgchords.backend import Backend
from pgchords.tables import metadata

__all__ = ["Backend", "metadata"]
