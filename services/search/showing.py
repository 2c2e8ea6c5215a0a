"""What is shown of the parts that were found: one statement for all of it."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from schemas.search import SearchField
from services.search.ranking import STOCK, leading
from services.search.statement import Statement

_SHOWN: Final = Statement(
    f"""
    WITH found AS MATERIALIZED (
        SELECT id4, score + CAST(:stock AS float8)
            * CAST(EXISTS (SELECT FROM part_locations WHERE part_id4 = id4) AS int) AS score
        FROM unnest(CAST(:ids AS char(4)[]), CAST(:scores AS float8[])) AS likely (id4, score)
        ORDER BY score DESC, id4 LIMIT :limit
    )
    SELECT id4, score, manufacturer_code, manufacturer, types.name AS type, description, tags, seller,
        retired_at IS NOT NULL AS retired,
        ARRAY(SELECT ARRAY[box_no, loc_no, qty] FROM part_locations WHERE part_id4 = id4 ORDER BY box_no, loc_no)
            AS placements,
        ARRAY(
            SELECT ARRAY['{SearchField.SELLERS}', concat_ws(' ', part_sellers.seller, order_code)]
            FROM part_sellers WHERE :around AND part_id4 = id4
            UNION ALL SELECT ARRAY['{SearchField.DOCUMENTS}', concat_ws(' ', original_filename, title)]
            FROM documents WHERE :around AND part_id4 = id4
            UNION ALL SELECT ARRAY['{SearchField.PROJECTS}', projects.name]
            FROM project_requirements JOIN projects ON projects.id = project_id WHERE :around AND part_id4 = id4
        ) AS around
    FROM found JOIN parts USING (id4) LEFT JOIN types ON types.id = type_id
    ORDER BY score DESC, id4
    """
)


class Shown(NamedTuple):
    """A part as it is shown."""

    id4: str
    score: float
    manufacturer_code: str | None
    manufacturer: str | None
    type: str | None
    description: str | None
    tags: Sequence[str]
    seller: str | None
    retired: bool
    placements: Sequence[tuple[int, int, int]]
    "box, location and quantity of each"
    around: Sequence[tuple[SearchField, str]]
    "texts of sellers, documents and projects, if they are wanted"


def shown(session: Session, scores: Mapping[str, float], *, limit: int, around: bool) -> list[Shown]:
    """Return the first of some parts with all that is shown of them, by their scores and what is in stock."""
    likely = leading(scores, limit)
    if not likely:
        return []
    given = {"ids": likely, "scores": [scores[id4] for id4 in likely], "limit": limit, "around": around, "stock": STOCK}
    return [Shown(*row) for row in _SHOWN.ask(session, given)]
