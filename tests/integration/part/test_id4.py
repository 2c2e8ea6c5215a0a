"""Letters for new parts: down to the last ones, by many at once, and never rude."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import Part
from models.session import get_engine, session_scope
from schemas.errors import NoFreeId4
from schemas.id4 import SKIPPED
from services.part import PartService
from services.part.id4 import LETTERS, Id4Service
from tests.integration.part_import.test_api import imported
from tests.support.rows import JPEG, new_part, post_photos
from tests.support.statements import statements

WAIT_SECONDS = 120

Only = Callable[[str], int]


@pytest.fixture
def only(database: str, monkeypatch: pytest.MonkeyPatch) -> Only:
    """Return a function that lets new parts have these letters only, and returns how many parts that is."""
    take = Id4Service.take

    def choose(letters: str) -> int:
        monkeypatch.setattr(Id4Service, "take", staticmethod(partial(take, letters=letters)))
        return sum(not is_rude("".join(each)) for each in product(letters, repeat=4))

    return choose


@pytest.fixture
def nothing_left(only: Only) -> str:
    """Give out all of a few letters, and return one id4."""
    return min([new_part() for _ in range(only("XZ"))])


def is_rude(id4: str) -> bool:
    return any(word in id4 for word in SKIPPED)


def parts() -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(Part)) or 0


def take_all_but(free: list[str], letters: str) -> None:
    """Make parts of all id4s of these letters but some."""
    letter = "unnest(string_to_array(:letters, NULL))"
    taken = f"SELECT a || b || c || d, now() FROM {', '.join(f'{letter} AS {name}' for name in 'abcd')}"
    with session_scope() as session:
        # Retired, because parts that are searched take much longer to write.
        insert = text(f"INSERT INTO parts (id4, retired_at) {taken} WHERE a || b || c || d <> ALL(:free)")
        session.execute(insert, {"letters": letters, "free": free})


@pytest.mark.parametrize("letters", ["Q", "XZ", "QXZ", "BDGJQXZ"])
def test_every_id4_is_given_out_before_there_is_none(only: Only, letters: str) -> None:
    given = {new_part() for _ in range(only(letters))}

    assert given == {"".join(each) for each in product(letters, repeat=4)}
    with pytest.raises(NoFreeId4, match="part that is there"):
        new_part()


def test_last_letters_of_many_are_found_wherever_they_are(only: Only) -> None:
    letters, free = LETTERS[:16], ["AAAB", "DEAF", "PPPP"]
    only(letters)
    take_all_but(free, letters)

    assert sorted(new_part() for _ in free) == free
    assert parts() == 16**4
    with pytest.raises(NoFreeId4, match="65,536"):
        new_part()


def test_id4s_that_read_as_rude_words_are_skipped(only: Only) -> None:
    count = only("FUCK")
    given = {new_part() for _ in range(count)}

    assert len(given) == count < 4**4
    assert not any(map(is_rude, given))


def test_part_keeps_letters_that_are_skipped_now(session: Session) -> None:
    session.add(Part(id4=SKIPPED[0]))
    session.flush()

    assert PartService.get(session, SKIPPED[0]).id4 == SKIPPED[0]


@pytest.mark.parametrize("word", SKIPPED)
def test_list_of_skipped_words_has_words_that_can_be_met(word: str) -> None:
    assert set(word) <= set(LETTERS)
    assert 3 <= len(word) <= 4
    assert not any(other in word for other in SKIPPED if other != word)


@pytest.mark.parametrize("left", [1, 40, 81])
def test_few_statements_make_a_part_however_few_letters_are_left(only: Only, left: int) -> None:
    for _ in range(only("QXZ") - left):
        new_part()
    with session_scope() as session, statements(get_engine()) as sent:
        PartService.create(session)

    assert len(sent) <= 6, sent


def test_many_at_once_share_the_last_letters(only: Only) -> None:
    count = only("QXZ")

    def make(_: int) -> str | None:
        try:
            return new_part()
        except NoFreeId4:
            return None

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(make, range(count + 10)))

    assert made.count(None) == 10
    assert len(set(made)) == count + 1


def test_transactions_that_make_many_parts_do_not_wait_for_each_other(database: str) -> None:
    with session_scope() as one, session_scope() as other:
        made = [PartService.create(session).id4 for _ in range(300) for session in (one, other)]

    assert len(set(made)) == 600


def test_letters_of_one_transaction_differ_in_two_places(session: Session) -> None:
    made = [PartService.create(session).id4 for _ in range(150)]

    assert min(sum(a != b for a, b in zip(x, y, strict=True)) for x in made for y in made if x < y) >= 2


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_last_letters_are_waited_for_while_another_transaction_may_give_them_back(
    only: Only, engine: Engine, ends: str
) -> None:
    for _ in range(only("XZ") - 1):
        new_part()
    with Session(engine) as other, ThreadPoolExecutor(1) as pool:
        last = PartService.create(other).id4
        waiting = pool.submit(new_part)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        getattr(other, ends)()

        if ends == "rollback":
            assert waiting.result(WAIT_SECONDS) == last
        else:
            with pytest.raises(NoFreeId4):
                waiting.result(WAIT_SECONDS)


def test_letters_that_another_way_took_meanwhile_are_passed_over(
    only: Only, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    only("QXZ")
    taken, take = new_part(), Id4Service.take
    drawn = iter([taken])
    monkeypatch.setattr(Id4Service, "take", staticmethod(lambda session: next(drawn, None) or take(session)))

    assert PartService.create(session).id4 != taken


def received(client: FlaskClient) -> TestResponse:
    line = client.post("/shopping", json={"quantity": 1, "text": "Case"}).get_json()["id"]
    client.post("/shopping/order", json={"lines": [line]})
    return client.post(f"/shopping/{line}/receive", json={"command_id": str(uuid4()), "quantity": 1, "new_part": {}})


BY_HTTP: dict[str, Callable[[FlaskClient], TestResponse]] = {
    "a part": lambda client: client.post("/parts", json={"manufacturer_code": "NE555P"}),
    "a photo": lambda client: post_photos(client, (JPEG, "bag.jpg")),
    "a number": lambda client: client.post("/pipelines/part-intake/runs", json={"manufacturer_code": "NE555P"}),
    "a receipt": received,
}


@pytest.mark.parametrize("asked", BY_HTTP)
def test_refusal_says_the_way_out(client: FlaskClient, nothing_left: str, asked: str) -> None:
    before = parts()
    answer = BY_HTTP[asked](client)

    assert (answer.status_code, answer.get_json()["code"]) == (409, "conflict")
    assert "put the stock on a part that is there" in answer.get_json()["error"]
    assert parts() == before


def test_import_says_it_for_each_new_row_and_changes_parts_that_are_there(
    client: FlaskClient, nothing_left: str
) -> None:
    new = "".join(f",N{number},new\n" for number in range(5))
    told = imported(client, f"id4,MPN,Description\n{nothing_left},,old\n{new}", skip_bad_rows="true")

    assert (told["state"], told["report"]["counts"]["update"], told["report"]["counts"]["bad"]) == ("partial", 1, 5)
    assert all("put the stock on" in row["problems"][0]["message"] for row in told["report"]["bad"])


def test_import_that_may_not_skip_rows_says_it_and_changes_nothing(client: FlaskClient, nothing_left: str) -> None:
    told = imported(client, f"id4,MPN,Description\n{nothing_left},,old\n,N1,new\n")

    assert told["state"] == "failed"
    assert "put the stock on" in str(told["report"])
