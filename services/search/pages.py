"""Finding parts by the words of their datasheets, and what stands on those pages."""

import math
from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from models import DocumentPage
from schemas.search import Fragment, HitKind, SearchField
from services.search.asking import Question
from services.search.frequencies import frequencies_of, rarest
from services.search.ranking import Match

_OPEN, _CLOSE = "\x02", "\x03"
_RANK: Final = "(ts_rank(words, query) + CAST(words @@ phrase AS int)) / 2 AS closeness"
_ASKED: Final = "SELECT plainto_tsquery('english', :text) AS query, phraseto_tsquery('english', :text) AS phrase"
_PAGES: Final = f"""
WITH first AS MATERIALIZED (
    SELECT blob_sha256, page, {_RANK}
    FROM ({_ASKED} WHERE CAST(:frequent AS bool) OFFSET 0) AS asked, document_pages
    WHERE ctid < CAST('(256,0)' AS tid) AND ts_match_vq(words, query) LIMIT 100
),
others AS MATERIALIZED (
    SELECT blob_sha256, page, {_RANK}
    FROM ({_ASKED} WHERE (SELECT count(*) FROM first) < 50 OFFSET 0) AS asked, document_pages
    WHERE words @@ CAST(:some AS tsquery) AND ts_match_vq(words, query) LIMIT 100
)
SELECT DISTINCT ON (id4) id4, '{HitKind.DATASHEET}' AS kind, closeness, document, page
FROM (SELECT * FROM first UNION SELECT * FROM others) AS pages,
    LATERAL (SELECT id AS document, part_id4 FROM documents WHERE blob_sha256 = pages.blob_sha256 LIMIT 100) AS sheets,
    LATERAL (SELECT id4 FROM search_documents WHERE id4 = part_id4 OFFSET 0) AS found
WHERE {{among}}
ORDER BY id4, closeness DESC, document, page
"""
"""Pages with the whole phrase first; of each part its best page.

Words that are frequent together are looked for in the first blocks of the table, about a thousand pages; else the index
is asked for the rarest.
"""
_LEXEMES: Final = text("SELECT tsvector_to_array(to_tsvector('english', :text))")
_FREQUENT: Final = 0.05
_PIECES: Final = text(
    """
    SELECT documents.id, ts_headline('english', left(text, 200000), plainto_tsquery('english', :text), :options)
    FROM unnest(CAST(:documents AS bigint[]), CAST(:pages AS int[])) AS shown (document, page)
    JOIN documents ON documents.id = document
    JOIN document_pages ON document_pages.blob_sha256 = documents.blob_sha256 AND document_pages.page = shown.page
    """
)
_OPTIONS: Final = f"MaxFragments=1, MinWords=8, MaxWords=24, StartSel={_OPEN}, StopSel={_CLOSE}"


def on_pages(session: Session, text: str) -> Question:
    """Return the question for parts whose datasheets have all the words on one page, with the whole phrase first."""
    words = session.scalar(_LEXEMES, {"text": text})
    shares = frequencies_of(session, DocumentPage.__tablename__).of_words(words)
    frequent = bool(shares) and math.prod(shares.values()) >= _FREQUENT
    return Question(_PAGES, {"text": text, "frequent": frequent, "some": " & ".join(map(_quoted, rarest(shares)))})


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def pieces_of(session: Session, text: str, shown: Sequence[Match]) -> dict[str, Fragment]:
    """Return, for each part that was found on a page, the words around those that were asked for."""
    found = [each for each in shown if each.page is not None]
    if not found:
        return {}
    given = {"documents": [each.document for each in found], "pages": [each.page for each in found]}
    rows = session.execute(_PIECES, {"text": text, "options": _OPTIONS, **given})
    pieces = {document: _unmarked(" ".join(piece.split())) for document, piece in rows}
    return {each.id4: _fragment(each, *pieces[each.document]) for each in found if each.document in pieces}


def _fragment(match: Match, text: str, marks: tuple[tuple[int, int], ...]) -> Fragment:
    return Fragment(field=SearchField.DATASHEET, document=match.document, page=match.page, text=text, marks=marks)


def _unmarked(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return a text without its marks, and where they stood."""
    plain, marks = "", []
    for piece in text.split(_OPEN):
        marked, closed, after = piece.partition(_CLOSE)
        if closed:
            marks.append((len(plain), len(plain) + len(marked)))
        plain += marked + after
    return plain, tuple(marks)
