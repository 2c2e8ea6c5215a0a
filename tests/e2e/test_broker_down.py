"""RabbitMQ goes away and comes back."""

import time

from embedded import RabbitMQ
from schemas.ledger import RunState
from schemas.run import StartedRuns
from tests.e2e.conftest import Serve

OUTAGE_SECONDS = 8
"Long enough for waits between attempts to have grown."


def test_run_is_accepted_without_broker_and_runs_soon_after_its_return(serve: Serve, rabbitmq: RabbitMQ) -> None:
    _stack, client = serve(PARTFLOW_BROKER_URL=rabbitmq.url)
    rabbitmq.stop()
    try:
        began = time.monotonic()
        body = {"manufacturer_code": "LM358"}
        answer = client.ask("POST", "/pipelines/part-intake/runs", json=body)
        answered = time.monotonic() - began
        time.sleep(OUTAGE_SECONDS)
    finally:
        rabbitmq.start()
    returned = time.monotonic()
    (run,) = StartedRuns.model_validate_json(answer.content).runs
    while client.run(run.id).state == RunState.PENDING:
        assert time.monotonic() - returned < 120
        time.sleep(0.05)

    assert answer.status_code == 202
    assert answered < OUTAGE_SECONDS
    assert time.monotonic() - returned < OUTAGE_SECONDS
