"""The rows that are searched are those that would be built from nothing."""

import threading
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from models import Part, SearchDocument
from models.session import session_scope
from schemas.value import find_values
from services.search import SearchIndexService
from services.search.text import indexed_lexemes, words_of
from tests.support.rows import new_part, upload

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
LIKE_VALUES = st.text(alphabet="0123456789.,/ kKMmunpRVFHzWA%ΩµN-xX", max_size=30)
SEARCH = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SEARCH
@given(LIKE_VALUES | ANY_TEXT)
def test_database_reads_values_as_python_does(engine: Engine, given: str) -> None:
    with engine.connect() as connection:
        indexed = connection.scalar(select(func.search_values(given)))

    values = {lexeme for found in find_values(given) for lexeme in indexed_lexemes(found.value)}
    assert set((indexed or "").split()) == values


@SEARCH
@given(st.text(alphabet="aäÄßéÉñØ øµμΩ-_/.1٣b", max_size=30))
def test_database_splits_words_as_python_does(engine: Engine, given: str) -> None:
    with engine.connect() as connection:
        assert tuple((connection.scalar(select(func.search_words(given))) or "").split()) == words_of(given)


@SEARCH
@given(st.text(alphabet="AB0O8D1I", min_size=4, max_size=12), st.data())
def test_numbers_two_slips_apart_share_a_bucket(engine: Engine, number: str, data: st.DataObject) -> None:
    other = number
    for _ in range(2 if len(number) >= 7 else 1):
        other = slipped(other, data)
    query = select(func.search_deletions(number, 2).op("&&")(func.search_deletions(other, 2)))
    with engine.connect() as connection:
        assert connection.scalar(query)


@pytest.mark.parametrize(
    ("other", "slips"),
    [
        ("ABCDEF", 0),
        ("ABXDEF", 1),
        ("ABDEF", 1),
        ("ABCCDEF", 1),
        ("ABDCEF", 1),
        ("BACDFE", 2),
        ("ABDECF", 2),
        ("XYZ", 6),
    ],
)
def test_two_characters_that_changed_places_are_one_slip(engine: Engine, other: str, slips: int) -> None:
    with engine.connect() as connection:
        assert min(connection.scalar(select(func.search_slips("ABCDEF", other))) or 0, 5) == min(slips, 5)


def slipped(text_: str, data: st.DataObject) -> str:
    place = data.draw(st.integers(0, len(text_) - 1))
    before, at, after = text_[:place], text_[place], text_[place + 1 :]
    return data.draw(
        st.sampled_from(
            [
                before + "X" + after,
                before + after or "X",
                before + "Y" + at + after,
                before + after[:1] + at + after[1:],
            ]
        )
    )


def test_rows_are_rebuilt_batch_by_batch(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.search.index.BATCH", 2)
    parts = sorted(new_part(code) for code in ("A1", "B2", "C3"))
    with session_scope() as session:
        session.execute(text("UPDATE search_documents SET words = ''"))
        session.execute(text("UPDATE search_numbers SET key = 'OTHER'"))
        session.execute(text("DELETE FROM search_documents WHERE id4 = :id4"), {"id4": parts[0]})
        assert sorted(set(SearchIndexService.list_stale(session))) == parts

        after, counts = None, []
        while True:
            count, after = SearchIndexService.rebuild(session, after=after)
            counts.append(count)
            if after is None:
                break

        assert counts == [2, 1]
        assert list(SearchIndexService.list_stale(session)) == []


def test_change_that_waits_for_another_sees_it(database: str, engine: Engine) -> None:
    part = new_part("NE555P")
    with Session(engine) as one, Session(engine) as other:
        one.execute(text("UPDATE parts SET description = 'timer' WHERE id4 = :part"), {"part": part})

        def attach() -> None:
            other.execute(
                text("INSERT INTO part_sellers (part_id4, seller) VALUES (:part, 'Reichelt')"), {"part": part}
            )
            other.commit()

        waiting = threading.Thread(target=attach)
        waiting.start()
        while not one.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) and waiting.is_alive():
            one.execute(text("SELECT 1"))
        one.commit()
        waiting.join(30)

    with session_scope() as session:
        words = session.scalar(select(SearchDocument.words).where(SearchDocument.id4 == part)) or ""
        assert ("timer" in words, "reichelt" in words) == (True, True)


def test_renamed_type_needs_no_new_rows(client: FlaskClient) -> None:
    client.post("/types", json={"name": "Relais"})
    client.post("/parts", json={"manufacturer_code": "G5V-1", "type": "Relais"})
    client.patch("/types/Relais", json={"name": "Reed Relay"})

    assert [hit["type"] for hit in client.get("/search?q=reed").get_json()["hits"]] == ["Reed Relay"]
    assert client.get("/search?q=relais").get_json()["hits"] == []


def test_search_sees_a_change_as_soon_as_it_is_committed(client: FlaskClient) -> None:
    part = client.post("/parts", json={"manufacturer_code": "NE555P"}).get_json()["id4"]

    def finds(query: str) -> bool:
        return [hit["id4"] for hit in client.get("/search", query_string={"q": query}).get_json()["hits"]] == [part]

    client.patch(f"/parts/{part}", json={"description": "astable multivibrator", "tags": ["clock"]})
    assert finds("astable clock")
    client.patch(f"/parts/{part}", json={"description": None, "manufacturer_code": "TLC555"})
    assert not finds("astable")
    assert finds("TLC555")
    with session_scope() as session:
        session.execute(text("UPDATE parts SET tags = ARRAY['bulk-made']"))
    assert finds("bulk made")
    upload(client, part, b"%PDF-1.4 nothing", "weird-name.txt")
    client.post("/projects", json={"name": "Radio"})
    client.post(
        f"/parts/{part}/merge",
        json={"into": client.post("/parts", json={}).get_json()["id4"], "command_id": str(uuid4())},
    )
    with session_scope() as session:
        assert session.scalar(select(func.count()).select_from(Part)) == 2
