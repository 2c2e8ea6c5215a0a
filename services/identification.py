"""Deciding which part a photo shows: the machine code first, then print against the catalogue, rules, the model."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from schemas.assistant import IdentifyAnswer
from schemas.evidence import Evidence, EvidenceKind
from schemas.identification import AskReason, CataloguePart, Identification, PartGuess
from schemas.markings import Code, Distributor, Label, Markings
from services.makers import Maker, printed_makers
from services.marking_tokens import (
    Caption,
    Spelling,
    Token,
    confused,
    families,
    folded,
    is_designator,
    likeness,
    maker_of,
    spellings,
    tokens_of,
)
from services.part_number import code_key

_MAX_CODES: Final = 60
_MAX_GUESSES: Final = 5
_SURE: Final = 0.99
_LONE_CODE: Final = 0.9
_BOARD: Final = 4
"With this many designators the photo shows a board, whose parts are seldom the one that is meant."
_MATCHED: Final = {
    Spelling.EXACT: 0.92,
    Spelling.FAMILY: 0.9,
    Spelling.CONFUSED: 0.87,
    Spelling.PLACEHOLDER: 0.87,
    Spelling.PREFIX: 0.87,
    Spelling.CONFUSED_FAMILY: 0.7,
}
_CAPTIONED: Final = {Caption.MAKER: 0.8, Caption.PLAIN: 0.55}


class _Reason(NamedTuple):
    """One kind of argument for a number, how much it weighs alone, and its evidence."""

    kind: str
    weight: float
    evidence: Evidence


class _Candidate(NamedTuple):
    """A printed number with everything that speaks for it."""

    code: str
    token: Token
    reasons: tuple[_Reason, ...]
    known: CataloguePart | None = None
    maker: Maker | None = None
