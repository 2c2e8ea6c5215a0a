"""A part that is merged into another leaves nothing behind but its letters."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from models import Base, History, Part, PartLocation
from models.session import session_scope
from schemas.document import DocumentKind
from schemas.errors import Conflict
from schemas.suggestion import SuggestionField
from services.document import BlobService, DocumentService
from services.part import PartService
from services.part_merge import MOVES, PartMergeService
from tests.support.rows import new_box, new_part, new_run, new_suggestion, put_stock


@pytest.fixture
def pair(client: FlaskClient) -> tuple[str, str]:
    """Two parts of one number."""
    return new_part("LM358"), new_part("LM358")


def merge(client: FlaskClient, part: str, into: str, command_id: UUID | None = None) -> TestResponse:
    return client.post(f"/parts/{part}/merge", json={"into": into, "command_id": str(command_id or uuid4())})


def merged(client: FlaskClient, part: str, into: str) -> tuple[str, str]:
    assert merge(client, part, into).status_code == 200
    return part, into


def attach(part: str, letter: str, *, is_datasheet: bool = False) -> int:
    sha256 = letter * 64
    with session_scope() as session:
        BlobService.ensure(session, sha256=sha256, bucket="docs", s3_key="k", size=1, media_type="application/pdf")
        return DocumentService.attach(session, part, DocumentKind.PDF, sha256=sha256, is_datasheet=is_datasheet)


def set_fields(part: str, by: Any, **fields: object) -> None:
    with session_scope() as session:
        for field, value in fields.items():
            PartService.set_field(session, PartService.lock(session, part), field, value, by=by)


def sums(part: str) -> tuple[int, int]:
    with session_scope() as session:
        history = session.scalar(select(func.sum(History.delta_qty)).where(History.part_id4 == part))
        placed = session.scalar(select(func.sum(PartLocation.qty)).where(PartLocation.part_id4 == part))
    return history or 0, placed or 0


KEPT = {"search_documents", "search_numbers"}
"Rows that the database keeps; those of a merged part go."


def test_everything_that_can_hang_on_a_part_moves() -> None:
    parts = Part.__table__
    hanging = {
        str(key.parent)
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table is parts and table is not parts and table.name not in KEPT
    }
    assert hanging == {f"{column.class_.__tablename__}.{column.expression.name}" for column in MOVES}


def test_all_that_hangs_on_the_part_goes_over(client: FlaskClient, pair: tuple[str, str]) -> None:
    source, target = pair
    box_no = new_box()
    for part, loc_no, quantity in ((source, 1, 5), (source, 2, 3), (target, 1, 2)):
        put_stock(part, box_no, loc_no, quantity, uuid4())
    document, run = attach(source, "a"), new_run(source)
    suggestion = new_suggestion(source, SuggestionField.TAGS, ["smd"])
    merged = merge(client, source, target).get_json()
    assert (merged["id4"], merged["merged_from"], merged["quantity"]) == (target, [source], 10)
    assert [(each["loc_no"], each["quantity"]) for each in merged["placements"]] == [(1, 7), (2, 3)]
    assert [each["id"] for each in merged["documents"]] == [document]
    assert [each["id"] for each in merged["suggestions"]] == [suggestion]
    assert client.get(f"/pipelines/runs/{run}").get_json()["part"] == target
    assert (sums(source), sums(target)) == ((0, 0), (10, 10))


def test_old_letters_stand_for_the_other_part_everywhere(client: FlaskClient, pair: tuple[str, str]) -> None:
    source, target = pair
    third, box_no = new_part(), new_box()
    merge(client, source, target)
    merge(client, target, third)
    answer = client.get(f"/parts/{source.lower()}")
    assert (answer.get_json()["id4"], answer.headers["Content-Location"]) == (third, f"/parts/{third}")
    assert answer.get_json()["merged_from"] == sorted([source, target])
    put_stock(source, box_no, 1, 4, uuid4())
    client.patch(f"/parts/{source}", json={"description": "mine"})
    run = client.post("/pipelines/part-intake/runs", json={"manufacturer_code": "LM358", "part": source}).get_json()
    suggestion = new_suggestion(source, SuggestionField.TAGS, ["smd"])
    shown = client.get(f"/parts/{third}").get_json()
    assert (shown["quantity"], shown["description"], run["runs"][0]["part"]) == (4, "mine", third)
    assert [each["id"] for each in shown["suggestions"]] == [suggestion]
    for path in ("/suggestions", "/pipelines/runs"):
        assert (
            client.get(path, query_string={"part": source}).get_json()
            == client.get(path, query_string={"part": third}).get_json()
        )


def test_merged_part_is_in_no_list(client: FlaskClient, pair: tuple[str, str]) -> None:
    source, target = pair
    client.patch(f"/parts/{source}", json={"tags": ["mine"]})
    merge(client, source, target)
    assert [part["id4"] for part in client.get("/parts").get_json()["parts"]] == [target]
    assert client.get("/parts?retired=true").get_json()["parts"] == []
    assert [each["id4"] for each in client.get("/parts/duplicates?code=LM358").get_json()["duplicates"]] == [target]
    assert client.get("/tags/mine").get_json()["parts"] == 1


def test_same_document_on_both_is_kept_once(client: FlaskClient, pair: tuple[str, str]) -> None:
    source, target = pair
    picture = attach(source, "a", is_datasheet=True)
    set_fields(source, "machine", image_id=picture)
    kept, other = attach(target, "a"), attach(source, "b")
    merged = merge(client, source, target).get_json()
    assert [(each["id"], each["is_datasheet"]) for each in merged["documents"]] == [(kept, True), (other, False)]
    assert merged["image"] == f"/documents/{kept}/content"


@pytest.mark.parametrize(
    ("theirs", "mine", "merged"),
    [
        ("machine", None, (True, "machine")),
        ("machine", False, (False, "person")),
        (True, None, (True, "person")),
        (True, False, (False, "person")),
        (False, True, (True, "person")),
    ],
)
def test_what_a_person_said_of_a_document_stays(
    client: FlaskClient, pair: tuple[str, str], theirs: object, mine: object, merged: tuple[bool, str]
) -> None:
    source, target = pair
    documents = attach(source, "a", is_datasheet=theirs == "machine"), attach(target, "a")
    for document_id, word in zip(documents, (theirs, mine), strict=True):
        if isinstance(word, bool):
            client.patch(f"/documents/{document_id}", json={"is_datasheet": word})
    (shown,) = merge(client, source, target).get_json()["documents"]
    assert (shown["is_datasheet"], shown["datasheet_by"]) == merged


def test_picture_that_a_person_took_away_stays_away(client: FlaskClient, pair: tuple[str, str]) -> None:
    source, target = pair
    set_fields(source, "machine", image_id=attach(source, "a"))
    set_fields(target, "person", image_id=None)
    assert merge(client, source, target).get_json()["image"] is None


def test_datasheet_of_another_number_is_only_a_document(client: FlaskClient) -> None:
    source, target = new_part("LM358"), new_part("NE555")
    attach(source, "a", is_datasheet=True)
    assert [each["is_datasheet"] for each in merge(client, source, target).get_json()["documents"]] == [False]


@pytest.mark.parametrize(
    ("source_by", "source_value", "target_by", "target_value", "merged"),
    [
        ("machine", "theirs", None, None, ("theirs", "machine")),
        ("person", "theirs", None, None, ("theirs", "person")),
        ("machine", "theirs", "machine", "mine", ("mine", "machine")),
        ("person", "theirs", "machine", "mine", ("theirs", "person")),
        ("machine", "theirs", "person", "mine", ("mine", "person")),
        ("person", "theirs", "person", "mine", ("mine", "person")),
        ("machine", "theirs", "person", None, (None, "person")),
        ("person", "theirs", "person", None, ("theirs", "person")),
        ("person", None, "machine", "mine", ("mine", "machine")),
    ],
)
def test_a_persons_word_goes_before_a_machines(
    client: FlaskClient,
    pair: tuple[str, str],
    source_by: str,
    source_value: str | None,
    target_by: str | None,
    target_value: str | None,
    merged: tuple[str | None, str],
) -> None:
    source, target = pair
    set_fields(source, source_by, description=source_value)
    if target_by:
        set_fields(target, target_by, description=target_value)
    shown = merge(client, source, target).get_json()
    assert (shown["description"], shown["set_by"]["description"]) == merged


def test_tags_of_both_are_joined(client: FlaskClient, pair: tuple[str, str]) -> None:
    source, target = pair
    set_fields(source, "person", tags=["mine", "smd"])
    set_fields(target, "machine", tags=["op-amp", "smd"])
    shown = merge(client, source, target).get_json()
    assert (shown["tags"], shown["set_by"]["tags"]) == (["op-amp", "smd", "mine"], "person")


def test_merging_again_changes_nothing(client: FlaskClient, pair: tuple[str, str]) -> None:
    source, target = pair
    command_id = uuid4()
    first = merge(client, source, target, command_id).get_json()
    assert merge(client, source, target, command_id).get_json() == first
    assert merge(client, source, target).get_json() == first


def test_stock_command_from_before_the_merge_is_not_booked_again(client: FlaskClient, pair: tuple[str, str]) -> None:
    source, target = pair
    box_no, command_id = new_box(), uuid4()
    put_stock(source, box_no, 1, 5, command_id)
    merge(client, source, target)
    put_stock(source, box_no, 1, 5, command_id)
    assert sums(target) == (5, 5)


def test_command_id_is_for_one_merge(client: FlaskClient, pair: tuple[str, str]) -> None:
    source, target = pair
    command_id = uuid4()
    merge(client, source, target, command_id)
    answer = merge(client, new_part(), target, command_id)
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (422, "command_id")


@pytest.mark.parametrize(
    ("prepare", "status", "sentence"),
    [
        (lambda client, source, target: (source, source), 409, "cannot be merged into itself"),
        (lambda client, source, target: (source, "ZZZZ"), 404, "there is no part ZZZZ"),
        (lambda client, source, target: ("ZZZZ", target), 404, "there is no part ZZZZ"),
        (
            lambda client, source, target: (merged(client, source, target)[0], new_part()),
            409,
            "was already merged into",
        ),
        (lambda client, source, target: merged(client, source, target)[::-1], 409, "which was merged into"),
        (
            lambda client, source, target: (client.post(f"/parts/{target}/retire") and source, target),
            409,
            "is retired; restore it",
        ),
    ],
)
def test_impossible_merge_says_why(
    client: FlaskClient,
    pair: tuple[str, str],
    prepare: Callable[[FlaskClient, str, str], tuple[str, str]],
    status: int,
    sentence: str,
) -> None:
    answer = merge(client, *prepare(client, *pair))
    assert (answer.status_code, sentence in answer.get_json()["error"]) == (status, True), answer.text


@pytest.mark.parametrize("body", [{}, {"into": "ABCD"}, {"into": "ABCDE", "command_id": str(uuid4())}])
def test_wrong_merge_is_refused(client: FlaskClient, pair: tuple[str, str], body: dict[str, str]) -> None:
    assert client.post(f"/parts/{pair[0]}/merge", json=body).status_code == 400


def test_merges_and_stock_commands_at_once_lose_nothing(client: FlaskClient) -> None:
    parts, box_no = [new_part() for _ in range(6)], new_box()

    def book(number: int) -> None:
        put_stock(parts[number % 6], box_no, number % 3 + 1, 1, uuid4())

    def merge_into_next(number: int) -> None:
        try:
            with session_scope() as session:
                PartMergeService.merge(session, parts[number], into=parts[number + 1], command_id=uuid4())
        except Conflict:
            merge_into_next(number)

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(book, number) for number in range(60)]
        jobs[30:30] = [pool.submit(merge_into_next, number) for number in (4, 0, 2, 1, 3)]
        jobs += [pool.submit(book, number) for number in range(60)]
        for job in jobs:
            job.result(30)
    with session_scope() as session:
        left = session.scalars(text("SELECT DISTINCT part_id4 FROM part_locations")).all()
    assert left == [parts[-1]]
    assert [sums(part) for part in parts] == [(0, 0)] * 5 + [(120, 120)]
