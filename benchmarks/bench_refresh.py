"""Whether nights of refreshing and tagging again stay polite, bounded and free of repetitions, and end."""

from typing import Any

from benchmarks.workers import servers

_PARTS, _QUICK_PARTS = 1000, 60


def run(*, quick: bool, parts: str | None = None) -> dict[str, Any]:
    """Carry out two nights of both pipelines over an inventory and its sites; in the first, a worker is killed."""
    count = int(parts) if parts else (_QUICK_PARTS if quick else _PARTS)
    with servers():
        # Celery is configured when it is first used, and only now knows where.
        from benchmarks.nights import measure

        return measure(count)
