"""Datasheet candidates, and the gate that judges them."""

from services.datasheet.candidate import DatasheetCandidateService, choose_candidate, evidence_of
from services.datasheet.gate import judge

__all__ = ["DatasheetCandidateService", "choose_candidate", "evidence_of", "judge"]
