"""The texts about a part, with the confidence and the evidence that each gives."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from schemas.assistant import PartText
from schemas.evidence import Evidence, EvidenceKind

_TITLE_LENGTH: Final = 300


class Written(NamedTuple):
    """A text, the confidence in it, and its source."""

    text: str
    confidence: float
    kind: EvidenceKind
    source: str | None = None
    page: int | None = None

    def evidence(self, quote: str) -> Evidence:
        """Return quoted words of the text as evidence."""
        return Evidence(kind=self.kind, quote=quote, source=self.source, page=self.page)


def written_of(part: PartText) -> Iterator[Written]:
    """Yield the description, the keywords and the top of the datasheet's first page, if the part has them."""
    if part.description:
        yield Written(part.description, 0.9, EvidenceKind.CATALOGUE, "description")
    if part.keywords:
        yield Written(part.keywords, 0.8, EvidenceKind.CATALOGUE, "keywords")
    if part.datasheet:
        yield Written(part.datasheet[0][:_TITLE_LENGTH], 0.7, EvidenceKind.DATASHEET, page=1)


def number_evidence(part: PartText) -> Evidence:
    """Return the part's number as evidence."""
    return Evidence(kind=EvidenceKind.RULE, quote=part.manufacturer_code, source="number family")
