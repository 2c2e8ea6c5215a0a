from pathlib import Path

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from schemas.ledger import DONE
from schemas.queue import Queue
from tests.support.elsewhere import Elsewhere
from tests.support.serving import free_port
from tests.support.workers import eventually, step, worker


def attempts(port: int) -> dict[tuple[str, str], float]:
    """Return the number of attempts by step and outcome, as the worker exposes them."""
    return {
        (sample.labels["step"], sample.labels["outcome"]): sample.value
        for family in text_string_to_metric_families(httpx2.get(f"http://127.0.0.1:{port}/metrics").text)
        for sample in family.samples
        if sample.name == "partflow_step_duration_seconds_count"
    }


def test_processes_that_come_and_go_are_exposed_as_one(database: str, elsewhere: Elsewhere, tmp_path: Path) -> None:
    log, metrics = tmp_path / "worker", tmp_path / "metrics"
    metrics.mkdir()
    settings = {
        "PARTFLOW_DATABASE_URL": database,
        "PARTFLOW_BROKER_FOLDER": str(tmp_path / "broker"),
        "PARTFLOW_ENGINE_MAX_ATTEMPTS": "2",
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }
    with (
        free_port() as port,
        worker(log, {**settings, "PARTFLOW_METRICS_PORT": str(port)}, Queue.INVENTORY, processes=2),
    ):
        runs = [*elsewhere.send(settings, "test.poison"), *elsewhere.send(settings, "test.harmless", 4)]
        eventually(lambda: all(step(run_id).state in DONE for run_id in runs), log)
        counted = attempts(port)
    processes = {file.name.partition("_")[2].removeprefix("max_") for file in metrics.iterdir()}

    assert counted == {("test.poison", "gap"): 1, ("test.harmless", "succeeded"): 4}
    # The main process and two others, although two that were killed had to be replaced.
    assert len(processes) <= 3
