"""What database and broker say of the whole installation, read when Prometheus asks."""

import time
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from typing import Final

import structlog
from prometheus_client import Metric
from prometheus_client.registry import Collector
from sqlalchemy import QueuePool

from api.render.gauges import census_gauges, gauge, gauges
from engine.census import take_census
from engine.queues import show_queues
from engine.worker.topology import DEAD_QUEUE
from models.session import get_engine, session_scope
from services.ai_call import AiCallService
from settings import Settings

_FRESH_SECONDS: Final = 5.0

_log = structlog.get_logger()


class Gauges(Collector):
    """Reads at most once in a few seconds, however often it is asked, and one at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._read: list[Metric] = []
        self._until = 0.0

    def collect(self) -> Iterable[Metric]:
        """Return all gauges; what cannot be read is left out, and `partflow_dependency_up` says so."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._read = list(self._all())
                self._until = time.monotonic() + _FRESH_SECONDS
            return [*self._read, *_pool()]

    def _all(self) -> Iterator[Metric]:
        up: dict[tuple[str, ...], float] = {}
        for name, read in (("database", self._of_database), ("broker", self._of_broker)):
            found = _tried(name, read)
            up[name,] = found is not None
            yield from found or ()
        yield gauges("partflow_dependency_up", "Whether the gauges of it could be read.", ("dependency",), up)

    def _of_database(self) -> Iterator[Metric]:
        with session_scope() as session:
            census = take_census(session)
            spent = AiCallService.sum_cost_of_today(session)
        yield from census_gauges(census)
        budget = self._settings.assistant.daily_budget_usd
        yield gauge("partflow_model_budget_usd", "What calls to models may cost in a day (UTC).", budget)
        yield gauge("partflow_model_budget_left_usd", "What is left of it today.", max(budget - spent, 0.0))

    def _of_broker(self) -> Iterator[Metric]:
        queues = show_queues(self._settings.broker, None)
        depth: dict[tuple[str, ...], int] = {
            (each.name,): each.messages for each in queues if each.messages is not None
        }
        dead = depth.pop((DEAD_QUEUE,), 0)
        yield gauges("partflow_queue_messages", "Messages that no worker has taken yet.", ("queue",), depth)
        yield gauge("partflow_dead_letters", "Messages that the broker gave up.", dead)


def _tried(name: str, read: Callable[[], Iterator[Metric]]) -> list[Metric] | None:
    try:
        return list(read())
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, the other metrics are exposed
        _log.warning("gauges cannot be read", dependency=name, error=str(error))
        return None


def _pool() -> Iterator[Metric]:
    pool = get_engine().pool
    assert isinstance(pool, QueuePool)
    connections: dict[tuple[str, ...], float] = {("in_use",): pool.checkedout(), ("idle",): pool.checkedin()}
    what = "Connections of this process to the database."
    yield gauges("partflow_database_pool_connections", what, ("state",), connections)
    yield gauge("partflow_database_pool_size", "Connections that this process keeps open.", pool.size())
