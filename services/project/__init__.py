"""Projects: requirements, coverage, pick lists and builds."""

from services.project.build import BuildService
from services.project.coverage import CoverageService, Covered, planned
from services.project.pick_list import Pick, PickListService, Plan
from services.project.requirement import RequirementService
from services.project.service import ProjectService

__all__ = [
    "BuildService",
    "CoverageService",
    "Covered",
    "Pick",
    "PickListService",
    "Plan",
    "ProjectService",
    "RequirementService",
    "planned",
]
