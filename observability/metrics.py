"""The metrics of this process, and how they are exposed.

Labels have few values, which the code decides: never an id, a host of the web or a word of a user.
"""

import os
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

_names: list[str] = []


def name_process(name: str) -> None:
    """Let this process go on where an earlier process of that name ended.

    By default a process is named by its number; each has files of its own in the folder of the metrics, so that those
    of processes that come and go would become more and more.
    """
    _names[:] = [name]


def process_name() -> str:
    """Return the name of this process, or its number."""
    return _names[0] if _names else str(os.getpid())


SHARED: Final = values.ValueClass is not values.MutexValue
"Whether PROMETHEUS_MULTIPROC_DIR names a folder in which the processes of one machine share their metrics."
if SHARED:
    values.ValueClass = values.MultiProcessValue(process_name)  # type: ignore[no-untyped-call]  # it has no types

STEP_SECONDS: Final = Histogram(
    "partflow_step_duration_seconds",
    "Attempts at steps that are over, by what came of them.",
    ("pipeline", "step", "outcome"),
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300),
)
REQUEST_SECONDS: Final = Histogram(
    "partflow_request_duration_seconds",
    "Requests to the API, by the template of their path and the class of their status.",
    ("method", "route", "status"),
    buckets=(0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
)
RECONCILED: Final = Counter(
    "partflow_reconciler_actions", "Runs that the reconciler sent again, healed or ended.", ("action",)
)
MODEL_CALLS: Final = Counter("partflow_model_calls", "Questions to models, by what came of them.", ("model", "outcome"))
MODEL_TOKENS: Final = Counter("partflow_model_tokens", "Tokens that models took and gave.", ("model", "direction"))
MODEL_COST: Final = Counter("partflow_model_cost_usd", "What calls to models cost, in US dollars.", ("model",))
FETCHED: Final = Counter("partflow_fetch_verdicts", "Fetches of datasheets, by the verdict on them.", ("verdict",))
WORKER_SEEN: Final = Gauge(
    "partflow_worker_seen_timestamp_seconds",
    "When a worker was last ready to take messages of a queue, in seconds since 1970.",
    ("worker", "queue"),
    multiprocess_mode="max",
)


def exposed(*more: Collector) -> CollectorRegistry:
    """Return a registry of this process's metrics, or those of all processes that share a folder, and some more."""
    registry = CollectorRegistry(auto_describe=False)
    if SHARED:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    else:
        registry.register(REGISTRY)
    for each in more:
        registry.register(each)
    return registry
