"""Doing things once, however often the same request arrives."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from flask import url_for
from pydantic import BaseModel, Field

from api.http.transaction import db, publish_after_commit
from api.render.run import run_summary
from models import PipelineRun
from schemas.run import StartedRuns
from services.idempotency import IdempotencyService, parse_key

Started = tuple[StartedRuns, int, dict[str, str]]
"Body, status and headers of the answer to a request that starts runs."


class RetryHeaders(BaseModel):
    """What makes a request safe to send again."""

    idempotency_key: str | None = Field(
        None,
        alias="Idempotency-Key",
        description="1 to 255 printable ASCII characters. The same key with the same payload answers as it did the "
        "first time and starts nothing more; with another payload it is refused (422), and so it is (409) while the "
        "first request is still being worked on.",
    )

    @property
    def key(self) -> str | None:
        """The key, if one was sent.

        Raises:
            InvalidInput: it is malformed.
        """
        return None if self.idempotency_key is None else parse_key(self.idempotency_key)


def start_once(
    route: str, key: str | None, payload: Iterable[str], *, start: Callable[[], list[PipelineRun]]
) -> Started:
    """Start runs, or return those that the first request with this key started.

    Raises:
        Conflict: the first request with this key is still being worked on.
        Unprocessable: the key was used with another payload.
    """
    answer, replayed = once(route, key, payload, do=lambda: _start(start).model_dump(mode="json"))
    body, status, headers = _accepted(StartedRuns.model_validate(answer))
    return body, status, {**headers, **replayed}


def once(route: str, key: str | None, payload: Iterable[str], *, do: Callable[[], Any]) -> tuple[Any, dict[str, str]]:
    """Do something and return its JSON, or that of the first request with this key and a header that says so.

    Raises:
        Conflict: the first request with this key is still being worked on.
        Unprocessable: the key was used with another payload.
    """
    if key is None:
        return do(), {}
    fingerprint = hashlib.sha256("\n".join(payload).encode()).hexdigest()
    before = IdempotencyService.replay(db(), route, key, fingerprint)
    if before is not None:
        return before, {"Idempotency-Replayed": "true"}
    answer = do()
    IdempotencyService.remember(db(), route, key, fingerprint, answer)
    return answer, {}


def hold(route: str, key: str | None, payload: Iterable[str]) -> None:
    """Take a key for work that finds by itself what it did before.

    Raises:
        Conflict: the first request with this key is still being worked on.
        Unprocessable: the key was used with another payload.
    """
    once(route, key, payload, do=lambda: True)


def _start(start: Callable[[], list[PipelineRun]]) -> StartedRuns:
    runs = start()
    publish_after_commit(runs)
    return StartedRuns(batch=runs[0].batch_id, runs=tuple(run_summary(run) for run in runs))


def _accepted(started: StartedRuns) -> Started:
    if started.batch:
        location = url_for("batches.get", batch_id=started.batch)
    else:
        location = url_for("runs.get", run_id=started.runs[0].id)
    return started, 202, {"Location": location}
