import pytest
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from api.app import create_app
from api.http.transaction import db
from tests.support.rows import new_box, new_part


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("INSERT INTO part_locations (part_id4, box_no, loc_no, qty) VALUES (:part, 1, 1, 0)", "cannot be negative"),
        (
            "INSERT INTO part_locations (part_id4, box_no, loc_no, qty) VALUES (:part, 9, 1, 1)",
            "the slot no longer exists",
        ),
        (
            "INSERT INTO part_locations (part_id4, box_no, loc_no, qty) VALUES ('ZZZZ', 1, 1, 1)",
            "the part no longer exists",
        ),
        ("INSERT INTO locations (box_id, box_no, loc_no) VALUES (1, 1, 1)", "got this location"),
        ("UPDATE boxes SET capacity = 0", "at least one location"),
    ],
)
def test_violated_constraint_is_a_sentence(database: str, statement: str, sentence: str) -> None:
    app, part = create_app(), new_part()
    new_box()

    def violate() -> ResponseReturnValue:
        db().execute(text(statement), {"part": part})
        return ""

    app.add_url_rule("/violate", view_func=violate)
    answer = app.test_client().get("/violate")
    assert answer.status_code == 409
    assert sentence in answer.get_json()["error"]
