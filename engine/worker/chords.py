"""The chord backend, with the fault points on its way."""

from engine.faults import FaultPoint, reach
from pgchords import Backend


class ChordBackend(Backend):
    """Results and chords on PostgreSQL."""

    def at(self, point: str) -> None:
        """Die here, if this point is armed."""
        reach(FaultPoint(point))
