"""The model's path, from a photo to the same results table, against a stub that speaks the Responses API."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from sqlalchemy import create_engine, text

from cli.client import connect
from cli.demo import demo_stack, intake_all
from cli.results import Result
from embedded import Stack
from schemas.queue import QUEUE_NAMES
from tests.e2e.conftest import PHOTOS
from tests.support.planted import places_with
from tests.support.stub_openai import StubOpenAI, failure, rate_limited, schema_breaking, server_error, slow
from tests.support.watching import named_metrics

KEY = "planted-key-of-the-model"
BAG = PHOTOS / "digikey_bag_opamp.jpg"
UNREADABLE = PHOTOS / "unreadable_bag.jpg"
# Other parts, because the model's answers about a part that is known already are found in the cache.
REGULATOR = PHOTOS / "mouser_bag_regulator.jpg"
CONTROLLER = PHOTOS / "digikey_bag_mcu.jpg"


@pytest.fixture(scope="module")
def model() -> Iterator[StubOpenAI]:
    with StubOpenAI() as stub:
        stub.answers["identify"] = {
            "parts": [
                {
                    "manufacturer_code": "NE555P",
                    "manufacturer": "Texas Instruments",
                    "description": "Precision timer",
                    "quote": "NE555P",
                    "confidence": 0.97,
                }
            ]
        }
        stub.answers["suggest_tags"] = {
            "tags": [
                {"tag": "rail-to-rail", "quote": "rail-to-rail input", "page": 1, "confidence": 0.9},
                {"tag": "no-such-tag", "quote": None, "page": None, "confidence": 1.0},
            ]
        }
        stub.answers["suggest_type"] = {
            "type_name": "Operational Amplifier",
            "quote": "operational amplifier",
            "page": 1,
            "confidence": 0.95,
        }
        yield stub


@pytest.fixture(scope="module")
def stack(model: StubOpenAI, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": model.base_url,
        "OPENAI_TIMEOUT_SECONDS": "3",
        "PARTFLOW_ENGINE_MAX_ATTEMPTS": "6",
    }
    with demo_stack(tmp_path_factory.mktemp("openai") / "data", None, settings) as stack:
        yield stack


@pytest.fixture
def stub(model: StubOpenAI) -> StubOpenAI:
    model.forget()
    model.requests.clear()
    return model


def take_in(stack: Stack, *photos: Path) -> tuple[Result, ...]:
    with connect(stack.address.api, stack.layout.data) as client:
        return intake_all(client, list(photos)).runs


def calls(stack: Stack, result: Result) -> list[tuple[str, str | None, float]]:
    engine = create_engine(stack.address.database_url)
    of_part = text(
        "SELECT job, ai_calls.error, cost_usd FROM ai_calls JOIN pipeline_runs ON pipeline_runs.id = run_id"
        " WHERE part_id4 = :part"
    )
    with engine.connect() as connection:
        rows = connection.execute(of_part, {"part": result.id4}).all()
    engine.dispose()
    return [(row.job, row.error, float(row.cost_usd)) for row in rows]


def test_photos_become_parts_by_what_the_model_knows_and_sees(stack: Stack, stub: StubOpenAI) -> None:
    bag, unreadable = take_in(stack, BAG, UNREADABLE)

    assert (bag.state, bag.manufacturer_code) == ("succeeded", "TLV9062IDR")
    assert bag.datasheet
    assert bag.tags == ("rail-to-rail",)
    assert bag.type == "Operational Amplifier"
    jobs = {job for job, _, cost in [*calls(stack, bag), *calls(stack, unreadable)] if cost > 0}
    assert jobs == {"identify", "find_datasheets", "suggest_tags", "suggest_type"}

    asked = next(request for request in stub.requests if request["text"]["format"]["name"] == "WireParts")
    assert any(part["type"] == "input_image" for part in asked["input"][0]["content"])
    assert "model" in {reason.kind for reason in unreadable.evidence}
    assert unreadable.confidence


def test_faults_that_pass_are_retried(stack: Stack, stub: StubOpenAI) -> None:
    # The first is the search for datasheets, which the catalogue's leads stand in for; the others hit one step.
    faults = [server_error(), rate_limited(1), slow(10), schema_breaking()]
    stub.script(*faults)
    (result,) = take_in(stack, REGULATOR)

    assert (result.state, result.type) == ("succeeded", "Operational Amplifier")
    assert sum(error is not None for _, error, _ in calls(stack, result)) == len(faults)


def test_fault_that_stays_leaves_named_gaps_and_no_values(stack: Stack, stub: StubOpenAI) -> None:
    # As the real one does, it repeats what it refuses.
    stub.script(*[failure(401, f"invalid_api_key: {KEY}")] * 50)
    (result,) = take_in(stack, CONTROLLER)

    assert (result.state, result.manufacturer_code) == ("partial", "ATMEGA328P-PU")
    assert {(gap.step, gap.reason) for gap in result.gaps} == {
        ("part.tag", "model_refused"),
        ("part.categorise", "model_refused"),
    }
    assert (result.tags, result.type) == ((), None)


def test_every_metric_that_dashboard_and_alerts_name_is_exposed(stack: Stack) -> None:
    """Run after all kinds of work were done."""
    with connect(stack.address.api, stack.layout.data) as client:
        client.ask("GET", "/search", params={"q": "op amp"})
    token = Path(stack.environment["PARTFLOW_API_TOKEN_FILE"]).read_text().strip()
    address, headers = f"{stack.address.api}/metrics", {"Authorization": f"Bearer {token}"}
    exposed: dict[str, list[Sample]] = {}
    for family in text_string_to_metric_families(httpx2.get(address, headers=headers).text):
        for sample in family.samples:
            exposed.setdefault(sample.name, []).append(sample)

    assert named_metrics() - exposed.keys() == set()
    calls = {sample.labels["outcome"]: sample.value for sample in exposed["partflow_model_calls_total"]}
    assert min(calls["answered"], calls["failed"]) > 0
    queues = {sample.labels["queue"] for sample in exposed["partflow_worker_seen_timestamp_seconds"]}
    assert queues == set(QUEUE_NAMES)
    assert sum(map(len, exposed.values())) < 10_000


def test_secrets_are_in_no_log_and_not_in_the_ledger(stack: Stack) -> None:
    """Run last, after faults of which some repeat the key."""
    assert (stack.layout.log / "worker.log").read_text().count("step gave up") > 0
    token = Path(stack.environment["PARTFLOW_API_TOKEN_FILE"]).read_text().strip()
    assert places_with(stack, KEY, token) == []
