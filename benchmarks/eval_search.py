"""How often what is meant stands first, by kind of question, and how near that is to what any search could do."""

import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.rows import read_rows
from benchmarks.search_inventory import Inventory, inventory
from benchmarks.search_queries import Question, Questions
from benchmarks.search_rows import letters
from embedded import private_postgres
from schemas.part_number import loose_key
from schemas.search import HitKind
from services.search import SearchService, ranking, service, showing
from services.search.terms import Term

_PARTS, _QUICK_PARTS = 100_000, 3_000
_PER_KIND, _QUICK_PER_KIND = 150, 15
_FOUND: Final = 10
_SEED: Final = 11
_FIRST: Final = {"id4": 1.0, "exact": 1.0, "misread": 1.0, "prefix": 1.0, "value": 0.97}
"The least MRR of kinds of questions."
_BELOW_CEILING: Final = {"one slip": 0.01, "two slips": 0.03}
_UNIQUE: Final = {"one slip": 0.99, "two slips": 0.97}
"The least MRR where one part alone is nearest."
_FEW, _RECALL = 10, 0.95
_REASONS: Final = {
    "look-alikes": {HitKind.MISREAD, HitKind.MISREAD_BEGINNING},
    "beginnings": {HitKind.BEGINNING},
    "slips": {HitKind.ONE_SLIP, HitKind.TWO_SLIPS},
    "words": {HitKind.WORDS, HitKind.SPELLING},
}
_PARTS_OF_THE_FORMULA: Final = ("nothing", *_REASONS, "closeness", "stock", "other words")
_NEAREST: Final = text(
    """
    SELECT id4, search_slips(fold, search_fold(:key)) FROM search_numbers
    WHERE levenshtein_less_equal(fold, search_fold(:key), 4) <= 4
    """
)


class Asked(NamedTuple):
    """A question with the letters that were found, best first."""

    question: Question
    found: tuple[str, ...]

    @property
    def rank(self) -> int | None:
        """The place, from 1, of the first part that is right."""
        right = set(self.question.expected or ())
        return next((place for place, id4 in enumerate(self.found, 1) if id4 in right), None)


def run(data: Path, *, quick: bool) -> dict[str, Any]:
    """Ask the questions of a file, and generated ones, of an inventory of catalogue rows."""
    given = read_rows(data, "query", "expected", "kind")
    with private_postgres() as server, inventory(server, _QUICK_PARTS if quick else _PARTS, 0, _say) as made:
        known = {row.key: letters(number) for number, row in enumerate(made.rows)}
        theirs = [_question(row, known) for row in (given[:60] if quick else given)]
        ours = [
            question
            for question in Questions(made.rows, seed=_SEED, per_kind=_QUICK_PER_KIND if quick else _PER_KIND).all()
            if question.expected is not None
        ]
        asked = _ask(made, ours)
        figures: dict[str, Any] = {"parts": len(made.rows), "generated questions": len(ours)}
        figures |= {f"{kind}: MRR@10, recall@1/5/10": _shown(some) for kind, some in _by_kind(asked).items()}
        rows = [each for each in theirs if each.expected]
        figures["questions of the file, of which parts are known"] = f"{len(theirs)}, {len(rows)}"
        figures |= {
            f"file, {kind}: MRR@10, recall@1/5/10": _shown(some) for kind, some in _by_kind(_ask(made, rows)).items()
        }
        checks = _checked(made, _by_kind(asked))
        figures |= _ablation(made, ours, quick=quick)
    return {"figures": figures, "checks": checks}


def _say(what: str) -> None:
    print(f"partflow: {what}", file=sys.stderr)


def _question(row: Mapping[str, Any], known: Mapping[str, str]) -> Question:
    """Read a row of the file; what is expected are numbers, or letters of the inventory."""
    keys = [loose_key(str(each)) for each in row["expected"]]
    return Question(str(row["query"]), tuple(known[key] for key in keys if key in known), str(row["kind"]))


def _ask(made: Inventory, questions: Sequence[Question]) -> list[Asked]:
    asked = []
    with Session(made.engine) as session:
        for question in questions:
            found = SearchService.find(session, question.text, limit=_FOUND, seconds=30).found
            session.commit()
            asked.append(Asked(question, tuple(each.part.id4 for each in found)))
    return asked


