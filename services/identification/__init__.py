"""Identification of a part from its markings, or from a typed number."""

from services.identification.barcodes import parse_distributor_label
from services.identification.decide import candidate_codes, decide
from services.identification.typed import identify_typed

__all__ = ["candidate_codes", "decide", "identify_typed", "parse_distributor_label"]
