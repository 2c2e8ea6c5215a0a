"""With 100,000 parts, every kind of question goes through an index."""

import pytest
from sqlalchemy import Engine

from models import Base
from services.search import SearchCompletionService, SearchService
from tests.support.plans import plans_in_use, scans

SMALL = {"types", "projects", "tag_synonyms", "search_words", "document_pages", "documents", "boxes", "part_sellers"}
"Tables with few rows here, of which reading all is quicker; and documents, which all are of one blob."

MOST_PAGES = 4000
"Of 8 kB; reading all numbers and their placements takes more."

QUESTIONS = {
    "letters": ("abcd", "pk_parts"),
    "number": ("GRM118081KA93D", "ix_search_numbers_key_id4"),
    "misread": ("5N7412N", "ix_search_numbers_fold_id4"),
    "beginning": ("grm11808", "ix_search_numbers_key_id4"),
    "one slip": ("GRM118081AK93D", "ix_search_numbers_slips"),
    "two slips": ("GRM11808AK93DX", "ix_search_numbers_slips"),
    "infix": ("1424", "ix_search_numbers_infix"),
    "words": ("number 4242 count", "ix_search_documents_words"),
    "beginnings of words": ("numb coun 424", "ix_search_documents_words"),
    "values": ("4k7 0805", "ix_search_documents_words"),
    "two letters": ("lm", "ix_search_numbers_key_id4"),
    "nothing": ("qxzjwv", "ix_search_documents_words"),
    "slot": ("7-3", "ix_part_locations_box_no_loc_no"),
    "words and filters": ("number 4242 in:stock box:3", "ix_search_documents_words"),
}
"A question of each kind, and an index that answers it."


@pytest.mark.parametrize("kind", QUESTIONS)
def test_question_is_answered_through_an_index(inventory: Engine, kind: str) -> None:
    question, index = QUESTIONS[kind]
    with plans_in_use(inventory.url) as (session, plans):
        SearchService.find(session, question, limit=10, seconds=60)
    planned = {name for plan in plans for name in scans(plan["Plan"])}
    used = {name for plan in plans for name in scans(plan["Plan"], executed=True)}
    pages = sum(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] for plan in plans)
    print(f"{kind}: {question}: {len(plans)} statements, {pages} pages, {sorted(used)}")

    assert index in used
    assert planned & (set(Base.metadata.tables) - SMALL) == set()
    assert pages <= MOST_PAGES


def test_words_that_all_parts_have_are_not_asked_of_the_index(inventory: Engine) -> None:
    with plans_in_use(inventory.url) as (session, plans):
        found = SearchService.find(session, "part count", limit=10, seconds=60)
    used = {name for plan in plans for name in scans(plan["Plan"], executed=True)}

    assert (len(found.found), found.more) == (10, True)
    assert "ix_search_documents_words" not in used


def test_completion_is_answered_through_an_index(inventory: Engine) -> None:
    with plans_in_use(inventory.url) as (session, plans):
        SearchCompletionService.list(session, "two grm18", limit=8)
    used = {name for plan in plans for name in scans(plan["Plan"])}

    assert "ix_search_numbers_key_id4" in used
    assert used & (set(Base.metadata.tables) - SMALL) == set()
