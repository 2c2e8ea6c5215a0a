"""The rows that are searched, built from nothing, and the words that they are learnt from."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import ARRAY, CHAR, func, literal, select, text
from sqlalchemy.orm import Session

from models import Part

BATCH: Final = 1000
_LEARN: Final = text(
    """
    WITH words AS (
        SELECT 'word' AS kind, word, ndoc AS parts FROM ts_stat($$
            SELECT to_tsvector('simple', search_words(concat_ws(' ', manufacturer, description,
                array_to_string(tags, ' '), (SELECT name FROM types WHERE types.id = type_id))))
            FROM parts WHERE retired_at IS NULL
        $$) WHERE word ~ '^[[:alpha:]]{3,40}$'
        UNION ALL
        SELECT 'tag', tag, count(*) FROM parts, unnest(tags) AS tag WHERE retired_at IS NULL GROUP BY tag
        UNION ALL
        SELECT 'maker', min(manufacturer), count(*) FROM parts
        WHERE manufacturer IS NOT NULL AND retired_at IS NULL GROUP BY manufacturer_key
    ), forgotten AS (
        DELETE FROM search_words WHERE NOT EXISTS (
            SELECT FROM words WHERE words.kind = search_words.kind AND words.word = search_words.word
        )
    )
    INSERT INTO search_words AS known (kind, word, parts) SELECT kind, word, parts FROM words
    ON CONFLICT (kind, word) DO UPDATE SET parts = excluded.parts WHERE known.parts <> excluded.parts
    """
)
"""What is known already is kept, because a new word has many spellings that may be meant by it."""

_STALE: Final = text(
    """
    SELECT coalesce(built.id4, kept.id4)
    FROM search_content(CAST(:ids AS char(4)[])) AS built (id4, key, words) FULL JOIN (
        SELECT id4, coalesce(key, '') AS key, words
        FROM search_documents LEFT JOIN search_numbers USING (id4) WHERE id4 = ANY (CAST(:ids AS char(4)[]))
    ) AS kept USING (id4)
    WHERE (coalesce(built.key, ''), built.words) IS DISTINCT FROM (coalesce(kept.key, ''), kept.words)
    ORDER BY 1
    """
)


class SearchIndexService:
    """Triggers keep the rows; this builds them anew, should one ever differ, and learns words now and then."""

    @staticmethod
    def count(session: Session) -> int:
        """Return the number of parts."""
        return session.scalar(select(func.count()).select_from(Part)) or 0

    @staticmethod
    def rebuild(session: Session, *, after: str | None) -> tuple[int, str | None]:
        """Build the next rows anew; return how many, and the letters to go on after, unless these were the last."""
        ids = _next(session, after)
        if ids:
            session.execute(select(func.search_refresh(literal(ids, ARRAY(CHAR(4))))))
        return len(ids), ids[-1] if len(ids) == BATCH else None

    @staticmethod
    def list_stale(session: Session) -> Iterator[str]:
        """Yield the letters of parts whose row differs from one that is built from nothing."""
        after = None
        while ids := _next(session, after):
            # A few at a time, because no plan for all of them is right for few rows and for many.
            yield from session.scalars(_STALE, {"ids": ids})
            after = ids[-1]

    @staticmethod
    def learn(session: Session) -> None:
        """Write down the words, tags and makers of all parts, for spelling and completion."""
        session.execute(_LEARN)


def _next(session: Session, after: str | None) -> list[str]:
    return list(session.scalars(select(Part.id4).where(Part.id4 > (after or "")).order_by(Part.id4).limit(BATCH)))
