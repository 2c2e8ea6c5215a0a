"""Receipts and builds refer to their commands on stock: the migration, what is written, and what is refused."""

from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from models import BuildCommand, History, ProjectBuild, ShoppingReceipt, StockCommand
from models.session import session_scope
from tests.support.migrating import Migrating
from tests.support.project_rows import new_project, stocked
from tests.support.rows import new_box

BEFORE, REVISION = "b7e02d51c3f8", "0e93d6f4a1b5"
RECEIPTS = "SELECT id, stock_command_id FROM shopping_receipts ORDER BY id"
BUILDS = "SELECT build_id, stock_command_id FROM project_build_commands ORDER BY stock_command_id"


def key(end: str) -> UUID:
    return UUID(end.rjust(32, "0"))


def test_filled_tables_go_up_and_down(migrating: Migrating) -> None:
    migrating.upgrade(BEFORE)
    before = migrating.content()
    migrating.upgrade(REVISION)
    # Those whose result names a command that is not there (ff) stay without.
    assert migrating.rows(RECEIPTS) == [(key("e1"), key("b")), (key("e2"), None)]
    assert migrating.rows(BUILDS) == [(key("b1"), key("c")), (key("b1"), key("d"))]
    migrating.downgrade(BEFORE)
    assert migrating.content() == before


def receive(client: FlaskClient, part: str) -> None:
    line = client.post("/shopping", json={"part": part, "quantity": 5}).get_json()["id"]
    client.post("/shopping/order", json={"lines": [line]})
    body = {"command_id": str(uuid4()), "quantity": 5}
    assert client.post(f"/shopping/{line}/receive", json=body).status_code == 200


def build(client: FlaskClient, *parts: str) -> dict[str, str]:
    project = new_project(client, **dict.fromkeys(parts, 1))
    answer = client.post(f"/projects/{project}/builds", json={"command_id": str(uuid4())}).get_json()
    return {each["part"]: each["stock_command"] for each in answer["parts"]}


def test_receipt_refers_to_its_command(client: FlaskClient) -> None:
    new_box()
    receive(client, stocked(1))
    with session_scope() as session:
        receipt = session.scalars(select(ShoppingReceipt)).one()
        command = session.get_one(StockCommand, receipt.stock_command_id)
        assert (str(command.id), command.kind) == (receipt.result["stock_command"], "receive")


def test_build_refers_to_its_commands(client: FlaskClient) -> None:
    new_box()
    given = build(client, stocked(1), stocked(0, 1))
    with session_scope() as session:
        rows = session.execute(
            select(BuildCommand.build_id, StockCommand.part_id4, StockCommand.id).join(
                StockCommand, StockCommand.id == BuildCommand.stock_command_id
            )
        ).all()
        build_id = session.scalars(select(ProjectBuild.id)).one()
    assert {(row[0], row[1], str(row[2])) for row in rows} == {
        (build_id, part, command) for part, command in given.items()
    }


@pytest.mark.parametrize("what", ["receipt", "build"])
def test_command_that_is_referred_to_is_not_deleted(client: FlaskClient, what: str) -> None:
    new_box()
    part = stocked(1)
    if what == "receipt":
        receive(client, part)
    else:
        build(client, part)
    with session_scope() as session:
        session.execute(delete(History))
    with pytest.raises(IntegrityError, match="stock_command_id_stock_commands"), session_scope() as session:
        session.execute(delete(StockCommand))


def test_command_of_a_receipt_must_be_there(client: FlaskClient) -> None:
    new_box()
    receive(client, stocked(1))
    with pytest.raises(IntegrityError, match="fk_shopping_receipts_stock_command_id"), session_scope() as session:
        session.execute(update(ShoppingReceipt).values(stock_command_id=uuid4()))


def test_receipt_goes_with_its_line_and_the_command_stays(client: FlaskClient) -> None:
    new_box()
    receive(client, stocked(1))
    with session_scope() as session:
        line = session.scalars(select(ShoppingReceipt.line_id)).one()
    assert client.delete(f"/shopping/{line}").status_code == 204
    with session_scope() as session:
        assert session.scalars(select(ShoppingReceipt)).all() == []
        assert len(session.scalars(select(StockCommand)).all()) == 2
