"""Reorganising from the command line."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text
from structlog.testing import capture_logs

from api.http.transaction import PartflowFlask
from cli.client import Client
from cli.reorg import reorg
from tests.support.carrying import carry_out
from tests.support.layouts import drawn, lay_out, new_plan

Run = Callable[..., Result]


class Carried(Client):
    """A client whose server carries out at once what it is asked to start."""

    def ask(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Ask, and carry out the run that the answer names."""
        answer = super().ask(method, path, **options)
        if answer.status_code == httpx2.codes.ACCEPTED:
            body = answer.json()
            carry_out(body["runs"][0]["id"] if "runs" in body else body["links"]["run"].rpartition("/")[2])
        return answer


@pytest.fixture
def run(app: PartflowFlask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command against the API of the test."""
    http = httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url="http://localhost")
    monkeypatch.setattr("cli.reorg.connect", lambda _server, _data_dir: nullcontext(Carried(http)))

    def invoke(*words: object, code: int = 0, typed: str | None = None) -> Result:
        # The API logs in this process, where its lines would come between those of the command.
        with capture_logs():
            done = CliRunner().invoke(reorg, list(map(str, words)), input=typed)
        assert done.exit_code == code, done.output
        return done

    return invoke


@pytest.fixture
def parts(database: str, engine: Engine) -> dict[str, str]:
    parts = lay_out("aAbBc", "CdDeE", ".....")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO types (name) VALUES ('Upper'), ('Lower') ON CONFLICT DO NOTHING"))
        for letter, id4 in parts.items():
            query = "UPDATE parts SET type_id = (SELECT id FROM types WHERE name = :name) WHERE id4 = :id4"
            connection.execute(text(query), {"name": "Upper" if letter.isupper() else "Lower", "id4": id4})
    return parts


@pytest.fixture
def plan(parts: dict[str, str]) -> UUID:
    return new_plan(parts, [[("a", "1-1", "3-1")], [("A", "1-2", "1-1")], [("C", "2-1", "2-2"), ("d", "2-2", "2-1")]])


def test_plan_is_made_and_shown(run: Run, parts: dict[str, str]) -> None:
    shown = run("plan", "--moves", 9, "--leave", 3, "--pin", parts["E"], "--weight", "boxes_per_type=10").stdout

    assert "sitting 1: open boxes 1, 2" in shown
    assert parts["A"] in shown
    assert "boxes per type 2.00 → " in shown
    asked = json.loads(run("show", "--json").stdout)["asked"]
    assert asked["leave"] == [3]
    assert asked["objective"] == {"boxes_per_type": 10.0}


def test_tidy_inventory_has_nothing_to_move(run: Run, database: str) -> None:
    assert "there is nothing to move" in run("plan").stdout


def test_moves_are_ticked_at_the_shelf(run: Run, plan: UUID, parts: dict[str, str], engine: Engine) -> None:
    said = run("apply", typed="y\nskip\ny\n").stdout

    assert f"move 1: take {parts['a']} (NUMBERa) from 1-1, and put it into 3-1" in said
    assert f"then put {parts['C']} into 2-2, {parts['d']} into 2-1" in said
    assert drawn(engine, parts) == (".AbBc", "dCDeE", "a....")
    shown = run("show").stdout
    assert shown.count("✓") == 3
    assert "3 of 4 moves applied" in shown
    assert parts["a"] not in run("show", "--left").stdout


def test_ticking_can_be_left(run: Run, plan: UUID, parts: dict[str, str], engine: Engine) -> None:
    run("apply", typed="y\nquit\n")

    assert drawn(engine, parts)[2] == "a...."


def test_refused_move_is_told(run: Run, plan: UUID, parts: dict[str, str]) -> None:
    refused = run("apply", 2, "--plan", plan, code=1)
    assert "apply move 1 first" in str(refused.exception or refused.stderr)
    assert "apply move 1 first" in run("apply", typed="skip\ny\nquit\n", code=1).stderr
    assert "✗" in run("show").stdout


def test_some_are_booked_and_put_back(run: Run, plan: UUID, parts: dict[str, str], engine: Engine) -> None:
    before, command = drawn(engine, parts), uuid4()

    for _ in range(2):
        assert run("apply", 1, 2, "--command-id", command).stdout == "booked: 1, 2\n"
    assert json.loads(run("apply", "--sitting", 2, "--json").stdout)["moves"] == [3, 4]
    run("undo", typed="y\ny\ny\n")

    assert drawn(engine, parts) == before


def test_all_is_applied_and_undone(run: Run, plan: UUID, parts: dict[str, str], engine: Engine) -> None:
    before = drawn(engine, parts)

    assert "succeeded: 4 of 4 moves are applied" in run("apply", "--all").stderr
    assert drawn(engine, parts) == ("A.bBc", "dCDeE", "a....")
    assert json.loads(run("undo", "--all", "--json").stdout)["counts"]["undone"] == 4
    assert drawn(engine, parts) == before


def test_rest_is_planned_again(run: Run, parts: dict[str, str]) -> None:
    run("plan", "--moves", 9)
    first = json.loads(run("show", "--json").stdout)["id"]
    run("apply", 1)

    assert json.loads(run("replan", "--json").stdout)["id"] != first
    assert "replaced" in run("show", first).stdout


@pytest.mark.parametrize(
    "words", [("apply", "1", "--all"), ("undo", "--sitting", "1", "--all"), ("plan", "--weight", "gaps"), ("show",)]
)
def test_senseless_order_is_a_usage_error(run: Run, database: str, words: tuple[str, ...]) -> None:
    run(*words, code=2)
