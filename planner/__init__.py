"""Plans that tidy up numbered boxes: pure functions over plain data, with nothing but the standard library.

`plan` makes a plan for a layout and an objective, `sittings` groups its steps, `picture` judges a layout, and `replay`
carries steps out with a check of each. README.md says how it works.
"""

from planner.layout import BadLayout, Bag, Box, Layout, Move, Place, Step
from planner.objective import PRESETS, Objective
from planner.picture import Picture, picture
from planner.plan import Plan, plan
from planner.replay import Impossible, replay
from planner.sittings import Sitting, sittings

__all__ = [
    "PRESETS",
    "BadLayout",
    "Bag",
    "Box",
    "Impossible",
    "Layout",
    "Move",
    "Objective",
    "Picture",
    "Place",
    "Plan",
    "Sitting",
    "Step",
    "picture",
    "plan",
    "replay",
    "sittings",
]
