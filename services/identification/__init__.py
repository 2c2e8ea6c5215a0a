"""Identification of a part from its markings, or from a typed number."""

from services.identification.barcodes import parse_distributor_label
from services.identification.decide import candidate_codes, decide
from services.identification.guesses import code_evidence
from services.identification.plausible import is_plausible
from services.identification.spellings import families
from services.identification.typed import identify_typed

__all__ = [
    "candidate_codes",
    "code_evidence",
    "decide",
    "families",
    "identify_typed",
    "is_plausible",
    "parse_distributor_label",
]
