"""What a layout is judged by: terms with weights, chosen by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Objective:
    """The weight of each term of the score, and the cost of a move; a weight of 0 leaves the term out."""

    boxes_per_type: float = 0.0
    "for each box that a type lies in beyond the boxes that it needs"
    gaps: float = 0.0
    "for each empty location before the last full one of a box"
    kin: float = 0.0
    "for each two neighbours in a type's order: 0 beside each other, 1/4 in one box, else 1"
    front: float = 0.0
    "for each bag outside the front boxes, times its uses over the average uses of a bag"
    together: float = 0.0
    "for each box that a pick list opens"
    moves: float = 0.05
    "for each bag that is moved: a step that gains less than its moves cost is not proposed"


PRESETS: Final[Mapping[str, Objective]] = MappingProxyType(
    {
        "fewest_moves": Objective(),
        "gaps": Objective(gaps=1.0),
        "types": Objective(boxes_per_type=10.0, gaps=1.0),
        "kin": Objective(boxes_per_type=10.0, gaps=1.0, kin=2.0),
        "front": Objective(boxes_per_type=1.0, front=4.0),
        "together": Objective(together=1.0),
        "picking": Objective(boxes_per_type=1.0, gaps=0.1, front=4.0, together=0.5),
    }
)
"Objectives by name; `fewest_moves` is at peace with every layout."
