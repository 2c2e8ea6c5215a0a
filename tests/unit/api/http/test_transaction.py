from typing import NoReturn

from flask import Response, g
from sqlalchemy.exc import IntegrityError

from api.http.transaction import PartflowFlask


def test_commit_that_fails_is_the_answer(app: PartflowFlask) -> None:
    def commit() -> NoReturn:
        raise IntegrityError("COMMIT", {}, Exception("duplicate key"))

    def view() -> str:
        g.scope.callback(commit)
        return "done"

    app.add_url_rule("/view", view_func=view)
    assert app.test_client().get("/view").status_code == 409


def test_transaction_ends_before_the_body_is_sent(app: PartflowFlask) -> None:
    order: list[str] = []

    def sent(response: Response) -> Response:
        order.append("sent")
        return response

    def view() -> list[str]:
        g.scope.callback(order.append, "committed")
        return order

    app.add_url_rule("/view", view_func=view)
    app.after_request(sent)
    app.test_client().get("/view")
    assert order == ["committed", "sent"]


def test_no_session_is_opened_unless_used(app: PartflowFlask) -> None:
    app.add_url_rule("/view", view_func=lambda: {"opened": "db" in g})
    assert app.test_client().get("/view").get_json() == {"opened": False}
