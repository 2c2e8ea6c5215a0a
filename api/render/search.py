"""What was found, as DTOs."""

from collections.abc import Sequence

from api.render.row import rendered
from schemas.part import PlacementOut
from schemas.search import Advice, Completion, Completions, Hit, SearchResult
from schemas.slot import Slot
from services.search.completion import Completed
from services.search.service import Found, SearchAnswer


def search_result(query: str, results: SearchAnswer) -> SearchResult:
    """Render what a query found."""
    return SearchResult(
        query=query[:200],
        hits=tuple(map(_hit, results.found)),
        more=results.more,
        advice=_advice(results),
    )


def completions(found: Sequence[Completed]) -> Completions:
    """Render ways to go on typing."""
    return Completions(completions=tuple(Completion(text=each.text, kind=each.kind) for each in found))


def _advice(results: SearchAnswer) -> Advice | None:
    if not results.did_you_mean and not results.without:
        return None
    meant = (results.did_you_mean,) if results.did_you_mean else ()
    return Advice(did_you_mean=meant, without=results.without, instead=results.instead)


def _hit(found: Found) -> Hit:
    part = found.part
    return rendered(
        Hit,
        part,
        tags=tuple(part.tags),
        quantity=sum(quantity for *_, quantity in part.placements),
        placements=tuple(
            PlacementOut(slot=Slot(box_no, loc_no), box_no=box_no, loc_no=loc_no, quantity=quantity)
            for box_no, loc_no, quantity in part.placements
        ),
        why=found.why,
        fragments=tuple(found.fragments),
        score=round(part.score, 2),
    )
