"""Looking at the walls around the parsers of files."""

from typing import Final

from cli.doctor.examination import Examination, Seen, broken, fine, warning
from clients.files import sandbox
from clients.files.walls import Walls
from clients.parsers import PARSERS
from settings import Settings

_LIMITS: Final = sandbox.Limits(seconds=120, memory_mb=2048)
_WAY_OUT: Final = "see docs/security.md for what this system would have to allow"


def look() -> dict[str, Walls]:
    """Return the walls that this system lets be built around each parser."""
    return {name: sandbox.look(module, _LIMITS) for name, module in PARSERS.items()}


def _walls(settings: Settings) -> Seen:
    gaps = {name: walls.missing for name, walls in look().items() if walls.missing}
    if not gaps:
        return fine(f"all, around {len(PARSERS)} parsers")
    name, missing = next(iter(gaps.items()))
    detail = f"{len(gaps)} of {len(PARSERS)} parsers lack walls, {name} for one: {', '.join(missing)}"
    if settings.sandbox.require == "all":
        return broken(f"{detail}; PARTFLOW_SANDBOX_REQUIRE=all refuses all files", _WAY_OUT)
    return warning(f"{detail}; the others stand", _WAY_OUT)


EXAMINATIONS: Final = (Examination("walls around parsers", _walls),)
