"""The model's path, from a photo to the same results table, against a stub that speaks the Responses API."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cli.demo import intake_all
from cli.results import Result
from embedded import Stack
from tests.e2e.conftest import PHOTOS, Serve
from tests.support.stub_openai import StubOpenAI, failure, rate_limited, schema_breaking, server_error, slow

BAG = PHOTOS / "digikey_bag_opamp.jpg"
UNREADABLE = PHOTOS / "unreadable_bag.jpg"


@pytest.fixture
def stub() -> Iterator[StubOpenAI]:
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


def take_in(serve: Serve, stub: StubOpenAI, *photos: Path, **settings: str) -> tuple[tuple[Result, ...], Stack]:
    stack, client = serve(
        OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=stub.base_url, OPENAI_TIMEOUT_SECONDS="1", **settings
    )
    return intake_all(client, list(photos)).runs, stack


def calls(stack: Stack) -> list[tuple[str, str | None, float]]:
    engine = create_engine(stack.address.database_url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT job, error, cost_usd FROM ai_calls ORDER BY id")).all()
    engine.dispose()
    return [(row.job, row.error, float(row.cost_usd)) for row in rows]


def test_photos_become_parts_by_what_the_model_knows_and_sees(serve: Serve, stub: StubOpenAI) -> None:
    (bag, unreadable), stack = take_in(serve, stub, BAG, UNREADABLE)

    assert (bag.state, bag.manufacturer_code) == ("succeeded", "TLV9062IDR")
    assert bag.datasheet
    assert bag.tags == ("rail-to-rail",)
    assert bag.type == "Operational Amplifier"
    jobs = {job for job, _, cost in calls(stack) if cost > 0}
    assert jobs == {"identify", "find_datasheets", "suggest_tags", "suggest_type"}

    asked = next(request for request in stub.requests if request["text"]["format"]["name"] == "WireParts")
    assert any(part["type"] == "input_image" for part in asked["input"][0]["content"])
    assert "model" in {reason.kind for reason in unreadable.evidence}
    assert unreadable.confidence


def test_faults_that_pass_are_retried(serve: Serve, stub: StubOpenAI) -> None:
    # The first is the search for datasheets, which the catalogue's leads stand in for; the others hit one step.
    faults = [server_error(), rate_limited(1), slow(3), schema_breaking()]
    stub.script(*faults)
    (result,), stack = take_in(serve, stub, BAG, PARTFLOW_ENGINE_MAX_ATTEMPTS="6")

    assert (result.state, result.type) == ("succeeded", "Operational Amplifier")
    assert sum(error is not None for _, error, _ in calls(stack)) == len(faults)


def test_fault_that_stays_leaves_named_gaps_and_no_values(serve: Serve, stub: StubOpenAI) -> None:
    stub.script(*[failure(401, "invalid_api_key")] * 50)
    (result,), _ = take_in(serve, stub, BAG)

    assert (result.state, result.manufacturer_code) == ("partial", "TLV9062IDR")
    assert {(gap.step, gap.reason) for gap in result.gaps} == {
        ("part.tag", "model_refused"),
        ("part.categorise", "model_refused"),
    }
    assert (result.tags, result.type) == ((), None)
