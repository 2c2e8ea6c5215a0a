"""Counts of the whole installation, as metrics."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from engine.census import Census
from engine.ledger.backlog import Backlog
from engine.pipeline import PIPELINES
from engine.queues import queue_name
from schemas.ledger import Lane, RunState, WaitingFor
from schemas.queue import QUEUE_NAMES

_UNSENT = frozenset(WaitingFor)


def gauge(name: str, what: str, value: float) -> Metric:
    """Return a metric of one value."""
    return GaugeMetricFamily(name, what, value=value)


def gauges(name: str, what: str, labels: tuple[str, ...], values: Mapping[tuple[str, ...], float]) -> Metric:
    """Return a metric with a value for each combination of its labels."""
    family = GaugeMetricFamily(name, what, labels=labels)
    for combination, value in values.items():
        family.add_metric(combination, value)
    return family


def census_gauges(census: Census) -> Iterator[Metric]:
    """Yield what is open and what ended; also zeros, so that what comes is seen to come."""
    going_on, over = ([state for state in RunState if state.final is final] for final in (False, True))
    yield gauges(
        "partflow_runs_open",
        "Runs that have not ended.",
        ("pipeline", "lane", "state"),
        {**_zeros(PIPELINES, Lane, going_on), **census.open},
    )
    yield gauges(
        "partflow_runs_ended_last_hour",
        "Runs that ended within the last hour.",
        ("pipeline", "state"),
        {**_zeros(PIPELINES, over), **census.ended},
    )
    yield from _backlog_gauges(census.backlog)
    yield gauge("partflow_chords_open", "Chords that have not joined yet.", census.chords)
    yield gauge("partflow_chords_oldest_seconds", "The age of the oldest of them.", census.oldest_chord)
    yield gauge("partflow_beats_alive", "Beats that live; one of them fires the schedules.", census.beats)


def _backlog_gauges(backlog: Iterable[Backlog]) -> Iterator[Metric]:
    reasons = Counter(dict.fromkeys((*_UNSENT, "worker"), 0))
    runs, oldest = dict.fromkeys(QUEUE_NAMES, 0), dict.fromkeys(QUEUE_NAMES, 0.0)
    for each in backlog:
        reasons[each.reason] += each.runs
        queue = queue_name(each)
        if queue and each.reason not in _UNSENT:
            runs[queue] += each.runs
            oldest[queue] = max(oldest[queue], each.oldest)
    why = "Runs that no worker works on, by what they wait for: broker, batch, worker, or the reason of their step."
    yield gauges("partflow_runs_waiting", why, ("reason",), _alone(reasons))
    what = "Runs whose next step belongs into a queue and is not begun."
    yield gauges("partflow_queue_runs", what, ("queue",), _alone(runs))
    what = "Since the first of these runs made progress."
    yield gauges("partflow_queue_oldest_seconds", what, ("queue",), _alone(oldest))


def _zeros(*labels: Iterable[str]) -> dict[tuple[str, ...], float]:
    return dict.fromkeys(product(*labels), 0.0)


def _alone(values: Mapping[str, float]) -> dict[tuple[str, ...], float]:
    return {(label,): value for label, value in values.items()}
