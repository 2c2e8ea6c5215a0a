"""Datasheet candidates, and the gate that judges them."""

from services.datasheet.candidate import DatasheetCandidateService, choose_candidate, evidence_of
from services.datasheet.changes import changes_between
from services.datasheet.editions import edition_of
from services.datasheet.gate import judge
from services.datasheet.source import DatasheetSourceService, validators_of

__all__ = [
    "DatasheetCandidateService",
    "DatasheetSourceService",
    "changes_between",
    "choose_candidate",
    "edition_of",
    "evidence_of",
    "judge",
    "validators_of",
]
