"""How well the local assistant tags, against rows that other people categorised.

Nobody wrote tags on these rows, but many tags say what a part is: such a tag is right where the rules let it stand with
a type that the row's category stands for, and a row is served when it has one of them. Tags that any type may have
(packages, interfaces, technologies) are not judged, only that a vocabulary in another order changes nothing.
"""

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.catalogue_rows import CatalogueRow, categorised, checked, sample, share
from benchmarks.eval_types import right_types
from clients.assistant.local.assistant import LocalAssistant
from clients.assistant.local.rules import load_rules
from schemas.assistant import TagQuestion
from schemas.vocabulary import VOCABULARY

_QUICK_ROWS: Final = 3000
_LIMIT: Final = 8
_SHUFFLES: Final = 200
_LIMITS: Final = {"precision_of_kinds": 0.95, "described_rows_served": 0.8, "stable": 1.0}

_TAGS_OF_TYPES: Final = {rule.name: frozenset(rule.tags) for rule in load_rules().types if rule.tags}
_JUDGED: Final = frozenset(tag for tags in _TAGS_OF_TYPES.values() for tag in tags)


def run(data: Path, *, quick: bool) -> dict[str, Any]:
    """Tag each row of `data`; `quick` takes a sample."""
    rows = [row for row in categorised(data) if right_types(row.category) & _TAGS_OF_TYPES.keys()]
    rows = sample(rows, _QUICK_ROWS) if quick else rows
    tagged = [(row, tags_of(row)) for row in rows]
    judged = [(row, tag) for row, tags in tagged for tag in tags if tag in _JUDGED]
    wrong = Counter(f"{row.category}: {tag}" for row, tag in judged if not _is_right(row, tag))
    served = [any(_is_right(row, tag) for tag in tags) for row, tags in tagged if row.is_described]
    figures = {
        "precision_of_kinds": share(len(judged) - wrong.total(), len(judged)),
        "described_rows_served": share(sum(served), len(served)),
        "rows_tagged": share(sum(bool(tags) for _, tags in tagged), len(rows)),
        "tags_per_row": share(sum(len(tags) for _, tags in tagged), len(rows)),
        "stable": share(*_unchanged(rows)),
    }
    shown = {
        "rows": len(rows),
        **figures,
        "commonest_mistakes": dict(wrong.most_common(15)),
    }
    return {"figures": shown, "checks": checked(figures, _LIMITS)}


def tags_of(row: CatalogueRow, vocabulary: tuple[str, ...] = VOCABULARY) -> tuple[str, ...]:
    """Return the tags of a row, surest first."""
    question = TagQuestion(part=row.part, vocabulary=vocabulary, limit=_LIMIT)
    return tuple(guess.tag for guess in LocalAssistant().suggest_tags(question).answer.tags)


def _unchanged(rows: list[CatalogueRow]) -> tuple[int, int]:
    """Return how many of some rows keep their tags when the vocabulary comes in another order, and of how many."""
    some = sample(rows, _SHUFFLES)
    shuffled = tuple(Random(1).sample(VOCABULARY, len(VOCABULARY)))
    return sum(tags_of(row) == tags_of(row, shuffled) for row in some), len(some)


def _is_right(row: CatalogueRow, tag: str) -> bool:
    return any(tag in _TAGS_OF_TYPES.get(name, frozenset()) for name in right_types(row.category))
