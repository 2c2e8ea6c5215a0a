"""Datasheet candidates and the gate that they pass or fail."""

from services.datasheet.candidate import DatasheetCandidateService
from services.datasheet.gate import judge

__all__ = ["DatasheetCandidateService", "judge"]
