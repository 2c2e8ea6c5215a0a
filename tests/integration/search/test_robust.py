"""Any text is searched, and a search that takes too long says so."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from models.session import session_scope
from schemas.errors import Unavailable
from schemas.search import MAX_TYPED
from services.search import SearchIndexService, SearchService
from tests.support.rows import new_part

HOSTILE = [
    "", " ", "%" * 200, "_" * 200, "'; DROP TABLE parts; --", "\\" * 50, "a' & | ! ( ) <-> :*", "((((((((", "!!!! & |",
    "x" * 10_000, "a " * 5000, "LM358 " * 1500, "\u202e\x07LM358", "LM\x00358", "μΩ±°" * 500, "日本語 部品 検索",
    "🤖" * 300,
    "0" * 300, "-" * 300, "a:b:c:* & d", "NULL", "\\x00", "%a%b%c%d%", "[a-z]{1000}", "1/0 W", "9" * 18 + "k",
    "the the the",
    "and or not", "a b c d e f g h i j k l m n", "1 2 3 4 5 6 7 8 9", '"unterminated phrase', 'type:"half', "e" * 40,
    "1N" * 20, "\ud83d", "ﬁ ﬂ Ǆ", "İstanbul", "a\u0301" * 60, "~~~~", "qv1e3r", "type:% tag:_ maker:' project:\\",
    "999999-999999", "1-1000000", "４ｋ７", "٣٣ أوم", "in:stock " * 30, "qty<9999999999", "box:0",
]  # fmt: skip


@pytest.fixture
def asked(client: FlaskClient, database: str) -> Callable[[str, str], int]:
    new_part("LM358")
    with session_scope() as session:
        SearchIndexService.learn(session)
    return lambda path, text: client.get(path, query_string={"q": text.encode("utf-8", "surrogatepass")}).status_code


@pytest.mark.parametrize("path", ["/search", "/search/suggest"])
def test_hostile_text_is_searched(asked: Callable[[str, str], int], path: str) -> None:
    answers = {text[:40]: asked(path, text) for text in HOSTILE}

    assert {text: status for text, status in answers.items() if status not in (200, 400)} == {}
    # Control characters are refused everywhere, and so is text that would not fit into the line of a request.
    refused = {
        "qty<9999999999",
        "LM\x00358",
        "\u202e\x07LM358",
        *(text[:40] for text in HOSTILE if len(text) > MAX_TYPED),
    }
    assert {text for text, status in answers.items() if status == 400} <= refused


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.text(alphabet="LM358 4k7nFuΩ-:<>=\"'&|!()*%_type", max_size=40))
def test_any_text_is_searched(asked: Callable[[str, str], int], given_text: str) -> None:
    assert {asked("/search", given_text), asked("/search/suggest", given_text)} <= {200, 400}


def test_long_search_is_given_up_with_an_answer(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(search: object) -> object:
        return search._session.execute(text("SELECT pg_sleep(30)"))  # type: ignore[attr-defined]  # to be late inside it

    monkeypatch.setattr("services.search.service._Search.results", slow)
    with session_scope() as session, pytest.raises(Unavailable, match=r"took over 0\.1 s; ask for more words"):
        SearchService.find(session, "LM358", limit=10, seconds=0.1)
