from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from api.http.gauges import Gauges
from engine.enqueue import enqueue
from models.session import get_engine, session_scope
from pipelines import PART_INTAKE
from schemas.intake import PartIntakeInput
from schemas.ledger import Lane
from settings import get_settings
from tests.support.apps import app_on
from tests.support.carrying import carry_out
from tests.support.statements import statements

SLEEP = text("SELECT pg_sleep(60)")
Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scraped(client: FlaskClient) -> Series:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(series: Series, name: str, **labels: str) -> float:
    return series.get((name, frozenset(labels.items())), 0.0)


def start(lane: Lane = Lane.INTERACTIVE) -> str:
    with session_scope() as session:
        run = enqueue(session, PART_INTAKE, PartIntakeInput(manufacturer_code="LM358"), lane=lane)
    return str(run.id)


def test_runs_and_queues_are_counted_by_what_they_wait_for(client: FlaskClient) -> None:
    start()
    start(Lane.BULK)
    series = scraped(client)
    for lane in Lane:
        assert value(series, "partflow_runs_open", pipeline="part_intake", lane=lane, state="pending") == 1
    assert value(series, "partflow_runs_waiting", reason="worker") == 1
    assert value(series, "partflow_runs_waiting", reason="batch") == 1
    assert value(series, "partflow_queue_runs", queue="assist") == 1
    assert value(series, "partflow_queue_runs", queue="assist.bulk") == 0
    for dependency in ("database", "broker"):
        assert value(series, "partflow_dependency_up", dependency=dependency) == 1


def test_steps_are_counted_and_timed_by_outcome(client: FlaskClient) -> None:
    labels = {"pipeline": "part_intake", "step": "run.finish", "outcome": "succeeded"}
    before = scraped(client)
    carry_out(start())
    after = scraped(client)
    for name in ("partflow_step_duration_seconds_count", "partflow_step_duration_seconds_sum"):
        assert value(after, name, **labels) > value(before, name, **labels)


def test_run_that_ended_is_counted_for_an_hour(client: FlaskClient) -> None:
    carry_out(start())
    series = scraped(client)
    assert sum(count for (name, _), count in series.items() if name == "partflow_runs_ended_last_hour") == 1


def samples(gauges: Gauges) -> dict[str, dict[str, float]]:
    return {
        family.name: {" ".join(sample.labels.values()): sample.value for sample in family.samples}
        for family in gauges.collect()
    }


def test_broker_that_is_away_is_said_and_hides_nothing_else(database: str, configure: Callable[..., None]) -> None:
    configure(BROKER_URL="amqp://app:password@127.0.0.1:9/x")
    read = samples(Gauges(get_settings()))
    assert read["partflow_dependency_up"] == {"database": 1.0, "broker": 0.0}
    assert read["partflow_chords_open"] == {"": 0.0}
    assert "partflow_dead_letters" not in read


def test_database_that_is_away_is_said_and_hides_nothing_else(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.census._LONGEST_MS", 1)
    monkeypatch.setattr("api.http.gauges.AiCallService.sum_cost_of_today", lambda session: session.execute(SLEEP))
    read = samples(Gauges(get_settings()))
    assert read["partflow_dependency_up"] == {"database": 0.0, "broker": 1.0}
    assert read["partflow_dead_letters"] == {"": 0.0}


def test_scrapes_in_quick_succession_ask_the_database_once(database: str) -> None:
    gauges = Gauges(get_settings())
    with statements(get_engine()) as sent:
        first = samples(gauges)
        asked = len(sent)
        assert samples(gauges).keys() == first.keys()
    assert len(sent) == asked > 0


def test_metrics_need_the_token(database: str, configure: Callable[..., None]) -> None:
    configure(API_TOKEN="a-token-that-is-hard-to-guess")
    assert app_on(get_settings()).test_client().get("/metrics").status_code == 401
