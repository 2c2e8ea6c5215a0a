"""Finding parts by the words of their datasheets, and what stands on those pages."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from models import DocumentPage
from schemas.search import Fragment, HitKind, SearchField
from services.search.asking import Question
from services.search.frequencies import RARE, frequencies_of
from services.search.ranking import Match
from services.search.statement import Statement

_OPEN, _CLOSE = "\x02", "\x03"


def _candidates(where: str) -> str:
    """Return a part of the statement: pages with all the words, each with its rank."""
    return f"""
    SELECT blob_sha256, page, (ts_rank(words, query) + CAST(words @@ phrase AS int)) / 2 AS closeness
    FROM (
        -- The words of a page are stored compressed; with nothing added they are unpacked once, for rank and phrase.
        SELECT blob_sha256, page, words || '' AS words FROM document_pages
        WHERE {where} AND words @@ plainto_tsquery('english', :text) LIMIT 100
    ) AS candidates, (
        SELECT plainto_tsquery('english', :text) AS query, phraseto_tsquery('english', :text) AS phrase OFFSET 0
    ) AS asked
    """


_PAGES: Final = f"""
WITH fronts AS MATERIALIZED ({_candidates("CAST(:frequent AS bool) AND page = 1")}),
others AS MATERIALIZED ({_candidates("(SELECT count(*) FROM fronts) < :enough")})
SELECT DISTINCT ON (id4) id4, '{HitKind.DATASHEET}' AS kind, closeness, document, page
FROM (SELECT * FROM fronts UNION SELECT * FROM others) AS pages,
    LATERAL (SELECT id AS document, part_id4 FROM documents WHERE blob_sha256 = pages.blob_sha256 LIMIT 100) AS sheets,
    LATERAL (SELECT id4 FROM search_documents WHERE id4 = part_id4 OFFSET 0) AS found
WHERE {{among}}
ORDER BY id4, closeness DESC, document, page
"""
"""Pages with the whole phrase first; of each part its best page.

An index reads every place of the rarest word. If that is frequent too, the fronts of datasheets are asked first, which
have an index of their own.
"""
_LEXEMES: Final = Statement("SELECT tsvector_to_array(to_tsvector('english', :text))")
_PIECES: Final = Statement(
    """
    SELECT documents.id, ts_headline('english', left(text, 200000), plainto_tsquery('english', :text), :options)
    FROM unnest(CAST(:documents AS bigint[]), CAST(:pages AS int[])) AS shown (document, page)
    JOIN documents ON documents.id = document
    JOIN document_pages ON document_pages.blob_sha256 = documents.blob_sha256 AND document_pages.page = shown.page
    """
)
_OPTIONS: Final = f"MaxFragments=1, MinWords=8, MaxWords=24, StartSel={_OPEN}, StopSel={_CLOSE}"


def on_pages(session: Session, text: str, *, enough: int) -> Question:
    """Return the question for parts whose datasheets have all the words on one page, with the whole phrase first."""
    words = _LEXEMES.ask(session, {"text": text}).scalar_one()
    shares = frequencies_of(session, DocumentPage.__tablename__).of_words(words).values()
    return Question(_PAGES, {"text": text, "frequent": min(shares, default=0.0) >= RARE, "enough": enough})


def pieces_of(session: Session, text: str, shown: Sequence[Match]) -> dict[str, Fragment]:
    """Return, for each part that was found on a page, the words around those that were asked for."""
    found = [each for each in shown if each.page is not None]
    if not found:
        return {}
    given = {"documents": [each.document for each in found], "pages": [each.page for each in found]}
    rows = _PIECES.ask(session, {"text": text, "options": _OPTIONS, **given})
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
