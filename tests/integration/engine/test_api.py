from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, update

from engine.cancel import cancel_run
from models import PipelineRun, PipelineStep
from models.session import get_engine, session_scope
from schemas.ledger import RunState, StepState
from tests.support.rows import new_part, new_run
from tests.support.statements import statements


def change(run_id: object, **values: object) -> None:
    with session_scope() as session:
        session.execute(
            update(PipelineRun).where(PipelineRun.id == run_id).values(version=PipelineRun.version + 1, **values)
        )


def test_run_shows_where_it_is(client: FlaskClient) -> None:
    part = new_part()
    run_id = new_run(part)
    with session_scope() as session:
        session.execute(
            update(PipelineStep)
            .where(PipelineStep.run_id == run_id, PipelineStep.name == "part.identify")
            .values(state=StepState.GAP, reason="unsure", detail="two candidates")
        )
    run = client.get(f"/pipelines/runs/{run_id}").get_json()
    assert run["progress"] == {"done": 1, "total": 2}
    assert run["gaps"] == [
        {"step": "part.identify", "reason": "unsure", "detail": "two candidates", "transient": False}
    ]
    assert [step["name"] for step in run["steps"]] == ["part.identify", "run.finish"]
    assert run["links"] == {
        "self": f"/pipelines/runs/{run_id}",
        "part": f"/parts/{part}",
        "cancel": f"/pipelines/runs/{run_id}/cancel",
    }


def test_ended_run_cannot_be_cancelled(client: FlaskClient) -> None:
    run_id = new_run()
    change(run_id, state=RunState.SUCCEEDED, finished_at=func.now())
    assert "cancel" not in client.get(f"/pipelines/runs/{run_id}").get_json()["links"]
    assert client.post(f"/pipelines/runs/{run_id}/cancel").status_code == 409


def test_unchanged_run_is_304_for_one_query(client: FlaskClient, database: str) -> None:
    address = f"/pipelines/runs/{new_run()}"
    etag = client.get(address).headers["ETag"]
    engine: Engine = get_engine()
    with statements(engine) as sent:
        answer = client.get(address, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)
    assert len(sent) == 1


def test_whole_run_takes_few_queries(client: FlaskClient) -> None:
    run_id = new_run()
    with statements(get_engine()) as sent:
        client.get(f"/pipelines/runs/{run_id}")
    assert len(sent) <= 4


def test_changed_run_has_another_etag(client: FlaskClient) -> None:
    run_id = new_run()
    etag = client.get(f"/pipelines/runs/{run_id}").headers["ETag"]
    change(run_id, state=RunState.RUNNING)
    answer = client.get(f"/pipelines/runs/{run_id}", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.get_json()["state"]) == (200, "running")
    assert etag.startswith('W/"')
    assert answer.headers["ETag"] != etag


@pytest.mark.parametrize(("header", "status"), [("*", 304), ('"x", W/"0"', 304), ('"0"', 304), ('"1"', 200)])
def test_if_none_match_is_compared_weakly(client: FlaskClient, header: str, status: int) -> None:
    assert client.get(f"/pipelines/runs/{new_run()}", headers={"If-None-Match": header}).status_code == status


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": 'W/"0"'}])
def test_unknown_run_is_not_found(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.get(f"/pipelines/runs/{uuid4()}", headers=headers)
    assert (answer.status_code, answer.get_json()["details"]["kind"]) == (404, "run")


def test_cancelling_twice_is_cancelling_once(client: FlaskClient) -> None:
    run_id = new_run()
    first, again = (client.post(f"/pipelines/runs/{run_id}/cancel") for _ in range(2))
    assert (first.status_code, first.get_json()["state"]) == (200, "cancelled")
    assert (again.status_code, again.get_json()["state"]) == (200, "cancelled")


def test_unknown_run_cannot_be_cancelled(client: FlaskClient) -> None:
    assert client.post(f"/pipelines/runs/{uuid4()}/cancel").status_code == 404


def test_pages_show_every_run_once_newest_first(client: FlaskClient) -> None:
    made = [str(new_run()) for _ in range(5)]
    seen, after = [], ""
    while after is not None:
        cursor = {"after": after} if after else {}
        page = client.get("/pipelines/runs", query_string={"limit": 2, **cursor}).get_json()
        seen += [run["id"] for run in page["runs"]]
        after = page["next"]
    assert seen == made[::-1]


def test_runs_are_filtered(client: FlaskClient) -> None:
    part = new_part()
    wanted, other = new_run(part), new_run()
    with session_scope() as session:
        cancel_run(session, other)
    by_part = client.get("/pipelines/runs", query_string={"part": part.lower()}).get_json()["runs"]
    by_state = client.get("/pipelines/runs?state=cancelled&pipeline=part_intake").get_json()["runs"]
    assert [run["id"] for run in by_part] == [str(wanted)]
    assert [run["id"] for run in by_state] == [str(other)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("limit=1&limit=2", "limit"),
        ("state=lost", "state"),
        ("pipeline=nope", "pipeline"),
        ("part=AB", "part"),
        ("after=x", "after"),
        (f"after={UUID(int=7)}", "after"),
        ("colour=red", "colour"),
    ],
)
def test_wrong_filter_names_the_field(client: FlaskClient, query: str, field: str) -> None:
    answer = client.get(f"/pipelines/runs?{query}")
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, field)
