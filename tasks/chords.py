"""The chord backend, with the fault points on its way."""

from pgchords import Backend
from settings.fault import FaultPoint, reach


class ChordBackend(Backend):
    """Results and chords on PostgreSQL."""

    def at(self, point: str) -> None:
        """Die here, if this point is armed."""
        reach(FaultPoint(point))
