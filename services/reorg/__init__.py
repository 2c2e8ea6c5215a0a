"""Reorganisation: plans that put bags into better slots, and their moves."""

from services.reorg.apply import ReorgApplyService
from services.reorg.layout import ReorgSnapshot, SnapshotService
from services.reorg.moves import NewMove, ReorgMoveService, Way
from services.reorg.objective import WEIGHTS, objective_of
from services.reorg.picture import ReorgPictureService
from services.reorg.planning import BadPlan, check_moves, make_moves
from services.reorg.service import ReorgPlanService, must_be_ready, plan_state
from services.reorg.step import Applied

__all__ = [
    "WEIGHTS",
    "Applied",
    "BadPlan",
    "NewMove",
    "ReorgApplyService",
    "ReorgMoveService",
    "ReorgPictureService",
    "ReorgPlanService",
    "ReorgSnapshot",
    "SnapshotService",
    "Way",
    "check_moves",
    "make_moves",
    "must_be_ready",
    "objective_of",
    "plan_state",
]
