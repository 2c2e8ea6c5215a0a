"""What is told of an attempt at a step that is over."""

import time

import structlog

from engine.ledger.ledger import Claim
from observability.metrics import STEP_SECONDS
from schemas.ledger import StepState

_log = structlog.get_logger()


def note(claim: Claim, state: StepState, reason: str | None) -> None:
    """Log and count how an attempt ended, and how long it took; call it when that is committed."""
    seconds = time.monotonic() - claim.began
    STEP_SECONDS.labels(claim.pipeline, claim.name, state).observe(seconds)
    _log.info("step ended", state=state.value, reason=reason, attempt=claim.attempt, seconds=round(seconds, 3))