def _by_kind(asked: Sequence[Asked]) -> dict[str, list[Asked]]:
    kinds: dict[str, list[Asked]] = defaultdict(list)
    for each in asked:
        kinds[each.question.kind].append(each)
    return kinds


def _mrr(asked: Sequence[Asked]) -> float:
    return statistics.fmean(1 / each.rank if each.rank else 0.0 for each in asked) if asked else 1.0


def _recall(asked: Sequence[Asked], places: int) -> float:
    return statistics.fmean((each.rank or _FOUND + 1) <= places for each in asked) if asked else 1.0


def _shown(asked: Sequence[Asked]) -> str:
    recalls = " ".join(f"{_recall(asked, places):.3f}" for places in (1, 5, _FOUND))
    return f"{_mrr(asked):.3f}, {recalls} ({len(asked)})"


def _checked(made: Inventory, kinds: Mapping[str, list[Asked]]) -> list[dict[str, Any]]:
    checks = [_check(f"{kind}: MRR@10", _mrr(kinds[kind]), least) for kind, least in _FIRST.items()]
    for kind, margin in _BELOW_CEILING.items():
        _say(f"the ceiling of {kind}")
        nearest = [_ceiling(made, each.question) for each in kinds[kind]]
        ceiling = statistics.fmean(best for best, _ in nearest)
        checks.append(
            _check(f"{kind}: MRR@10, of which the ceiling is {ceiling:.3f}", _mrr(kinds[kind]), ceiling - margin)
        )
        unique = [each for each, (_, alone) in zip(kinds[kind], nearest, strict=True) if alone]
        checks.append(_check(f"{kind}: MRR@10 where one part is nearest ({len(unique)})", _mrr(unique), _UNIQUE[kind]))
    few = [each for each in kinds["words"] if _matching(made, each.question) <= _FEW]
    checks.append(_check(f"words: recall@10 where at most {_FEW} match ({len(few)})", _recall(few, _FOUND), _RECALL))
    return checks


def _ceiling(made: Inventory, question: Question) -> tuple[float, bool]:
    """Return the MRR of a ranking of all keys by their true distance, equals shared, and whether one is nearest."""
    with made.engine.connect() as connection:
        slips: dict[str, int] = dict(connection.execute(_NEAREST, {"key": loose_key(question.text)}).all())
    (right,) = question.expected or ("",)
    if right not in slips:
        return 0.0, False
    better = sum(each < slips[right] for each in slips.values())
    equal = sum(each == slips[right] for each in slips.values())
    places = range(better + 1, min(better + equal, _FOUND) + 1)
    return sum(1 / place for place in places) / equal, better == 0 and equal == 1


def _matching(made: Inventory, question: Question) -> int:
    """Return how many descriptions have all the words."""
    words = question.text.split()
    return sum(all(word in row.description.lower() for word in words) for row in made.rows)


@contextmanager
def _without(what: str) -> Iterator[None]:
    with ExitStack() as changed:
        if what == "closeness":
            changed.enter_context(patch.object(ranking, "CLOSENESS", 0.0))
        elif what == "stock":
            changed.enter_context(patch.object(showing, "STOCK", 0.0))
        elif what == "other words":
            changed.enter_context(patch.object(Term, "whole", lambda term: _typed(term, "")))
            changed.enter_context(patch.object(Term, "begun", lambda term, _stems: _typed(term, ":*")))
        else:
            left_out = _REASONS.get(what, ())
            some = lambda matches: ranking.best(each for each in matches if each.kind not in left_out)  # noqa: E731
            changed.enter_context(patch.object(service, "best", some))
        yield


def _typed(term: Term, end: str) -> str:
    words = term.alternatives[0] if term.alternatives else term.codes
    return "(" + " & ".join(f"{word}{end}" for word in words) + ")"


def _ablation(made: Inventory, questions: Sequence[Question], *, quick: bool) -> dict[str, str]:
    some = questions[:: 1 if quick else 3]
    table = {}
    for what in _PARTS_OF_THE_FORMULA:
        _say(f"without {what}")
        with _without(what):
            kinds = _by_kind(_ask(made, some))
        table[f"without {what}: MRR@10"] = " ".join(f"{kind} {_mrr(asked):.2f}" for kind, asked in kinds.items())
    return table


def _check(name: str, value: float, least: float) -> dict[str, Any]:
    return {"name": name, "value": round(value, 4), "limit": round(least, 4), "ok": round(value, 4) >= round(least, 4)}
