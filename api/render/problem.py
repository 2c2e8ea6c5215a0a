"""Refusals of one of several things, as DTOs; a refusal of a whole request is rendered in `api/http/`."""

from schemas.errors import DomainError
from schemas.problem import Problem


def problem(refused: DomainError) -> Problem:
    """Render the reason of a refusal."""
    return Problem(error=refused.message, details=refused.details, code=refused.code)
