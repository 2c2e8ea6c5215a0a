"""What is told of an attempt at a step that is over."""

import time

import structlog

from engine.ledger.ledger import Claim
from schemas.ledger import StepState

_log = structlog.get_logger()


def note(claim: Claim, state: StepState, reason: str | None) -> None:
    """Log how an attempt ended, and how long it took; call it when that is committed."""
    seconds = round(time.monotonic() - claim.began, 3)
    _log.info("step ended", state=state, reason=reason, attempt=claim.attempt, seconds=seconds)
